"use strict";
// Draw the charts and the map of a residence's page: its level over time, and its addresses.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const rows = read("history-data");
  const words = document.getElementById("history-chart").dataset;
  const language = document.documentElement.lang;
  const month = (day) => new Date(`${day}T12:00`).toLocaleDateString(language, { month: "short", year: "2-digit" });
  const labels = rows.map(([day]) => month(day));

  // Two charts share their months: left axes of equal width keep them aligned.
  const draw = (id, type, dataset, y) => {
    const canvas = document.getElementById(id);
    const quiet = colour("--palier-quiet");
    Chart.defaults.color = quiet;
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    return new Chart(canvas, {
      type,
      data: { labels, datasets: [dataset] },
      options: {
        animation: false,
        maintainAspectRatio: false,
        layout: { padding: { top: 6, right: 6 } },
        plugins: { legend: { display: false } },
        scales: {
          y: {
            grid: { color: colour("--palier-line") },
            border: { display: false },
            afterFit: (axis) => {
              axis.width = 58;
            },
            ...y,
          },
          x: {
            offset: true,
            grid: { display: false },
            border: { color: quiet },
            ticks: { maxRotation: 0, autoSkipPadding: 12 },
          },
        },
      },
    });
  };
  const charts = () => {
    // A gap where recording stopped: the months after it are not known to be quiet.
    const levels = rows.map(([, level]) => level || null);
    const shapes = ["circle", "triangle", "rectRot", "rect"];
    const made = [
      draw(
        "history-chart",
        "line",
        {
          data: levels,
          stepped: "middle",
          borderColor: colour("--palier-quiet"),
          borderWidth: 1.5,
          clip: false,
          pointRadius: levels.map((level) => [5.5, 6.5, 7, 6.5][level - 1]),
          pointStyle: levels.map((level) => shapes[level - 1]),
          pointBackgroundColor: levels.map((level) => colour(`--level-${level}`)),
          pointBorderColor: colour("--level-edge"),
          pointBorderWidth: 1,
        },
        {
          min: 0.6,
          max: 4.4,
          title: { display: true, text: words.level },
          afterBuildTicks: (axis) => {
            axis.ticks = [1, 2, 3, 4].map((value) => ({ value }));
          },
        },
      ),
    ];
    // A month has at most 31 days: without this limit the axis would reach 40.
    const full = Math.max(...rows.map(([, , days]) => days)) > 20;
    const month31 = {
      max: 31,
      afterBuildTicks: (axis) => {
        axis.ticks = [0, 10, 20, 30].map((value) => ({ value }));
      },
    };
    if (document.getElementById("days-chart"))
      made.push(
        draw(
          "days-chart",
          "bar",
          {
            data: rows.map(([, , days]) => days),
            backgroundColor: colour("--palier-accent"),
            borderRadius: 2,
            maxBarThickness: 18,
          },
          {
            beginAtZero: true,
            suggestedMax: 4,
            title: { display: true, text: words.days },
            ticks: { precision: 0, maxTicksLimit: 4 },
            ...(full && month31),
          },
        ),
      );
    return made;
  };

  // Leaflet parses strings as HTML: pass an element with the text instead.
  const said = (text) => Object.assign(document.createElement("span"), { textContent: text });
  const places = (map) => {
    const points = read("places-data");
    const bounds = L.latLngBounds(points.map(([lng, lat]) => [lat, lng]));
    points.forEach(([lng, lat, level, label]) => {
      const name = `${level || "?"} – ${label}`;
      // An image, not a button: the list of addresses beside the map has the same content, and markers may overlap.
      const mark = L.marker([lat, lng], { icon: palierMarkers.icon(level, { name }), keyboard: false })
        .bindTooltip(said(label))
        .addTo(map);
      mark.getElement().setAttribute("role", "img");
    });
    map.fitBounds(bounds, { maxZoom: 17, padding: [30, 30] });
  };

  let drawn = charts();
  new MutationObserver(() => {
    drawn.forEach((chart) => chart.destroy());
    drawn = charts();
  }).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  if (document.getElementById("places-data")) {
    if (window.maps?.length) places(window.maps[0]);
    else window.addEventListener("map:init", (event) => places(event.detail.map));
  }
})();
