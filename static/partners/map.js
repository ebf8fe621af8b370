"use strict";
/* The shared map: one marker for each published site, its shape and number saying its level. */
function showPublishedSites(map) {
  const points = JSON.parse(document.getElementById("points").textContent);
  const bounds = L.latLngBounds(points.map((point) => point.at));
  points.sort((a, b) => a.level - b.level);
  for (const point of points) {
    const icon = L.divIcon({
      className: `site-marker level-${point.level}`,
      html: `<span class="site-shape" aria-hidden="true"></span><span class="site-number">${Number(point.level)}</span>`,
      iconSize: [26, 26],
    });
    const title = `${point.rank}. ${point.name}`;
    const link = document.createElement("a");
    link.href = point.url;
    link.textContent = title;
    L.marker(point.at, { icon, title, alt: title, zIndexOffset: point.level * 1000 })
      .bindPopup(link)
      .addTo(map);
  }
  map.fitBounds(bounds, { padding: [30, 30], maxZoom: 16 });
}
