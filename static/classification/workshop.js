"use strict";
// Go through the order of the day by keyboard, open a site beside it, come back to where one was, and fill the screen.
(() => {
  const said = document.currentScript.dataset;
  const room = document.getElementById("workshop");
  const panel = () => document.getElementById("workshop-panel");
  const items = () => [...document.querySelectorAll("[data-item]")];
  let from = "";

  /** @param {number} by how many sites further */
  const go = (by) => {
    const all = items();
    if (!all.length) return;
    const here = all.findIndex((item) => item === document.activeElement || item.hasAttribute("aria-current"));
    all[Math.min(Math.max(here + by, 0), all.length - 1)].focus();
  };
  const mark = () => {
    for (const item of items())
      item.toggleAttribute("aria-current", item.id === from && panel().hasAttribute("data-open"));
  };
  const close = () => {
    const shown = panel();
    if (!shown.hasAttribute("data-open")) return;
    shown.replaceChildren();
    for (const name of ["data-open", "aria-labelledby", "role"]) shown.removeAttribute(name);
    history.pushState(history.state, "", room.dataset.room);
    mark();
    (document.getElementById(from) ?? items()[0])?.focus();
    window.dispatchEvent(new Event("resize"));
  };
  const full = document.getElementById("workshop-full");
  const fill = () => (document.fullscreenElement ? document.exitFullscreen() : room.requestFullscreen());
  if (full && document.fullscreenEnabled) {
    full.hidden = false;
    full.addEventListener("click", fill);
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    j: () => go(1),
    ArrowDown: () => go(1),
    k: () => go(-1),
    ArrowUp: () => go(-1),
    Escape: close,
    x: close,
    f: fill,
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = /** @type {Element} */ (event.target);
    const typed = target.matches("input, textarea, select");
    if (typed && event.key !== "Escape") return;
    // Arrows scroll a panel that is read, and move the map.
    if (event.key.startsWith("Arrow") && !target.matches("body, main, [data-item]")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const item = target.closest("[data-item]");
    if (item) from = item.id;
    if (target.closest("[data-close]")) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A refused form is shown with what it lacks.
    if (event.detail.xhr.status === 422) event.detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", (event) => {
    // What is no part of this page is opened as a page, which says what was refused and keeps what was typed.
    const asked = event.detail.elt;
    if (event.detail.xhr.status === 422) return;
    if (asked instanceof HTMLFormElement) asked.submit();
    else if (asked instanceof HTMLAnchorElement) location.assign(asked.href);
  });
  document.addEventListener("htmx:afterSettle", () => {
    mark();
    const shown = panel();
    if (shown.hasAttribute("data-open") && !shown.contains(document.activeElement)) shown.focus();
  });

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  window.addEventListener("map:init", ({ detail: { map } }) => {
    const points = JSON.parse(document.getElementById("workshop-points").textContent);
    const levelSaid = (level) => (level ? filled(said.level, { n: level }) : said.stopped);
    const sites = palierMap.sites(map, { groupName: (n, level) => filled(said.group, { n, level }) });
    sites.draw(
      points.map(([lng, lat, level, name, page], index) => ({
        at: [lat, lng],
        level,
        name: `${levelSaid(level)} – ${name}`,
        rank: index + 1,
        key: page,
        about: () => [Object.assign(document.createElement("a"), { href: page, textContent: name })],
      })),
    );
    palierMap.keyboard(map, said.close);
    if (points.length) palierMap.fit(map, L.latLngBounds(points.map(([lng, lat]) => [lat, lng])), { maxZoom: 16 });
  });
})();
