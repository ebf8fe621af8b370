"use strict";
// The map of levels: asks for what the viewport holds, draws it, lists it beside.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const [RESIDENCE, LNG, LAT, LEVEL, NAME, ADDRESS, LANDLORD, COMMUNE, LAST_DAY, SILENT] = Array(10).keys();
  const config = read("map-config");
  const words = read("map-words");
  const form = document.getElementById("map-filters");
  const status = document.getElementById("map-status");
  const list = document.getElementById("map-sites");
  const language = document.documentElement.lang;
  const number = (n) => n.toLocaleString(language);
  // A number stays on the line of its noun.
  const filled = (text, values) =>
    text.replace(/\{(\w+)\}/g, (_, key) => values[key]).replace(/(\d) (?=\p{L})|(\p{L}) (?=\d)/gu, "$1$2\u00a0");
  const written = (day) => {
    const text = new Date(`${day}T12:00`).toLocaleDateString(language, { dateStyle: "long" });
    return language.startsWith("fr") ? text.replace(/^1 /, "1er ") : text;
  };
  let map, singles, groups, asking;

  const element = (tag, className, ...children) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  };
  const levelLabel = (level) => {
    const shape = element("span", "level-shape");
    shape.setAttribute("aria-hidden", "true");
    return element("span", `level level-${level}`, shape, ` ${filled(words.level, { n: level })}`);
  };
  const link = (site) => {
    const made = element("a", "", site[NAME]);
    made.href = config.residence.replace("/0/", `/${site[RESIDENCE]}/`);
    return made;
  };
  const where = (site) =>
    [site[ADDRESS], site[COMMUNE], config.severalLandlords && site[LANDLORD]].filter(Boolean).join(" · ");
  const lastFact = (site) => (site[LAST_DAY] ? filled(words.last, { day: written(site[LAST_DAY]) }) : words.none);
  const described = (site) => [
    element("div", "d-flex flex-wrap gap-2 align-items-baseline", levelLabel(site[LEVEL]), link(site)),
    element("div", "small text-secondary", where(site)),
    element("div", "small text-secondary", lastFact(site) + (site[SILENT] ? ` · ${words.silent}` : "")),
  ];

  const drawPoint = (site) => {
    const name = `${filled(words.level, { n: site[LEVEL] })} – ${site[NAME]}`;
    const marker = L.marker([site[LAT], site[LNG]], { icon: palierMarkers.icon(site[LEVEL]), title: name });
    marker.level = site[LEVEL];
    return palierMarkers.named(marker, name).bindPopup(() => element("div", "site-popup", ...described(site)));
  };
  const drawCell = ([lng, lat, count, level, west, south, east, north]) => {
    const name = filled(words.group, { n: number(count), level });
    const marker = L.marker([lat, lng], { icon: palierMarkers.icon(level, count), title: name });
    const enter = () => {
      const bounds = L.latLngBounds([south, west], [north, east]);
      const closer = Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds.pad(0.1)));
      map.setView(bounds.getCenter(), Math.min(closer, map.getMaxZoom()));
    };
    marker.on("click", enter).on("keypress", (event) => event.originalEvent.key === "Enter" && enter());
    return palierMarkers.named(marker, name);
  };
  const listed = (site) => {
    const show = element("button", "btn btn-sm btn-ghost-secondary ms-auto", words.center);
    show.type = "button";
    show.setAttribute("aria-label", `${words.center} – ${site[NAME]}`);
    show.addEventListener("click", () => map.setView([site[LAT], site[LNG]], Math.max(map.getZoom(), 17)));
    return element("li", "list-group-item d-flex gap-2", element("div", "min-w-0", ...described(site)), show);
  };
  const show = (view) => {
    groups.clearLayers();
    singles.clearLayers();
    singles.addLayers(view.points.map(drawPoint));
    view.cells.forEach((cell) => groups.addLayer(drawCell(cell)));
    list.replaceChildren(...view.list.map(listed));
    const parts = view.levels.map((n, i) => [n, i + 1]).filter(([n]) => n).reverse();
    const counts = parts.map(([n, level]) => filled(words.count, { n: number(n), level })).join(", ");
    const total = filled(view.total === 1 ? words.one : words.many, { n: number(view.total) });
    status.textContent = view.total ? `${total} ${counts}.` : words.empty;
    if (view.total > view.list.length) status.textContent += ` ${filled(words.first, { n: view.list.length })}`;
  };

  const filters = () => {
    const query = new URLSearchParams(new FormData(form));
    [...query].forEach(([key, value]) => { if (!value || (key === "unit" && value === "residence")) query.delete(key, value); });
    return query;
  };
  // The address of the page is the view: filters in the query, place and zoom after the #.
  const keep = () => {
    const { lat, lng } = map.getCenter();
    const query = filters().toString();
    history.replaceState(null, "", `${location.pathname}${query && `?${query}`}#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`);
  };
  const ask = async () => {
    keep();
    asking?.abort();
    asking = new AbortController();
    const query = filters();
    query.set("bbox", map.getBounds().toBBoxString());
    query.set("zoom", map.getZoom());
    try {
      const answer = await fetch(`${config.data}?${query}`, { signal: asking.signal, headers: { Accept: "application/json" } });
      const type = answer.headers.get("Content-Type") || "";
      // A login page instead of data: the session ended.
      if (answer.redirected || !type.includes("json")) throw new Error(words.failed);
      const view = await answer.json();
      if (!answer.ok) throw new Error(view.error);
      show(view);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = error instanceof TypeError ? words.failed : error.message;
    }
  };
  const later = (act, delay) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, delay); };
  };

  const place = () => {
    const [zoom, lat, lng] = location.hash.slice(1).split("/").map(Number);
    if ([zoom, lat, lng].every(Number.isFinite) && location.hash.length > 1) return map.setView([lat, lng], zoom);
    if (!config.extent) return map;
    const [west, south, east, north] = config.extent;
    return map.fitBounds([[south, west], [north, east]], { maxZoom: 16, padding: [20, 20] });
  };
  const start = (made) => {
    map = made;
    groups = L.layerGroup().addTo(map);
    singles = palierMarkers.groups();
    singles.addTo(map);
    place();
    map.on("moveend", later(ask, 120));
    form.addEventListener("change", later(ask, 50));
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
    window.addEventListener("hashchange", place);
    ask();
  };
  const ready = () => (window.maps?.length ? start(window.maps[0]) : window.addEventListener("map:init", (e) => start(e.detail.map)));
  ready();
})();
