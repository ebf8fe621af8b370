"use strict";

// Place an address: a click, or Enter for the map's centre, fills the two fields.
window.addEventListener("map:init", (event) => {
  const { map } = event.detail;
  const longitude = document.getElementById("id_longitude");
  const latitude = document.getElementById("id_latitude");
  const others = JSON.parse(document.getElementById("neighbours").textContent);
  let marker = null;

  const show = (point) => {
    if (marker) marker.setLatLng(point);
    else marker = L.circleMarker(point, { radius: 9, weight: 3, color: "#1f4e79", fillOpacity: 0.5 }).addTo(map);
  };
  const choose = (point) => {
    longitude.value = point.lng.toFixed(6);
    latitude.value = point.lat.toFixed(6);
    show(point);
  };
  const typed = () => {
    /** @type {L.LatLngTuple} */
    const point = [Number.parseFloat(latitude.value), Number.parseFloat(longitude.value)];
    if (point.every(Number.isFinite) && Math.abs(point[0]) <= 90 && Math.abs(point[1]) <= 180) {
      show(point);
      map.panTo(point);
    }
  };

  for (const other of others) {
    L.circleMarker([other.latitude, other.longitude], { radius: 4, weight: 1, color: "#64748b" })
      .bindTooltip(document.createTextNode(other.label).textContent.replace(/[<>&]/g, ""))
      .addTo(map);
  }
  if (latitude.value && longitude.value) {
    map.setView([Number.parseFloat(latitude.value), Number.parseFloat(longitude.value)], 17);
    typed();
  } else if (others.length) {
    map.fitBounds(
      others.map((other) => [other.latitude, other.longitude]),
      { padding: [24, 24], maxZoom: 16 },
    );
  }
  map.on("click", (click) => choose(click.latlng));
  map.getContainer().addEventListener("keydown", (key) => {
    if (key.key === "Enter") choose(map.getCenter());
  });
  longitude.addEventListener("change", typed);
  latitude.addEventListener("change", typed);
});
