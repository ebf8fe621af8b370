"use strict";
// Keep drafts on this device for a day, sealed for their account; without a key none is kept.
const palierDraftBox = (() => {
  const PREFIX = "palier.draft:";
  const LONGEST_MS = 24 * 3600 * 1000;
  const MOST = 20;
  const { person, draftsSent } = document.body.dataset;
  const store = storage();

  /** Return the storage of the browser; null where it refuses, as some private windows do. */
  function storage() {
    try {
      return localStorage;
    } catch {
      return null;
    }
  }

  function all() {
    const names = Object.keys(store ?? {}).filter((name) => name.startsWith(PREFIX));
    return names.map((name) => ({ name, ...parsed(store.getItem(name)) }));
  }
  function parsed(text) {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {};
    }
  }

  /** Forget the drafts of which `isOver` says so. */
  function drop(isOver) {
    for (const draft of all()) if (isOver(draft)) store.removeItem(draft.name);
  }

  const nameOf = (path) => `${PREFIX}${person}:${path}`;
  const isOwn = ({ name }) => name.startsWith(nameOf(""));
  function dropOld() {
    const sent = draftsSent.split(".");
    drop(
      (draft) => !draft.sealed || !(Date.now() - draft.at < LONGEST_MS) || (isOwn(draft) && sent.includes(draft.id)),
    );
  }

  /** Return the draft of a form, or null. */
  async function read(path) {
    const name = nameOf(path);
    const draft = parsed(store?.getItem(name) ?? null);
    const said = await palierKeys.unseal(name, draft);
    return said && { at: draft.at, id: draft.id, ...said };
  }

  const freshId = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  /**
   * Write what was said into a form, unless `isOver` says, once it is sealed, that the form needs it no more. Return
   * whether it is kept.
   */
  async function write(path, id, said, isOver) {
    const name = nameOf(path);
    const sealed = await palierKeys.seal(name, said);
    if (!sealed || isOver()) return false;
    const others = all().filter((other) => other.name !== name);
    for (const other of others.sort((one, two) => two.at - one.at).slice(MOST - 1)) store.removeItem(other.name);
    try {
      store.setItem(name, JSON.stringify({ at: Date.now(), id, ...sealed }));
    } catch {
      // Without room, or without a storage, the form works as it would without drafts.
      return false;
    }
    return true;
  }

  const forget = (path) => store?.removeItem(nameOf(path));
  return { read, write, forget, forgetOwn: () => drop(isOwn), dropOld, freshId };
})();
