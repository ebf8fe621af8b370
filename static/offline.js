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

  // The form kept on this device is its person's: nobody else who logs in may find it there.
  async function forgetOthers(person) {
    if (!(await caches.has(KEPT))) return;
    for (const part of await (await caches.open(KEPT)).matchAll()) {
      const isPage = part.headers.get("Content-Type")?.startsWith("text/html");
      const owner = isPage && (await part.text()).match(/data-person="(\d+)"/)?.[1];
      if (isPage && owner !== person) await caches.delete(KEPT);
    }
  }

  const { person } = document.body.dataset;
  // A failure is ignored: the next page tries again.
  if ("serviceWorker" in navigator && navigator.onLine) addEventListener("load", () => install().catch(() => {}));
  if (person && "caches" in window) forgetOthers(person).catch(() => {});

  const form = document.querySelector("[data-form-kept]");
  if (!form) return;
  if ("caches" in window) {
    caches.has(KEPT).then(
      (kept) => (form.hidden = !kept),
      () => {},
    );
  }
  addEventListener("online", () => location.reload());
})();
