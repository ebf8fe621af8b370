"use strict";
// Draw bars of residences by level: each segment shows its count; its position and shape show its level.
(() => {
  const root = getComputedStyle(document.documentElement);
  const language = document.documentElement.lang;
  // By level; the first is of sites whose recording stopped.
  const shapes = ["⬡", "●", "▲", "◆", "■"];
  const ROW = 44;
  const AXIS = 58;

  const labels = {
    id: "labels",
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      ctx.save();
      ctx.font = `600 12px ${Chart.defaults.font.family}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      chart.data.datasets.forEach((set, n) => {
        chart.getDatasetMeta(n).data.forEach((bar, row) => {
          const { x, base, y } = bar.getProps(["x", "base", "y"], true);
          const text = `${shapes[set.level]} ${set.data[row].toLocaleString(language)}`;
          const room = Math.abs(x - base) - 6;
          const said = ctx.measureText(text).width <= room ? text : shapes[set.level];
          if (set.data[row] === 0 || ctx.measureText(said).width > room) return;
          ctx.fillStyle = set.level === 4 ? "#fff" : "#1b1b1b";
          ctx.fillText(said, (x + base) / 2, y);
        });
      });
      ctx.restore();
    },
  };

  // Break a long label into two lines: on one, it would leave no room for the bars.
  const wrapped = (label, most) => {
    const lines = [""];
    for (const word of label.split(" ")) {
      const last = lines.length - 1;
      if (lines[last] && `${lines[last]} ${word}`.length > most) lines.push(word);
      else lines[last] = `${lines[last]} ${word}`.trim();
    }
    return lines;
  };

  /** @type {InstanceType<typeof Chart>[]} */
  const drawn = [];
  const draw = () => {
    for (const chart of drawn.splice(0)) chart.destroy();
    for (const canvas of document.querySelectorAll("[data-level-bars]")) {
      const rows = JSON.parse(document.getElementById(canvas.dataset.levelBars).textContent);
      const text = getComputedStyle(canvas).color;
      canvas.parentElement.style.height = `${rows.length * ROW + AXIS}px`;
      Chart.defaults.color = text;
      Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
      const chart = new Chart(canvas, {
        type: "bar",
        data: {
          labels: rows.map((row) => wrapped(row.label, Math.max(12, canvas.parentElement.clientWidth / 14))),
          datasets: [4, 3, 2, 1, 0].map((level) => ({
            level,
            data: rows.map((row) => row.counts.at(level - 1)),
            backgroundColor: root.getPropertyValue(`--level-${level}`).trim(),
            borderColor: root.getPropertyValue("--level-edge").trim(),
            borderWidth: 1,
            borderSkipped: false,
            barThickness: 26,
          })),
        },
        options: {
          indexAxis: "y",
          animation: false,
          maintainAspectRatio: false,
          plugins: { legend: { display: false }, tooltip: { enabled: false } },
          scales: {
            x: { stacked: true, ticks: { precision: 0 }, title: { display: true, text: canvas.dataset.axis } },
            y: { stacked: true, grid: { display: false }, ticks: { display: rows.length > 1 } },
          },
        },
        plugins: [labels],
      });
      drawn.push(chart);
    }
  };
  // Wait for the fonts: labels measured in a fallback font would be cut off.
  document.fonts.ready.then(() => {
    draw();
    new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
  });
})();
