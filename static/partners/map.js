"use strict";
// The shared map: one marker for each published site, and a slider over the published states.
function showPublishedSites(map) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const layer = palierMarkers.groups().addTo(map);
  const draw = (points) => {
    layer.clearLayers();
    for (const point of points) {
      const name = `${point.rank}. ${point.name}`;
      const link = document.createElement("a");
      link.href = point.url;
      link.textContent = name;
      const marker = L.marker(point.at, { icon: palierMarkers.icon(point.level), title: name });
      marker.level = point.level;
      layer.addLayer(palierMarkers.named(marker, `${point.label} – ${name}`).bindPopup(link));
    }
  };
  const points = read("points");
  draw(points);
  const bounds = L.latLngBounds(points.map((point) => point.at));
  map.fitBounds(bounds, { padding: [30, 30], maxZoom: 16, animate: false });

  const slider = document.getElementById("state");
  if (!slider) return;
  const states = read("states");
  const said = document.getElementById("state-said");
  const open = document.getElementById("state-open");
  const fetched = new Map();
  const fetchState = (index) => {
    if (!fetched.has(index)) fetched.set(index, fetch(states[index].points).then((answer) => answer.json()));
    return fetched.get(index);
  };
  slider.addEventListener("input", async () => {
    const index = Number(slider.value);
    slider.setAttribute("aria-valuetext", states[index].day);
    const state = await fetchState(index);
    if (Number(slider.value) !== index) return;
    draw(state.points);
    said.textContent = `${states[index].day} : ${state.summary}`;
    open.href = states[index].page;
    open.hidden = states[index].page === slider.dataset.here;
  });
}
