"use strict";
// The shared map: one marker for each published site; the highest levels lie on top.
function showPublishedSites(map) {
  const points = JSON.parse(document.getElementById("points").textContent);
  for (const point of points) {
    const name = `${point.rank}. ${point.name}`;
    const link = document.createElement("a");
    link.href = point.url;
    link.textContent = name;
    const marker = L.marker(point.at, {
      icon: palierMarkers.icon(point.level),
      title: name,
      zIndexOffset: point.level * 1000,
    });
    palierMarkers.named(marker, `${point.label} – ${name}`).bindPopup(link).addTo(map);
  }
  const bounds = L.latLngBounds(points.map((point) => point.at));
  map.fitBounds(bounds, { padding: [30, 30], maxZoom: 16, animate: false });
}
