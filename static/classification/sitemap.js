"use strict";
// Provide what all maps of sites share: groups, popups, keyboard, the view in the URL, printing.
(() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (still)
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });

  const NARROW = 600;
  // The largest group whose ranks are printed: those of a larger one would cover the map.
  const NUMBERED = 8;
  // 1, 2, 3, 7 → "1–3, 7"
  const ranges = (ranks) => {
    const found = [];
    for (const rank of [...ranks].sort((a, b) => a - b)) {
      const last = found.at(-1);
      if (last && last[1] === rank - 1) last[1] = rank;
      else found.push([rank, rank]);
    }
    return found.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(", ");
  };

  // Draw sites, grouped where they would overlap. A site has `at`, `level`, `name` (its accessible name),
  // `rank`, `key`, and `about()`, which returns the nodes of its popup.
  /** @typedef {L.Marker & { site: PalierSite }} SiteMarker */
  /** @type {PalierMap["sites"]} */
  const sites = (map, { groupName, onLight = (_key) => {} }) => {
    /** @type {Map<PalierSite["key"], SiteMarker>} */
    const markers = new Map();
    let lit = null;
    const groups = L.markerClusterGroup({
      showCoverageOnHover: false,
      maxClusterRadius: 34,
      animate: !still,
      spiderLegPolylineOptions: { className: "site-leg", weight: 1.5 },
      iconCreateFunction: (cluster) => {
        const within = /** @type {SiteMarker[]} */ (cluster.getAllChildMarkers());
        const children = within.map((marker) => marker.site);
        const level = Math.max(...children.map((site) => site.level));
        return palierMarkers.icon(level, { count: children.length, name: groupName(children.length, level) });
      },
    }).addTo(map);
    const shownFor = (marker) => groups.getVisibleParent(marker)?.getElement();
    const light = (key) => {
      lit?.classList.remove("site-lit");
      lit = markers.has(key) ? shownFor(markers.get(key)) : null;
      lit?.classList.add("site-lit");
    };
    /** @param {PalierSite} site */
    const made = (site) => {
      const bare = L.marker(site.at, {
        icon: palierMarkers.icon(site.level, { name: site.name }),
        zIndexOffset: site.level * 1000,
      });
      const marker = Object.assign(bare, { site });
      const content = () => {
        const box = document.createElement("div");
        box.className = "site-popup";
        box.append(...marker.site.about());
        return box;
      };
      marker.bindPopup(content, { minWidth: 200, autoPanPadding: [16, 16] });
      marker.on("add", () => {
        const element = marker.getElement();
        element.onfocus = () => onLight(site.key);
        element.onblur = () => onLight(null);
      });
      marker.on("mouseover", () => onLight(site.key)).on("mouseout", () => onLight(null));
      return marker;
    };
    // Unchanged markers are kept, so that their popup, their focus and their expanded group stay.
    const draw = (all) => {
      const stays = (site) => {
        const old = markers.get(site.key)?.site;
        return old && old.level === site.level && old.name === site.name && `${old.at}` === `${site.at}`;
      };
      const wanted = new Map(all.map((site) => [site.key, site]));
      for (const [key, marker] of markers) {
        if (wanted.has(key) && stays(wanted.get(key))) continue;
        groups.removeLayer(marker);
        markers.delete(key);
      }
      const fresh = [];
      for (const [key, site] of wanted) {
        if (markers.has(key)) markers.get(key).site = site;
        else fresh.push(markers.set(key, made(site)).get(key));
      }
      if (fresh.length) groups.addLayers(fresh);
    };
    const show = (key) => {
      const marker = markers.get(key);
      if (!marker) return false;
      map.closePopup();
      groups.zoomToShowLayer(marker, () => markers.get(key) === marker && marker.openPopup());
      return true;
    };
    // Print the ranks of the list beside each marker, because nothing can be clicked on paper.
    const number = () => {
      const ranks = new Map();
      for (const marker of markers.values()) {
        const element = shownFor(marker);
        if (element) ranks.set(element, [...(ranks.get(element) || []), marker.site.rank]);
      }
      for (const [element, found] of ranks)
        element.querySelector(".site-rank").textContent = found.length > NUMBERED ? "" : ranges(found);
    };
    return { draw, light, show, number };
  };

  // Leaflet handles keys only while the map itself is focused: handle them on its markers and popups too.
  const keyboard = (map, closeWord) => {
    const box = map.getContainer();
    const STEP = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
    const ZOOM = { "+": 1, "=": 1, "-": -1 };
    let opener = null;
    map.on("popupopen", ({ popup }) => {
      popup.getElement().querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", closeWord);
      const element = popup._source?.getElement?.();
      element?.classList.add("site-selected");
      opener = document.activeElement === element ? element : null;
      // Run after the key event, and again after the map has panned to make room for the popup.
      const enter = () => {
        const link = popup.getElement()?.querySelector(".leaflet-popup-content a");
        if (link && document.activeElement === element) link.focus({ preventScroll: true });
      };
      if (opener) [0, 400].forEach((delay) => setTimeout(enter, delay));
    });
    map.on("popupclose", ({ popup }) => {
      const element = popup._source?.getElement?.();
      element?.classList.remove("site-selected");
      if (popup.getElement().contains(document.activeElement) || opener === element) element?.focus();
      opener = null;
    });
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return map.closePopup();
      if (event.target === box || event.altKey || event.ctrlKey || event.metaKey) return undefined;
      if (STEP[event.key]) map.panBy(STEP[event.key], { animate: !still });
      else if (ZOOM[event.key]) map.setZoom(map.getZoom() + ZOOM[event.key], { animate: !still });
      else return undefined;
      return event.preventDefault();
    });
  };

  // The fragment of the URL holds the view: zoom/latitude/longitude.
  const viewInAddress = () => {
    const parts = location.hash.slice(1).split("/").map(Number);
    return location.hash.length > 1 && parts.length === 3 && parts.every(Number.isFinite) ? parts : null;
  };
  const hashOf = (map) => {
    const { lat, lng } = map.getCenter();
    return `#${map.getZoom()}/${lat.toFixed(5)}/${lng.toFixed(5)}`;
  };
  // Whole zooms would leave the sites half of a narrow map: fit them there by quarters.
  const fit = (map, bounds, options) => {
    const snap = map.options.zoomSnap;
    if (map.getSize().x < NARROW) map.options.zoomSnap = 0.25;
    map.fitBounds(bounds, { padding: [32, 32], animate: false, ...options });
    map.options.zoomSnap = snap;
  };
  const place = (map, bounds, maxZoom = 16) => {
    const view = viewInAddress();
    if (view) map.setView([view[1], view[2]], view[0], { animate: false });
    else if (bounds) fit(map, bounds, { maxZoom });
  };

  // Open the legend where the screen has room for it.
  const legend = () => {
    const box = document.getElementById("map-legend");
    if (box) box.open = window.matchMedia("(min-width: 768px)").matches;
    return box;
  };

  // When the browser prints, the map is scaled to the page without being drawn again.
  const sheet = document.getElementById("map-print")?.dataset ?? {};
  const PAPER = { width: Number(sheet.width) || 1040, height: Number(sheet.height) || 560 };
  const paper = (map, drawn) => {
    const pane = map.getContainer().parentElement;
    let unfold = null;
    window.addEventListener("beforeprint", () => {
      if (unfold) return;
      drawn.number();
      const { width, height } = pane.getBoundingClientRect();
      const box = pane.querySelector(".map-legend");
      const wasOpen = box?.open;
      if (box) box.open = true;
      pane.style.width = `${width}px`;
      pane.style.height = `${height}px`;
      pane.style.zoom = width && height ? Math.min(PAPER.width / width, PAPER.height / height) : 1;
      unfold = () => {
        for (const name of ["width", "height", "zoom"]) pane.style[name] = "";
        if (box) box.open = wasOpen;
        unfold = null;
      };
    });
    window.addEventListener("afterprint", () => unfold?.());
  };
  // The print button waits until the map, resized to the page, is drawn again in light, with all its markers.
  /** @type {PalierMap["print"]} */
  const print = async (map, settled = async () => {}) => {
    const root = document.documentElement;
    const pane = map.getContainer().parentElement;
    const [theme, bounds, centre, zoom] = [root.dataset.bsTheme, map.getBounds(), map.getCenter(), map.getZoom()];
    root.dataset.bsTheme = "light";
    Object.assign(pane.style, { width: `${PAPER.width}px`, height: `${PAPER.height}px` });
    map.invalidateSize({ animate: false }).fitBounds(bounds, { animate: false });
    await Promise.all([settled(), new Promise((drawn) => setTimeout(drawn, 1500))]);
    window.print();
    Object.assign(pane.style, { width: "", height: "" });
    root.dataset.bsTheme = theme;
    map.invalidateSize({ animate: false }).setView(centre, zoom, { animate: false });
  };

  window.palierMap = { still, sites, keyboard, place, fit, hashOf, legend, paper, print };
})();
