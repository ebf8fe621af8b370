"use strict";
// Add the base map to every map: vector tiles from this server, or image tiles that it copies.
(() => {
  const plan = JSON.parse(document.getElementById("basemap-config").textContent);
  const root = document.documentElement;
  if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) {
    L.Map.mergeOptions({ fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false, inertia: false });
    const panBy = L.Map.prototype.panBy;
    L.Map.include({
      panBy(offset, options) {
        return panBy.call(this, offset, { ...options, animate: false });
      },
    });
  }
  const isDark = () => root.dataset.bsTheme === "dark";
  const followTheme = (act) => new MutationObserver(act).observe(root, { attributeFilter: ["data-bs-theme"] });

  const images = (map) => {
    const layer = L.tileLayer(plan.url, {
      attribution: plan.attribution,
      maxNativeZoom: plan.maxZoom,
      maxZoom: map.getMaxZoom(),
    });
    const tone = () => {
      layer.getContainer().style.filter = isDark() ? "invert(1) hue-rotate(180deg) grayscale(.6)" : "grayscale(.6)";
    };
    layer.on("add", tone).addTo(map);
    followTheme(tone);
    return layer;
  };

  // A tile that fails, on leaving the page or after the session ended, counts as aborted: the map shows the
  // others, and requests it again when moved.
  const source = () => {
    const tiles = new protomapsL.ZxySource(plan.url, true);
    const get = tiles.get.bind(tiles);
    tiles.get = (...where) =>
      get(...where).catch(() => Promise.reject(new DOMException("The tile did not come.", "AbortError")));
    return tiles;
  };
  const vectors = (map) => {
    const font = getComputedStyle(document.body).fontFamily;
    const style = () => palierBasemapStyle(plan.schema, isDark(), root.lang.slice(0, 2), font);
    const drawn = (rules) =>
      protomapsL.leafletLayer({
        url: plan.url,
        maxDataZoom: plan.maxZoom,
        attribution: plan.attribution,
        lang: root.lang,
        maxZoom: map.getMaxZoom(),
        ...rules,
      });
    const layer = drawn(style());
    const names = drawn({ paintRules: [], labelRules: style().nameRules, pane: namesPane(map) });
    const [view] = layer.views.values();
    view.tileCache.source = source();
    // Both layers draw the same tiles, fetched once.
    const [nameView] = names.views.values();
    nameView.tileCache = view.tileCache;
    followTheme(() => {
      Object.assign(layer, style());
      names.labelRules = style().nameRules;
      for (const each of [layer, names]) {
        each.clearLayout();
        each.rerenderTiles();
      }
    });
    names.addTo(map);
    return layer.addTo(map);
  };

  // The names of towns stand above the markers, and let clicks through.
  const namesPane = (map) => {
    const pane = map.getPane("names") ?? map.createPane("names");
    pane.style.zIndex = "610";
    pane.style.pointerEvents = "none";
    return "names";
  };

  // Without a plan: say so, and draw the outlines of communes if the server has them.
  const bare = (map) => {
    const notice = new L.Control({ position: "bottomleft" });
    notice.onAdd = () => {
      const said = L.DomUtil.create("p", "basemap-notice");
      said.textContent = plan.notice;
      return said;
    };
    notice.addTo(map);
    if (plan.outlines) outlined(map);
    return null;
  };
  const LEGIBLE_PX = 110;
  const outlined = (map) => {
    namesPane(map);
    const borders = map.createPane("borders");
    borders.style.zIndex = "350";
    const layer = L.geoJSON(null, {
      pane: "borders",
      interactive: false,
      style: { className: "commune-outline", weight: 1.5 },
      onEachFeature: ({ properties }, /** @type {L.Polygon} */ shape) => {
        const name = document.createElement("span");
        name.textContent = properties.name;
        const options = { permanent: true, direction: /** @type {L.Direction} */ ("center"), pane: "names" };
        shape.bindTooltip(name, { ...options, className: "commune-name" });
      },
    }).addTo(map);
    let known = null;
    const follow = async () => {
      const bounds = map.getBounds();
      if (known?.contains(bounds)) return;
      const wider = bounds.pad(1);
      known = wider;
      try {
        const answer = await fetch(`${plan.outlines}?bbox=${wider.toBBoxString()}`, { redirect: "error" });
        const found = await answer.json();
        // The map moved meanwhile: only the latest response is drawn.
        if (known === wider && answer.ok) layer.clearLayers().addData(found);
        legible();
      } catch {
        // The map is readable without outlines, and asks again when moved.
        if (known === wider) known = null;
      }
    };
    // A name wider than its commune would cover its neighbours and their markers.
    const legible = () =>
      layer.eachLayer((shape) => {
        const box = /** @type {L.Polygon} */ (shape).getBounds();
        const width = map.project(box.getSouthEast()).x - map.project(box.getSouthWest()).x;
        shape
          .getTooltip()
          ?.getElement()
          ?.classList.toggle("commune-small", width < LEGIBLE_PX);
      });
    map.on("moveend", follow).on("zoomend", legible);
    map.whenReady(follow);
  };

  // Leaflet names its buttons in English.
  const named = (map) => {
    const buttons = { _zoomInButton: plan.words.zoomIn, _zoomOutButton: plan.words.zoomOut };
    for (const [name, word] of Object.entries(buttons)) {
      const button = map.zoomControl?.[name];
      button?.setAttribute("aria-label", word);
      button?.setAttribute("title", word);
    }
  };
  const palierBasemap = (map) => {
    named(map);
    return plan.url ? (plan.schema ? vectors(map) : images(map)) : bare(map);
  };
  window.palierBasemap = palierBasemap;
  window.addEventListener("map:init", (event) => palierBasemap(event.detail.map));
})();
