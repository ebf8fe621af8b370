"use strict";
// Draw bars of residences by level: each segment shows its count; its position and shape show its level.
// Upright bars are days one after the other, with numbered flags where a campaign stands between them.
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
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      chart.data.datasets.forEach((set, n) => {
        chart.getDatasetMeta(n).data.forEach((bar, row) => {
          const { x, base, y, width, height } = bar.getProps(["x", "base", "y", "width", "height"], true);
          const upright = chart.options.indexAxis === "x";
          const [room, size] = upright ? [width - 1, Math.min(12, width)] : [Math.abs(x - base) - 6, 12];
          if (set.data[row] === 0 || (upright && height < size)) return;
          ctx.font = `600 ${size}px ${Chart.defaults.font.family}`;
          const text = `${shapes[set.level]} ${set.data[row].toLocaleString(language)}`;
          const said = ctx.measureText(text).width <= room ? text : shapes[set.level];
          if (ctx.measureText(said).width > room) return;
          ctx.fillStyle = set.level === 4 ? "#fff" : "#1b1b1b";
          ctx.fillText(said, upright ? x : (x + base) / 2, upright ? (y + base) / 2 : y);
        });
      });
      ctx.restore();
    },
  };

  const FLAG = 9;
  const flagsAt = (rows) => ({
    id: "flags",
    afterDatasetsDraw(chart) {
      const { ctx, chartArea, scales } = chart;
      const at = (place) => scales.x.getPixelForValue(place);
      ctx.save();
      ctx.font = `650 11px ${Chart.defaults.font.family}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      for (const { at: place, label } of rows) {
        const before = Math.floor(place);
        const x = at(before) + (place - before) * (at(Math.ceil(place)) - at(before));
        ctx.strokeStyle = ctx.fillStyle = Chart.defaults.color.toString();
        ctx.setLineDash([4, 3]);
        ctx.beginPath();
        ctx.moveTo(x, chartArea.top);
        ctx.lineTo(x, chartArea.bottom);
        ctx.stroke();
        ctx.setLineDash([]);
        ctx.beginPath();
        ctx.arc(x, chartArea.top - FLAG - 1, FLAG, 0, 2 * Math.PI);
        ctx.stroke();
        ctx.fillText(label, x, chartArea.top - FLAG - 1);
      }
      ctx.restore();
    },
  });

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
      const upright = "upright" in canvas.dataset;
      const named = document.getElementById(canvas.dataset.flags ?? "");
      const flagged = named ? JSON.parse(named.textContent) : [];
      if (!upright) canvas.parentElement.style.height = `${rows.length * ROW + AXIS}px`;
      Chart.defaults.color = text;
      Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
      const counts = {
        stacked: true,
        ticks: { precision: 0 },
        title: { display: true, text: canvas.dataset.axis },
        ...("percent" in canvas.dataset ? { max: 100 } : {}),
      };
      const names = { stacked: true, grid: { display: false }, ticks: { display: rows.length > 1, maxRotation: 0 } };
      const chart = new Chart(canvas, {
        type: "bar",
        data: {
          labels: rows.map((row) =>
            upright ? row.label.split(" ") : wrapped(row.label, Math.max(12, canvas.parentElement.clientWidth / 14)),
          ),
          datasets: [4, 3, 2, 1, 0].map((level) => ({
            level,
            data: rows.map((row) => row.counts.at(level - 1)),
            backgroundColor: root.getPropertyValue(`--level-${level}`).trim(),
            borderColor: root.getPropertyValue("--level-edge").trim(),
            borderWidth: 1,
            borderSkipped: false,
            ...(upright
              ? { categoryPercentage: 0.94, barPercentage: 0.94, maxBarThickness: 72 }
              : { barThickness: 26 }),
          })),
        },
        options: {
          indexAxis: upright ? "x" : "y",
          animation: false,
          maintainAspectRatio: false,
          layout: { padding: { top: flagged.length ? 2 * FLAG + 4 : 0 } },
          plugins: { legend: { display: false }, tooltip: { enabled: false } },
          scales: upright ? { x: names, y: counts } : { x: counts, y: names },
        },
        plugins: upright ? [labels, flagsAt(flagged)] : [labels],
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
