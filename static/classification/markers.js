"use strict";
// Draw markers that show the level by shape, number and colour, a hexagon with a question mark where recording
// stopped; a group also shows the number of its sites.
(() => {
  const SHAPES = {
    0: '<path d="M9 2h14l8 14-8 14H9L1 16z"/>',
    1: '<circle cx="16" cy="16" r="14"/>',
    2: '<path d="M16 1.5 31 29.5H1z"/>',
    3: '<path d="M16 .5 31.5 16 16 31.5.5 16z"/>',
    4: '<rect x="2" y="2" width="28" height="28" rx="2"/>',
  };
  const BASELINE = { 0: 21.5, 1: 21.5, 2: 25, 3: 21.5, 4: 21.5 };
  const drawn = (level) => {
    const text = `<text x="16" y="${BASELINE[level]}" text-anchor="middle">${level || "?"}</text>`;
    return `<svg viewBox="0 0 32 32" aria-hidden="true" focusable="false"><g class="site-edge">${SHAPES[level]}</g>${SHAPES[level]}${text}</svg>`;
  };
  // Leaflet sets the accessible name of an image only; that of an inline icon must be set here.
  /** @type {new (options: L.DivIconOptions & { name: string }) => L.DivIcon} */
  const NamedIcon = L.DivIcon.extend({
    /** @param {HTMLElement} [old] */
    createIcon(old) {
      const made = L.DivIcon.prototype.createIcon.call(this, old);
      if (this.options.name) made.setAttribute("aria-label", this.options.name);
      if (this.options.name) made.title = this.options.name;
      return made;
    },
  });
  const icon = (level, { count = 0, name = "" } = {}) => {
    const size = count ? 40 : 30;
    const number = count
      ? `<span class="site-count" data-count="${count.toLocaleString(document.documentElement.lang)}"></span>`
      : "";
    return new NamedIcon({
      className: `site-marker level-${level}${count ? " site-group" : ""}`,
      html: `${drawn(level)}${number}<span class="site-rank"></span>`,
      iconSize: [size, size],
      popupAnchor: [0, -size / 2],
      name,
    });
  };
  // A ring around a site, beneath its marker, and a badge beside it to point at: the style centres the ring on the site.
  const ring = ({ html, name }) =>
    new NamedIcon({
      className: "hot-spot",
      html,
      iconSize: [26, 26],
      iconAnchor: [-7, 33],
      popupAnchor: [0, -28],
      name,
    });
  window.palierMarkers = { icon, ring };
})();
