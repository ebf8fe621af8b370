"use strict";
// Markers whose level shows by shape, number and colour; a group adds how many it holds.
(() => {
  const SHAPES = {
    1: '<circle cx="16" cy="16" r="14"/>',
    2: '<path d="M16 1.5 31 29.5H1z"/>',
    3: '<path d="M16 .5 31.5 16 16 31.5.5 16z"/>',
    4: '<rect x="2" y="2" width="28" height="28" rx="2"/>',
  };
  const svg = (level) =>
    `<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">${SHAPES[level]}` +
    `<text x="16" y="${level === 2 ? 25 : 21.5}" text-anchor="middle">${level}</text></svg>`;
  const icon = (level, count = 0) => {
    const size = count ? 40 : 28;
    const number = count ? `<span class="site-count">${count.toLocaleString(document.documentElement.lang)}</span>` : "";
    return L.divIcon({
      className: `site-marker level-${level}${count ? " site-group" : ""}`,
      html: svg(level) + number,
      iconSize: [size, size],
      popupAnchor: [0, -size / 2],
    });
  };
  // Leaflet names an image by its alt text; a drawn icon must be named by hand.
  const named = (marker, name) => {
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
    return marker;
  };
  // Sites too close to be told apart show as one group, under the highest of their levels.
  const groups = () =>
    L.markerClusterGroup({
      showCoverageOnHover: false,
      maxClusterRadius: 36,
      animate: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      iconCreateFunction: (cluster) => {
        const markers = cluster.getAllChildMarkers();
        return icon(Math.max(...markers.map((marker) => marker.level)), markers.length);
      },
    });
  window.palierMarkers = { icon, named, groups };
})();
