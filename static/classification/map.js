"use strict";
// Show the map of levels: fetch the sites of the viewport, draw them, and list them beside the map.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const [RESIDENCE, LNG, LAT, LEVEL, NAME, ADDRESS, LANDLORD, COMMUNE, LAST_DAY, SILENT, DAYS, BEFORE, DECISION] =
    Array(13).keys();
  const config = read("map-config");
  const words = read("map-words");
  const filters = palierMapFilters;
  const by = (id) => document.getElementById(id);
  const [status, list, problem, progress, empty] = [
    "map-status",
    "map-sites",
    "map-problem",
    "map-progress",
    "map-empty",
  ].map(by);
  const layout = by("map-layout");
  const language = document.documentElement.lang;
  const number = (n) => n.toLocaleString(language);
  // A no-break space keeps a number on the same line as its noun.
  const filled = (text, values) =>
    text.replace(/\{(\w+)\}/g, (_, key) => values[key]).replace(/(\d) (?=\p{L})|(\p{L}) (?=\d)/gu, "$1$2\u00a0");
  const written = (day) => {
    const text = new Date(`${day}T12:00`).toLocaleDateString(language, { dateStyle: "long" });
    return language.startsWith("fr") ? text.replace(/^1 /, "1er ") : text;
  };
  let map, sites, groups, overlay, hotSpots, asking, asked, answered, view;

  const element = (tag, className, ...children) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  };
  const levelSaid = (level) => (level ? filled(words.level, { n: level }) : words.stopped);
  const levelLabel = (level) => {
    const shape = element("span", "level-shape");
    shape.setAttribute("aria-hidden", "true");
    return element("span", `level level-${level}`, shape, ` ${levelSaid(level)}`);
  };
  const link = (site, name = site[NAME]) => {
    const made = element("a", "", name);
    made.href = config.residence.replace("/0/", `/${site[RESIDENCE]}/`);
    return made;
  };
  const keyOf = (site) => `${site[RESIDENCE]} ${site[ADDRESS] ?? ""}`;
  const where = (site) =>
    [site[ADDRESS], site[COMMUNE], config.severalLandlords && site[LANDLORD]].filter(Boolean).join(" · ");
  const lastFact = (site) => (site[LAST_DAY] ? filled(words.last, { day: written(site[LAST_DAY]) }) : words.none);
  const daysSaid = (site) => filled(site[DAYS] > 1 ? words.days : words.day, { n: number(site[DAYS]) });
  const silence = (site) => [
    site[SILENT] && site[LEVEL] > 0 && words.silent,
    site[BEFORE] && filled(words.before, { n: site[BEFORE] }),
  ];
  const when = (site) =>
    [site[DECISION], site[DAYS] !== null && daysSaid(site), lastFact(site), ...silence(site)]
      .filter(Boolean)
      .join(" · ");
  const described = (site) => [
    element("div", "d-flex flex-wrap gap-2 align-items-baseline", levelLabel(site[LEVEL]), link(site)),
    element("div", "small text-secondary", where(site)),
    element("div", "small text-secondary", when(site)),
  ];

  const drawn = (site, index) => ({
    at: [site[LAT], site[LNG]],
    level: site[LEVEL],
    name: `${levelSaid(site[LEVEL])} – ${[site[NAME], site[ADDRESS]].filter(Boolean).join(", ")}`,
    rank: index + 1,
    key: keyOf(site),
    about: () => described(site),
  });
  const groupName = (count, level) => filled(level ? words.group : words.stoppedGroup, { n: number(count), level });
  const drawCell = ([lng, lat, count, level, west, south, east, north]) => {
    const marker = L.marker([lat, lng], { icon: palierMarkers.icon(level, { count, name: groupName(count, level) }) });
    const enter = () => {
      const bounds = L.latLngBounds([south, west], [north, east]);
      const closer = Math.max(map.getZoom() + 1, map.getBoundsZoom(bounds.pad(0.1)));
      map.setView(bounds.getCenter(), Math.min(closer, map.getMaxZoom()), { animate: !palierMap.still });
    };
    return marker.on("click", enter).on("keypress", (event) => event.originalEvent.key === "Enter" && enter());
  };
  const listed = (site) => {
    const show = element("button", "btn btn-icon btn-sm btn-ghost-secondary ms-auto");
    show.type = "button";
    show.append(by("map-center-icon").content.cloneNode(true));
    show.title = words.center;
    show.setAttribute("aria-label", `${words.center} – ${site[NAME]}`);
    show.addEventListener("click", () => {
      onlyOnPhone("map");
      if (sites.show(keyOf(site))) return;
      map.setView([site[LAT], site[LNG]], Math.max(map.getZoom(), 17), { animate: !palierMap.still });
    });
    const item = element("li", "list-group-item d-flex gap-2", element("div", "min-w-0", ...described(site)), show);
    item.dataset.key = keyOf(site);
    for (const name of ["mouseenter", "focusin"]) item.addEventListener(name, () => sites.light(keyOf(site)));
    for (const name of ["mouseleave", "focusout"]) item.addEventListener(name, () => sites.light(null));
    return item;
  };
  // Whoever moves through the list by keyboard stays at the same site when it is drawn again.
  const fill = (found) => {
    const focused = list.contains(document.activeElement) ? document.activeElement : null;
    const key = focused?.closest("li")?.dataset.key;
    list.replaceChildren(...found.map(listed));
    const again = focused && [...list.children].find((item) => item.dataset.key === key);
    again?.querySelector(focused.tagName).focus({ preventScroll: true });
  };
  const lightListed = (key) => {
    for (const item of list.children) {
      const lit = key !== null && item.dataset.key === key;
      item.classList.toggle("map-listed-lit", lit);
      if (lit && list.scrollHeight > list.clientHeight)
        list.scrollTo({
          top: item.offsetTop - list.offsetTop - list.clientHeight / 3,
          behavior: palierMap.still ? "auto" : "smooth",
        });
    }
  };
  const onPaper = () => {
    const cell = (text) => element("td", "", text);
    const rows = (view.cells.length ? view.list : view.points).map((site, index) =>
      element(
        "tr",
        "",
        cell(`${index + 1}`),
        element("td", "", levelLabel(site[LEVEL]), element("div", "map-paper-decision", site[DECISION])),
        cell([site[NAME], site[ADDRESS]].filter(Boolean).join(", ")),
        cell(site[COMMUNE]),
        cell(site[LANDLORD]),
        cell(site[LAST_DAY] ? written(site[LAST_DAY]) : "–"),
        cell(site[DAYS] === null ? "–" : number(site[DAYS])),
      ),
    );
    by("map-paper-list").tBodies[0].replaceChildren(...rows);
  };
  const show = (answer) => {
    view = answer;
    groups.clearLayers();
    view.cells.forEach((cell) => groups.addLayer(drawCell(cell)));
    // Where some sites are grouped, the ranks of the single ones would be meaningless.
    sites.draw(view.points.map(drawn));
    hotSpots?.draw(view.hot);
    layout.toggleAttribute("data-grouped", view.cells.length > 0);
    fill(view.list);
    onPaper();
    const parts = view.levels
      .map((n, i) => [n, i])
      .filter(([n]) => n)
      .reverse();
    const counts = parts
      .map(([n, level]) => filled(level ? words.count : words.stoppedCount, { n: number(n), level }))
      .join(", ");
    const total = filled(view.total === 1 ? words.one : words.many, { n: number(view.total) });
    const none = !config.extent ? words.nothing : filters.chosen().length ? words.emptyFiltered : words.empty;
    status.textContent = view.total ? `${total} ${counts}.` : none;
    if (view.total > view.list.length) status.textContent += ` ${filled(words.first, { n: view.list.length })}`;
    empty.hidden = view.total > 0 || !config.extent;
    empty.querySelector("[data-act=clear]").hidden = !filters.chosen().length;
  };

  // The URL holds the view: the filters in the query string, centre and zoom in the fragment.
  const keep = (write = "replaceState") => {
    const query = filters.query().toString();
    const address = `${location.pathname}${query && `?${query}`}${palierMap.hashOf(map)}`;
    if (address !== location.pathname + location.search + location.hash) history[write](null, "", address);
  };
  const busy = (on) => {
    layout.setAttribute("aria-busy", on);
    progress.hidden = !on;
    if (on && !view) status.textContent = words.loading;
  };
  const fail = (message, { ended = false, refused = false } = {}) => {
    const retry = element("button", "btn btn-sm", by("map-again").content.textContent.trim());
    retry.type = "button";
    retry.addEventListener("click", () => ask());
    const login = element("a", "btn btn-sm btn-primary", by("map-login").content.textContent.trim());
    login.href = `${config.login}?next=${encodeURIComponent(location.pathname + location.search + location.hash)}`;
    // A refused request would be refused again: no retry is offered, the message says what to change.
    problem.replaceChildren(element("p", "m-0", message), ...(refused ? [] : [ended ? login : retry]));
    if (!view) status.textContent = "";
  };
  const fetched = async (url, signal) => {
    const answer = await fetch(url, { signal, headers: { Accept: "application/json" } });
    // A login page instead of data means that the session has ended.
    const ended = answer.redirected || answer.status === 401;
    const isData = (answer.headers.get("Content-Type") || "").includes("json");
    if (ended || !isData) throw Object.assign(new Error(ended ? words.ended : words.failed), { ended, said: true });
    const found = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(found.error), { said: true, refused: answer.status === 400 });
    return found;
  };
  const wanted = () => {
    const query = filters.query();
    query.delete("quartiers");
    query.set("bbox", map.getBounds().toBBoxString());
    query.set("zoom", map.getZoom());
    return `${config.data}?${query}`;
  };
  const ask = async () => {
    const url = wanted();
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    asked = url;
    layout.setAttribute("data-incomplete", "");
    const slow = setTimeout(() => busy(true), view ? 250 : 0);
    try {
      const answer = await fetched(url, mine.signal);
      problem.replaceChildren();
      show(answer);
      answered = url;
      layout.removeAttribute("data-incomplete");
    } catch (error) {
      if (error.name === "AbortError") return;
      asked = null;
      fail(error.said ? error.message : words.failed, error);
    } finally {
      clearTimeout(slow);
      if (asking === mine) busy(false);
    }
  };
  // What is shown is what the view asks for, or could not be had.
  const PATIENCE_MS = 10_000;
  const settled = async () => {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      await new Promise((done) => setTimeout(done, 150));
      if (asked === wanted() && answered === asked) return;
    }
  };
  const askIfMoved = () => {
    keep();
    overlay.follow();
    if (asked !== wanted()) ask();
  };
  const later = (act, delay) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, delay);
    };
  };

  // Draw priority neighbourhoods outlined and hatched, with their name on hover or focus.
  const neighbourhoods = () => {
    const box = by("map-overlay");
    let known = null;
    const outline = L.geoJSON(null, {
      style: { className: "qpv", fillColor: "url(#qpv-hatch)", fillOpacity: 1, weight: 2 },
      onEachFeature: ({ properties }, /** @type {L.Polygon} */ layer) => {
        const name = filled(words.neighbourhood, properties);
        layer.bindTooltip(element("span", "", name), { sticky: true });
        layer.on("add", () => {
          const path = layer.getElement();
          const said = { tabindex: "0", role: "img", "aria-label": name };
          for (const [key, value] of Object.entries(said)) path.setAttribute(key, value);
          path.addEventListener("focus", () => layer.openTooltip(layer.getBounds().getCenter()));
          path.addEventListener("blur", () => layer.closeTooltip());
        });
      },
    });
    const follow = async () => {
      if (!box.checked) return outline.remove();
      outline.addTo(map);
      if (known?.contains(map.getBounds())) return undefined;
      const wider = map.getBounds().pad(1);
      known = wider;
      try {
        const found = await fetched(`${config.neighbourhoods}?bbox=${wider.toBBoxString()}`);
        // The map moved meanwhile: only the latest response is drawn.
        if (known !== wider) return undefined;
        outline.clearLayers().addData(found);
      } catch (error) {
        if (known !== wider) return undefined;
        known = null;
        fail(error.said ? error.message : words.failed, error);
      }
      return undefined;
    };
    return { follow };
  };

  const onlyOnPhone = (pane) => {
    layout.dataset.shown = pane;
    for (const button of document.querySelectorAll(".map-switch button"))
      button.setAttribute("aria-pressed", String(button.dataset.pane === pane));
    if (pane === "map") map.invalidateSize({ animate: false });
  };
  /** @type {() => L.LatLngBoundsLiteral} */
  const extent = () =>
    config.extent && [
      [config.extent[1], config.extent[0]],
      [config.extent[3], config.extent[2]],
    ];
  const acts = {
    out: () => map.setZoom(map.getZoom() - 2, { animate: !palierMap.still }),
    all: () => palierMap.fit(map, extent(), { maxZoom: 16, animate: !palierMap.still }),
    clear: filters.clear,
  };
  const start = (made) => {
    map = made;
    groups = L.layerGroup().addTo(map);
    sites = palierMap.sites(map, { groupName, onLight: lightListed });
    overlay = neighbourhoods();
    const several = config.severalLandlords;
    hotSpots = window.palierHotSpots?.(map, { words, filled, number, element, levelLabel, link, several });
    palierMap.keyboard(map, words.close);
    palierMap.legend();
    palierMap.paper(map, sites);
    palierMap.place(map, extent());
    const moved = later(askIfMoved, 120);
    map.on("moveend", moved);
    const changed = () => {
      keep("pushState");
      moved();
    };
    filters.form.addEventListener("change", changed);
    for (const layer of [by("map-overlay"), hotSpots?.layer]) layer?.addEventListener("change", changed);
    filters.form.addEventListener("submit", (event) => event.preventDefault());
    window.addEventListener("popstate", () => {
      filters.restore(location.search);
      palierMap.place(map, extent());
      moved();
    });
    empty.addEventListener("click", (event) => acts[event.target.dataset.act]?.());
    document.querySelector(".map-switch").addEventListener("click", (event) => {
      const button = /** @type {Element} */ (event.target).closest("button");
      if (button) onlyOnPhone(button.dataset.pane);
    });
    by("map-print").addEventListener("click", () => palierMap.print(map, settled));
    moved();
  };
  if (window.maps?.length) start(window.maps[0]);
  else window.addEventListener("map:init", (event) => start(event.detail.map), { once: true });
})();
