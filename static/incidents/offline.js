"use strict";
// Keep on this device the form as it is sent for it, empty, and what it consists of, as long as the session lives.
(() => {
  const KEPT = "palier.entry";
  const ours = new URL("../", /** @type {HTMLScriptElement} */ (document.currentScript).src).href;
  const { keeps: form } = document.querySelector("form.entry").dataset;
  const { person, draftKeyS } = document.body.dataset;
  if (!form || !("serviceWorker" in navigator) || !("caches" in window) || !navigator.onLine) return;

  async function keep() {
    const page = await fetch(form, { cache: "no-store" });
    // Since the session may have ended, or another begun, in another tab.
    if (!page.ok || page.redirected || !(await page.clone().text()).includes(`data-keeper="${person}"`)) return;
    const parts = performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.startsWith(ours));
    const wanted = new Set(parts);
    const itself = new URL(form, location.href).href;
    const kept = await caches.open(KEPT);
    const had = await kept.keys();
    // The former one stays until the new one is there: the network may be lost meanwhile.
    for (const { url } of had) if (!wanted.delete(url) && url !== itself) await kept.delete(url);
    await kept.addAll([...wanted]);
    const headers = new Headers(page.headers);
    headers.set("X-Kept-Until", String(Date.now() + Number(draftKeyS) * 1000));
    await kept.put(form, new Response(await page.blob(), { headers }));
  }
  // A failure is ignored: recording works all the same, and the next page load tries again.
  addEventListener("load", () => keep().catch(() => {}));
})();
