"use strict";
// Have this device open the product without network, and forget there what another person left.
(() => {
  const KEPT = "palier.entry";
  const { worker } = /** @type {HTMLScriptElement} */ (document.currentScript).dataset;

  async function install() {
    // An earlier version had a worker for the form alone, which would go before this one.
    for (const one of await navigator.serviceWorker.getRegistrations()) {
      if (new URL(one.scope).pathname !== "/") await one.unregister();
    }
    await navigator.serviceWorker.register(worker);
  }

  /** Return the form that this device keeps, undefined for none. */
  async function keptForm() {
    if (!(await caches.has(KEPT))) return undefined;
    const parts = await (await caches.open(KEPT)).matchAll();
    return parts.find((part) => part.headers.get("X-Kept-Until"));
  }
  const isFresh = (page) => Date.now() < Number(page.headers.get("X-Kept-Until"));

  // The form kept on this device is its person's, while the session lives: nobody else who logs in may find it there.
  async function forgetOthers(person) {
    const page = await keptForm();
    if (!page) return;
    const keeper = (await page.text()).match(/data-keeper="(\d+)"/)?.[1];
    if (keeper !== person || !isFresh(page)) await caches.delete(KEPT);
  }

  const { person, keeper } = document.body.dataset;
  // A failure is ignored: the next page tries again.
  if ("serviceWorker" in navigator && navigator.onLine) addEventListener("load", () => install().catch(() => {}));
  if (person && !keeper && "caches" in window) forgetOthers(person).catch(() => {});

  const form = document.querySelector("[data-form-kept]");
  if (!form) return;
  if ("caches" in window) {
    keptForm().then(
      (kept) => (form.hidden = !(kept && isFresh(kept))),
      () => {},
    );
  }
  addEventListener("online", () => location.reload());
})();
