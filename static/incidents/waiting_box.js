"use strict";
// Store facts that wait on this device, sealed for the person who recorded them. Whose a fact is, its token and its
// moment alone lie there in clear.
const palierWaitingBox = (() => {
  const KEY = "palier.waiting";
  const FORGOTTEN_MS = 30 * 24 * 3600 * 1000;
  const { person: owner } = document.body.dataset;
  // The person's facts as they were said, the oldest first.
  let mine = [];
  let changed = () => {};

  /** Return the storage of the browser; null where it refuses, as some private windows do. */
  function storage() {
    try {
      return localStorage;
    } catch {
      return null;
    }
  }

  const nameOf = (token) => `${KEY}:${token}`;
  /** Return every fact that waits on this device, sealed. */
  function all() {
    const names = Object.keys(storage() ?? {}).filter((name) => name.startsWith(nameOf("")));
    return names.map((name) => ({ token: name.slice(nameOf("").length), ...parsed(localStorage.getItem(name)) }));
  }
  function parsed(text) {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {};
    }
  }
  const oldestFirst = (facts) => facts.sort((one, other) => one.at - other.at);
  const sealedAs = (token) => `${nameOf(token)}:${owner}`;
  // A colleague's alone grows old: one's own is never erased unsent, whatever the phone's clock said when it was recorded.
  const isForgotten = (fact) => fact.owner !== owner && !(Date.now() - fact.at < FORGOTTEN_MS);

  /** Read the person's facts: what their key did not seal is none of theirs. */
  async function load() {
    const found = [];
    for (const { token, at, ...sealed } of all().filter((fact) => fact.owner === owner)) {
      const said = await palierKeys.unseal(sealedAs(token), sealed);
      if (said) found.push({ ...said, token, at });
    }
    mine = oldestFirst(found);
    changed();
  }

  /** Store a fact; return false where the browser does not: without a key, without room, or in a private window. */
  async function write(fact, isOver = () => false) {
    const { token, at, ...said } = fact;
    const sealed = await palierKeys.seal(sealedAs(token), said);
    if (!sealed || isOver()) return false;
    try {
      localStorage.setItem(nameOf(token), JSON.stringify({ owner, at, ...sealed }));
    } catch {
      return false;
    }
    mine = oldestFirst([...mine.filter((other) => other.token !== token), fact]);
    changed();
    return true;
  }

  function drop(token) {
    storage()?.removeItem(nameOf(token));
    mine = mine.filter((fact) => fact.token !== token);
    changed();
  }

  async function change(token, said) {
    const fact = mine.find((one) => one.token === token);
    // Another tab may have sent it meanwhile.
    const isGone = () => storage()?.getItem(nameOf(token)) === null;
    if (fact && !(await write({ ...fact, ...said }, isGone)) && isGone()) drop(token);
  }

  async function rename(before, token) {
    const fact = mine.find((one) => one.token === before);
    if (!fact) return;
    const answers = fact.answers.map(([name, value]) => [name, name === "token" ? token : value]);
    if (await write({ ...fact, token, answers })) drop(before);
  }

  function dropOld() {
    for (const { token } of all().filter(isForgotten)) storage().removeItem(nameOf(token));
  }

  /** Return the queue that a former version kept in clear, one list for everybody: what of it can still be sent. */
  function former() {
    const facts = parsed(storage()?.getItem(KEY) ?? null);
    return Array.isArray(facts) ? facts.filter((fact) => fact && !isForgotten(fact) && isWhole(fact)) : [];
  }
  const isWhole = ({ token, day, label, answers }) =>
    [token, day, label].every((text) => text && typeof text === "string") &&
    Array.isArray(answers) &&
    answers.every((answer) => Array.isArray(answer) && answer.every((text) => typeof text === "string"));

  function keepFormer(facts) {
    if (facts.length) localStorage.setItem(KEY, JSON.stringify(facts));
    else storage()?.removeItem(KEY);
  }

  /**
   * Seal what a former version kept in clear for the person, then erase it there; a colleague's stays until that one
   * comes, or until it is too old. Whoever held the device could write there: each is set aside for a reason that has
   * its person read it again.
   */
  async function takeFormer(reason) {
    if (!isSecureContext || !storage()?.getItem(KEY)) return;
    // Another tab may be doing the same.
    await navigator.locks.request(nameOf("former"), async () => {
      for (const { token, day, label, answers, at } of former().filter((fact) => fact.owner === owner)) {
        const isKept = all().some((fact) => fact.token === token);
        const fact = { token, day, label, answers, at, refused: reason, unread: true };
        if (!isKept && !(await write(fact))) continue;
        keepFormer(former().filter((other) => other.owner !== owner || other.token !== token));
      }
      keepFormer(former());
    });
  }

  /** Have something done whenever what waits for the person is read or changes. */
  const onChange = (act) => (changed = act);
  palierKeys.onLeave(() => mine.map(({ token }) => storage()?.removeItem(nameOf(token))));
  return { own: () => mine, load, write, drop, change, rename, dropOld, takeFormer, onChange };
})();
