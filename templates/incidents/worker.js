"use strict";
// Without network, the form to record a fact opens as this device last showed it.
const KEPT = "palier.entry";
const PATIENCE_MS = 8000;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function answer(request) {
  const fresh = fromNetwork(request);
  // A page of the network that is hardly there may never come.
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  const first = await Promise.race([fresh.catch(() => undefined), late]);
  return first ?? (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fresh;
}

async function fromNetwork(request) {
  const found = await fetch(request);
  const { pathname, search } = new URL(request.url);
  // A form that names a place, or a part of the page, is not what opens next time.
  if (request.mode === "navigate" && found.status === 200 && !search && worker.registration.scope.endsWith(pathname)) {
    const kept = await caches.open(KEPT);
    await kept.put(request, found.clone());
  }
  return found;
}
