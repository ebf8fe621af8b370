"use strict";
// Cache on this device what the form needs to open offline; logging out clears it.
(() => {
  const KEPT = "palier.entry";
  const ours = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const { worker } = document.querySelector("form.entry").dataset;
  if (!("serviceWorker" in navigator) || !navigator.onLine || location.search) return;

  async function keep() {
    await navigator.serviceWorker.register(worker);
    const page = location.origin + location.pathname;
    const parts = performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.startsWith(ours));
    const wanted = new Set([page, ...parts]);
    const kept = await caches.open(KEPT);
    const had = await kept.keys();
    for (const request of had) if (!wanted.delete(request.url)) await kept.delete(request);
    await kept.addAll([...wanted]);
  }
  // A failure is ignored: recording works all the same, and the next page load tries again.
  addEventListener("load", () => keep().catch(() => {}));
})();
