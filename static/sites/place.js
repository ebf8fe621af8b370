"use strict";

// Place an address: a click, Enter for the map's centre, a drag of the marker or a candidate fills the two fields.
window.addEventListener("map:init", (event) => {
  const { map } = event.detail;
  const longitude = /** @type {HTMLInputElement} */ (document.getElementById("id_longitude"));
  const latitude = /** @type {HTMLInputElement} */ (document.getElementById("id_latitude"));
  const others = JSON.parse(document.getElementById("neighbours").textContent);
  const way = /** @type {HTMLInputElement} */ (document.getElementById("id_way"));
  const numberOf = (field) => Number.parseFloat(field.value.replace(",", "."));
  const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  let marker = null;

  const show = (point) => {
    if (marker) return marker.setLatLng(point);
    const icon = L.divIcon({ className: "place-marker", iconSize: [22, 22] });
    marker = L.marker(point, {
      icon,
      draggable: true,
      autoPan: true,
      keyboard: true,
      title: map.getContainer().dataset.marker,
    });
    marker.on("dragend", () => choose(marker.getLatLng())).addTo(map);
    // The keyboard's way of dragging: an arrow moves the marker by a pixel, with Shift by ten.
    marker.getElement().addEventListener("keydown", (key) => {
      const arrow = ARROWS[key.key];
      if (!arrow) return;
      key.preventDefault();
      key.stopPropagation();
      const step = key.shiftKey ? 10 : 1;
      const at = map.latLngToContainerPoint(marker.getLatLng()).add([arrow[0] * step, arrow[1] * step]);
      choose(map.containerPointToLatLng(at));
    });
    return marker;
  };
  const choose = (point, how = "map") => {
    longitude.value = point.lng.toFixed(6);
    latitude.value = point.lat.toFixed(6);
    way.value = how;
    show(point);
    for (const button of document.querySelectorAll(".place-candidate")) {
      const { longitude: lng, latitude: lat } = /** @type {HTMLElement} */ (button).dataset;
      button.setAttribute("aria-pressed", String(lng === longitude.value && lat === latitude.value));
    }
  };
  const typed = () => {
    /** @type {L.LatLngTuple} */
    const point = [numberOf(latitude), numberOf(longitude)];
    way.value = "map";
    if (point.every(Number.isFinite) && Math.abs(point[0]) <= 90 && Math.abs(point[1]) <= 180) {
      show(point);
      map.panTo(point);
    }
  };
  document.getElementById("candidates")?.addEventListener("click", (tap) => {
    const button = /** @type {HTMLElement} */ (tap.target).closest("button");
    if (!button) return;
    const point = L.latLng(Number(button.dataset.latitude), Number(button.dataset.longitude));
    choose(point, "candidate");
    map.setView(point, Math.max(map.getZoom(), 17));
  });

  for (const other of others) {
    L.circleMarker([other.latitude, other.longitude], { radius: 4, weight: 1, color: "#64748b" })
      .bindTooltip(document.createTextNode(other.label).textContent.replace(/[<>&]/g, ""))
      .addTo(map);
  }
  if (latitude.value && longitude.value) {
    map.setView([numberOf(latitude), numberOf(longitude)], 17);
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
  // Where the position was refused, why stands above the map.
  document.getElementById("place-faults")?.focus();
});
