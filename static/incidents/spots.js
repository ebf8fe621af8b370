"use strict";

// Show the point that a file gives, and the places suggested for it.
window.addEventListener("map:init", (event) => {
  const { map } = event.detail;
  const { fact, candidates } = JSON.parse(document.getElementById("spots").textContent);
  const spots = [
    ...candidates.map((spot) => ({ spot, style: { radius: 7, weight: 2, color: "#64748b" } })),
    ...fact.map((spot) => ({ spot, style: { radius: 9, weight: 3, color: "#1f4e79", fillOpacity: 0.5 } })),
  ];
  for (const { spot, style } of spots) {
    L.circleMarker([spot.latitude, spot.longitude], style)
      .bindTooltip(document.createTextNode(spot.label).textContent.replace(/[<>&]/g, ""))
      .addTo(map);
  }
  if (spots.length) {
    map.fitBounds(
      spots.map(({ spot }) => [spot.latitude, spot.longitude]),
      { padding: [24, 24], maxZoom: 18 },
    );
  }
});
