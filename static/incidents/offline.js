"use strict";
// Keep on this device the form as it is sent for it, empty, and what it consists of; logging out clears it.
(() => {
  const KEPT = "palier.entry";
  const ours = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const { keeps: form } = document.querySelector("form.entry").dataset;
  const { person } = document.body.dataset;
  if (!form || !("serviceWorker" in navigator) || !("caches" in window) || !navigator.onLine) return;

  async function keep() {
    const page = await fetch(form, { cache: "no-store" });
    // Since the session may have ended, or another begun, in another tab.
    if (!page.ok || page.redirected || !(await page.clone().text()).includes(`data-person="${person}"`)) return;
    const parts = performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.startsWith(ours));
    const wanted = new Set(parts);
    const kept = await caches.open(KEPT);
    const had = await kept.keys();
    for (const request of had) if (!wanted.delete(request.url)) await kept.delete(request);
    await kept.addAll([...wanted]);
    await kept.put(form, page);
  }
  // A failure is ignored: recording works all the same, and the next page load tries again.
  addEventListener("load", () => keep().catch(() => {}));
})();
