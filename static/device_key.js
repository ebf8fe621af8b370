"use strict";
// Hold the key that seals what this device keeps for an account, as long as its session lives: given by the page, or
// held here for a page that is opened without network. Held, it cannot be read out; it goes at logout, when another
// account logs in, and with the session.
const palierKeys = (() => {
  const BASE = "palier";
  const STORE = "keys";
  const WHOSE = "palier.whose";
  // How long a page opened without network stays that of whoever said that it is theirs.
  const CLAIMED_MS = 15 * 60 * 1000;
  const SOON_MS = 1000;
  const { body } = document;
  const { keeper, draftKey, draftKeyS } = body.dataset;
  const { forgetsAll } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;
  const leaving = [];

  // A form kept for use without network is nobody's until somebody says, in this tab, that it is theirs.
  if (keeper && isClaimed(keeper)) open();
  const { person } = body.dataset;
  const own = ownKey().catch(() => null);

  function isClaimed(account) {
    try {
      const { who, until } = JSON.parse(sessionStorage.getItem(WHOSE) ?? "{}");
      return who === account && Date.now() < until;
    } catch {
      return false;
    }
  }

  /** Remember for a while who said that the forms of this tab are theirs. */
  function claim(who) {
    try {
      sessionStorage.setItem(WHOSE, JSON.stringify({ who, until: Date.now() + CLAIMED_MS }));
    } catch {
      // Without a storage, it is asked again on the next page.
    }
  }

  function open() {
    body.dataset.person = keeper;
    claim(keeper);
    document.querySelector("form.entry").hidden = false;
  }

  // A function, which stands ready for the lines above.
  function asBytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }
  const asText = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

  /** Do something in the store of keys; return what it answers. */
  async function inStore(mode, act) {
    const base = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(BASE, 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    try {
      return await new Promise((resolve, reject) => {
        const asked = act(base.transaction(STORE, mode).objectStore(STORE));
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
    } finally {
      base.close();
    }
  }

  const forgetAll = () => inStore("readwrite", (keys) => keys.clear());

  /** Return the key of the page's person, null where there is none. */
  async function ownKey() {
    if (!person || !globalThis.crypto?.subtle) return null;
    if (draftKey) {
      const key = await crypto.subtle.importKey("raw", asBytes(draftKey), "AES-GCM", false, ["encrypt", "decrypt"]);
      hold(key).catch(() => {});
      return key;
    }
    const held = await inStore("readonly", (keys) => keys.get(person));
    return held && Date.now() < held.until ? held.key : null;
  }

  /** Hold the person's key in place of every other. */
  const hold = (key) =>
    inStore("readwrite", (keys) => {
      keys.clear();
      return keys.put({ key, until: Date.now() + Number(draftKeyS) * 1000 }, person);
    });

  const cipher = (name, iv) => ({ name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) });

  /** Seal what was said under a name, which it can be opened under alone; null without a key. */
  async function seal(name, said) {
    const key = await own;
    if (!key) return null;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(said));
    const sealed = await crypto.subtle.encrypt(cipher(name, iv), key, text);
    return { iv: asText(iv), sealed: asText(new Uint8Array(sealed)) };
  }

  /** Return what was sealed under a name; null for what the person's key did not seal, and without a key. */
  async function unseal(name, { iv, sealed }) {
    const key = await own;
    if (!key || !sealed) return null;
    try {
      const text = await crypto.subtle.decrypt(cipher(name, asBytes(iv)), key, asBytes(sealed));
      return JSON.parse(new TextDecoder().decode(text));
    } catch {
      return null;
    }
  }

  /** Have something done before the person logs out. */
  const onLeave = (act) => leaving.push(act);
  onLeave(forgetAll);
  // What this tab notes of its pages: their addresses, and whose they are.
  onLeave(() => sessionStorage.clear());
  onLeave(() => "caches" in window && caches.delete("palier.entry"));

  // A storage that the browser refuses stops none of the others.
  function forgetEach() {
    return Promise.allSettled(leaving.map(async (act) => act()));
  }

  const leave = /** @type {HTMLFormElement} */ (document.querySelector("form[data-forgets]"));
  leave?.addEventListener("submit", (event) => {
    event.preventDefault();
    const done = forgetEach();
    const late = new Promise((resolve) => setTimeout(resolve, SOON_MS));
    Promise.race([done, late]).then(() => leave.submit());
  });

  // Whoever is asked to log in has no session: nothing here is anybody's any more but what is sealed.
  if (forgetsAll !== undefined) forgetEach();

  const whose = document.querySelector("[data-whose]");
  if (whose && !person) showWhose(whose);

  /** Ask whose a kept form is; where the key of its account is gone, say that it cannot be used. */
  async function showWhose(asked) {
    const held = await inStore("readonly", (keys) => keys.get(keeper)).catch(() => null);
    const isHeld = held && Date.now() < held.until;
    asked.hidden = false;
    for (const part of asked.querySelectorAll("[data-held]")) part.hidden = part.dataset.held !== String(!!isHeld);
    asked.querySelector("[data-mine]").addEventListener("click", () => {
      claim(keeper);
      location.reload();
    });
    asked.querySelector("[data-not-mine]").addEventListener("click", () => {
      asked.querySelector("[data-another]").hidden = false;
    });
  }

  return { seal, unseal, onLeave, claim };
})();
