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
    const layer = protomapsL.leafletLayer({
      url: plan.url,
      maxDataZoom: plan.maxZoom,
      attribution: plan.attribution,
      lang: root.lang,
      maxZoom: map.getMaxZoom(),
      ...style(),
    });
    const [view] = layer.views.values();
    view.tileCache.source = source();
    followTheme(() => {
      Object.assign(layer, style());
      layer.clearLayout();
      layer.rerenderTiles();
    });
    return layer.addTo(map);
  };

  const palierBasemap = (map) => (plan.url ? (plan.schema ? vectors(map) : images(map)) : null);
  window.palierBasemap = palierBasemap;
  window.addEventListener("map:init", (event) => palierBasemap(event.detail.map));
})();
