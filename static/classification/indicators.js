"use strict";
// Draw the charts of the indicators: each count filled, the one that it is compared with hollow.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const ROW = 34;
  const AXIS = 52;
  // Letters of a line: a phone leaves less to the names.
  const LABEL = matchMedia("(max-width: 575.98px)").matches ? 20 : 24;

  // Break a long label into lines: on one, it would leave no room for the bars.
  const wrapped = (label) => {
    const lines = [""];
    for (const word of label.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && `${lines[last]} ${word}`.length > LABEL) lines.push(word);
      else lines[last] = `${lines[last]} ${word}`.trim();
    }
    return lines;
  };

  const made = (canvas) => {
    const rows = JSON.parse(document.getElementById(canvas.dataset.indicatorChart).textContent);
    const upright = "upright" in canvas.dataset;
    if (!upright) canvas.parentElement.style.height = `${rows.labels.length * ROW + AXIS}px`;
    Chart.defaults.color = colour("--palier-quiet");
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    const counts = {
      beginAtZero: true,
      grid: { color: colour("--palier-line") },
      border: { display: false },
      ticks: { precision: 0 },
      title: { display: true, text: canvas.dataset.axis },
    };
    const names = { grid: { display: false }, ticks: { autoSkip: upright, maxRotation: 0 } };
    return new Chart(canvas, {
      type: "bar",
      data: {
        labels: upright ? rows.labels : rows.labels.map(wrapped),
        datasets: [
          {
            label: canvas.dataset.now,
            data: rows.now,
            backgroundColor: colour("--palier-accent"),
            maxBarThickness: 16,
          },
          {
            label: canvas.dataset.before,
            data: rows.before,
            backgroundColor: "transparent",
            borderColor: colour("--palier-quiet"),
            borderWidth: 1.5,
            borderSkipped: false,
            maxBarThickness: 16,
          },
        ],
      },
      options: {
        indexAxis: upright ? "x" : "y",
        animation: false,
        maintainAspectRatio: false,
        plugins: { legend: { display: false } },
        scales: upright ? { x: names, y: counts } : { x: counts, y: names },
      },
    });
  };

  // On a phone the tables are a list to choose from: the first is open.
  if (matchMedia("(max-width: 575.98px)").matches)
    for (const card of [...document.querySelectorAll("details.indicator-card")].slice(1)) card.removeAttribute("open");

  /** @type {InstanceType<typeof Chart>[]} */
  const drawn = [];
  const draw = () => {
    for (const chart of drawn.splice(0)) chart.destroy();
    for (const canvas of document.querySelectorAll("[data-indicator-chart]")) drawn.push(made(canvas));
  };
  // A sheet is narrower than the screen: what was drawn for one would be cut off on the other.
  const SHEET = 660;
  const HALF = 300;
  window.addEventListener("beforeprint", () => {
    for (const chart of drawn) {
      const upright = "upright" in chart.canvas.dataset;
      chart.resize(upright ? SHEET : HALF, chart.canvas.parentElement.clientHeight || SHEET / 3);
    }
  });
  window.addEventListener("afterprint", draw);
  // Wait for the fonts: labels measured in a fallback font would be cut off.
  document.fonts.ready.then(() => {
    draw();
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  });
})();
