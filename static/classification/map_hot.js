"use strict";
// Draw the hot spots of the view as rings beneath the sites, and list them beside the map and for paper.
(() => {
  const [RESIDENCE, LNG, LAT, LEVEL, NAME, LANDLORD, COMMUNE, WHY] = Array(8).keys();
  const by = (id) => document.getElementById(id);
  const layer = by("map-hot-layer");

  /** @type {Window["palierHotSpots"]} */
  const palierHotSpots = (map, { words, filled, number, element, levelLabel, link, several }) => {
    const [status, section, list, paper] = ["map-hot-status", "map-hot", "map-hot-sites", "map-paper-hot"].map(by);
    const drawn = () => /** @type {HTMLElement} */ (by("map-hot-ring").content.firstElementChild.cloneNode(true));
    map.createPane("hot").style.zIndex = "590";
    /** @type {Map<string, L.Marker>} */
    const rings = new Map();
    const facts = new Map();
    const where = (site) => [site[COMMUNE], several && site[LANDLORD]].filter(Boolean).join(" · ");
    const described = (site) => [
      element("div", "d-flex flex-wrap gap-2 align-items-baseline", levelLabel(site[LEVEL]), link(site, site[NAME])),
      element("div", "small text-secondary", where(site)),
      element("div", "small", site[WHY]),
    ];
    const popup = (key) => {
      const site = facts.get(key);
      return element("div", "site-popup", element("div", "hot-title", words.hotNot), ...described(site));
    };
    const ringed = (site) => {
      const name = filled(words.hotName, { name: site[NAME] });
      const made = L.marker([site[LAT], site[LNG]], { icon: palierMarkers.ring({ html: drawn(), name }), pane: "hot" });
      return made.bindPopup(() => popup(site[RESIDENCE]), { minWidth: 200, autoPanPadding: [16, 16] }).addTo(map);
    };
    const light = (key, on) => rings.get(key)?.getElement()?.classList.toggle("hot-lit", on);
    const listed = (site) => {
      const item = element("li", "list-group-item", ...described(site));
      for (const name of ["mouseenter", "focusin"]) item.addEventListener(name, () => light(site[RESIDENCE], true));
      for (const name of ["mouseleave", "focusout"]) item.addEventListener(name, () => light(site[RESIDENCE], false));
      return item;
    };
    const row = (site) => {
      const told = [site[NAME], site[COMMUNE], site[LANDLORD], site[WHY]].map((text) => element("td", "", text));
      return element("tr", "", element("td", "", levelLabel(site[LEVEL])), ...told);
    };
    // Rings that stay are kept, so that their popup and their focus stay.
    const ring = (sites) => {
      facts.clear();
      for (const site of sites) facts.set(site[RESIDENCE], site);
      for (const [key, made] of rings) {
        if (facts.has(key)) continue;
        made.remove();
        rings.delete(key);
      }
      for (const [key, site] of facts) if (!rings.has(key)) rings.set(key, ringed(site));
    };
    const said = ({ sites, more, few }) => {
      if (!sites.length) return few ? words.hotFew : words.hotNone;
      const shown = { n: number(sites.length) };
      if (more) return `${words.hotNot}. ${filled(words.hotMore, shown)}`;
      return filled(sites.length > 1 ? words.hotMany : words.hotOne, shown);
    };
    // What the layer is switched off for is not shown on paper either.
    const draw = (hot) => {
      const sites = hot?.sites ?? [];
      ring(sites);
      status.textContent = hot ? said(hot) : "";
      section.hidden = !sites.length;
      paper.hidden = !sites.length;
      list.replaceChildren(...sites.map(listed));
      /** @type {HTMLTableElement} */ (paper).tBodies[0].replaceChildren(...sites.map(row));
    };
    return { layer, draw };
  };
  window.palierHotSpots = palierHotSpots;
})();
