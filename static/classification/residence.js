"use strict";
// The page of a residence: its level over time, and where its addresses are.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();

  const chart = () => {
    const canvas = document.getElementById("history-chart");
    const rows = read("history-data");
    const language = document.documentElement.lang;
    const month = (day) => new Date(`${day}T12:00`).toLocaleDateString(language, { month: "short", year: "2-digit" });
    const text = getComputedStyle(canvas).color;
    Chart.defaults.color = text;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    return new Chart(canvas, {
      type: "line",
      data: {
        labels: rows.map(([day]) => month(day)),
        datasets: [{
          data: rows.map(([, level]) => level),
          stepped: "middle",
          borderColor: text,
          borderWidth: 2,
          pointRadius: 6,
          pointStyle: rows.map(([, level]) => ["circle", "triangle", "rectRot", "rect"][level - 1]),
          pointBackgroundColor: rows.map(([, level]) => colour(`--level-${level}`)),
          pointBorderColor: text,
          pointBorderWidth: 1,
        }],
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: {
          y: { min: 0.5, max: 4.5, title: { display: true, text: canvas.dataset.axisLevel },
            afterBuildTicks: (axis) => { axis.ticks = [1, 2, 3, 4].map((value) => ({ value })); } },
          x: { title: { display: true, text: canvas.dataset.axisMonth }, grid: { display: false }, border: { color: text } },
        },
      },
    });
  };

  const places = (map) => {
    const points = read("places-data");
    const bounds = L.latLngBounds(points.map(([lng, lat]) => [lat, lng]));
    points.forEach(([lng, lat, level, label]) => {
      const name = `${level} – ${label}`;
      const marker = L.marker([lat, lng], { icon: palierMarkers.icon(level), title: name });
      palierMarkers.named(marker, name).bindTooltip(document.createTextNode(label).textContent).addTo(map);
    });
    map.fitBounds(bounds, { maxZoom: 17, padding: [30, 30] });
  };

  chart();
  if (document.getElementById("places-data")) {
    if (window.maps?.length) places(window.maps[0]);
    else window.addEventListener("map:init", (event) => places(event.detail.map));
  }
})();
