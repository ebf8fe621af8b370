"use strict";
// Keep drafts on this device for a day, encrypted with a key that the server gives to their account alone. Where there
// is no key (a page opened without network), a draft lasts as long as the tab.
const palierDraftBox = (() => {
  const PREFIX = "palier.draft:";
  const LONGEST_MS = 24 * 3600 * 1000;
  const MOST = 20;
  const { person, draftKey, draftsSent } = document.body.dataset;

  const key = draftKey && globalThis.crypto?.subtle ? importKey() : null;
  const store = storage(key ? "localStorage" : "sessionStorage");
  const stores = [storage("localStorage"), storage("sessionStorage")].filter(Boolean);

  /**
   * Return a storage of the browser; null where it refuses, as some private windows do.
   * @param {"localStorage" | "sessionStorage"} name
   */
  function storage(name) {
    try {
      return window[name];
    } catch {
      return null;
    }
  }

  // A function, which stands ready for the lines above.
  function asBytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  function importKey() {
    return crypto.subtle.importKey("raw", asBytes(draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
  }

  const all = (from) =>
    Object.keys(from)
      .filter((name) => name.startsWith(PREFIX))
      .map((name) => [name, parsed(from.getItem(name))]);
  function parsed(text) {
    try {
      return JSON.parse(text) ?? {};
    } catch {
      return {};
    }
  }

  /** Forget the drafts of which `isOver` says so. */
  function drop(isOver) {
    for (const from of stores) for (const [name, draft] of all(from)) if (isOver(draft, name)) from.removeItem(name);
  }

  const isOwn = (name) => name.startsWith(`${PREFIX}${person}:`);
  function dropOld() {
    const sent = draftsSent.split(".");
    drop((draft, name) => !(Date.now() - draft.at < LONGEST_MS) || (isOwn(name) && sent.includes(draft.id)));
    // Unlike a sealed one, another person's in this tab could be read.
    for (const [name, draft] of all(storage("sessionStorage") ?? {})) {
      if (!isOwn(name) || draft.sealed) storage("sessionStorage").removeItem(name);
    }
  }

  const inBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

  async function seal(name, said) {
    if (!key) return { plain: said };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const cipher = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
    const text = new TextEncoder().encode(JSON.stringify(said));
    const sealed = await crypto.subtle.encrypt(cipher, await key, text);
    // What was typed without network needs no longer lie there in clear.
    storage("sessionStorage")?.removeItem(name);
    return { iv: inBase64(iv), sealed: inBase64(new Uint8Array(sealed)) };
  }

  async function unseal(name, draft) {
    if (draft.plain) return draft.plain;
    if (!key || !draft.sealed) return null;
    const cipher = { name: "AES-GCM", iv: asBytes(draft.iv), additionalData: new TextEncoder().encode(name) };
    try {
      return JSON.parse(
        new TextDecoder().decode(await crypto.subtle.decrypt(cipher, await key, asBytes(draft.sealed))),
      );
    } catch {
      return null;
    }
  }

  /** Return the latest draft of a form, or null. */
  async function read(path) {
    const name = nameOf(path);
    const found = stores.map((from) => parsed(from.getItem(name))).filter(({ at }) => at);
    for (const draft of found.sort((one, other) => other.at - one.at)) {
      const said = await unseal(name, draft);
      if (said) return { ...draft, ...said };
    }
    return null;
  }

  const nameOf = (path) => `${PREFIX}${person}:${path}`;
  const freshId = () =>
    [...crypto.getRandomValues(new Uint8Array(16))].map((n) => n.toString(16).padStart(2, "0")).join("");

  /**
   * Write what was said into a form, unless `isOver` says, once it is sealed, that the form needs it no more. Return
   * whether it is kept.
   */
  async function write(path, id, said, isOver) {
    const name = nameOf(path);
    const sealed = await seal(name, said);
    if (isOver()) return false;
    const others = stores.flatMap((from) => all(from).map(([other, { at }]) => ({ from, other, at })));
    const oldest = others.filter(({ other }) => other !== name).sort((one, two) => two.at - one.at);
    for (const { from, other } of oldest.slice(MOST - 1)) from.removeItem(other);
    try {
      store.setItem(name, JSON.stringify({ at: Date.now(), id, ...sealed }));
    } catch {
      // Without room, or without a storage, the form works as it would without drafts.
      return false;
    }
    return true;
  }

  function forget(path) {
    for (const from of stores) from.removeItem(nameOf(path));
  }

  return { read, write, forget, forgetOwn: () => drop((_draft, name) => isOwn(name)), dropOld, freshId };
})();
