"use strict";
// Without network, answer pages from what this device holds: the form to record a fact, or a page that says so.
// Nothing that somebody opens is kept: the form is put there by its own page, empty.
const FORM_KEPT = "palier.entry";
const PAGE_KEPT = "palier.offline";
const FORM = "{{ form }}";
const PAGE = "{{ page }}";
const PARTS = "{{ parts }}".split(" ");
const FORM_OPENS_AT = "{{ opens_at }}".split(" ");
const PATIENCE_MS = 8000;

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
// The pages that were answered from this device: what they consist of comes from there too.
const answered = new Set();

worker.addEventListener("install", (event) => {
  // A new version takes over at once: what waits to be sent is no business of the worker.
  worker.skipWaiting();
  event.waitUntil(caches.open(PAGE_KEPT).then((kept) => kept.addAll([PAGE, ...PARTS])));
});
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(open(event));
  else if (request.destination && (answered.has(event.clientId) || !navigator.onLine)) event.respondWith(part(request));
});

async function takeOver() {
  await worker.clients.claim();
  for (const name of await caches.keys()) if (![FORM_KEPT, PAGE_KEPT].includes(name)) await caches.delete(name);
  const kept = await caches.open(PAGE_KEPT);
  const wanted = [PAGE, ...PARTS].map((path) => new URL(path, location.origin).href);
  for (const request of await kept.keys()) if (!wanted.includes(request.url)) await kept.delete(request);
}

async function open({ request, resultingClientId }) {
  const fresh = fetch(request);
  const opensForm = FORM_OPENS_AT.includes(new URL(request.url).pathname);
  const never = new Promise(() => {});
  // Where a form is at hand, a page of a network that is hardly there is not waited for.
  const late = opensForm ? new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)) : never;
  const first = await Promise.race([fresh.catch(() => undefined), late]);
  if (first) return first;
  const kept = (opensForm && (await freshForm())) || (await stored(PAGE));
  if (!kept) return fresh;
  answered.add(resultingClientId);
  return kept;
}

/** Return the form, as long as the session of its person may live; then it goes. */
async function freshForm() {
  const form = await stored(FORM);
  if (!form || Date.now() < Number(form.headers.get("X-Kept-Until"))) return form;
  await caches.delete(FORM_KEPT);
  return undefined;
}

const stored = (request) => caches.match(request, { ignoreVary: true });
const part = async (request) => (await stored(request)) ?? fetch(request);
