"use strict";
// Go from one residence to the next with j and k, tick it with x, confirm its level with Enter, retain another with r.
(() => {
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row instanceof HTMLElement);
  if (rows.length === 0) return;

  /** @param {number} by how many rows further */
  const go = (by) => {
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    rows[Math.min(Math.max(here + by, 0), rows.length - 1)].focus();
  };
  /** @param {string} selector what to press in the row that has the focus */
  const press = (selector) => {
    const pressed = document.activeElement?.closest("[data-row]")?.querySelector(selector);
    if (pressed instanceof HTMLElement) pressed.click();
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    x: () => press("input[type=checkbox]"),
    r: () => press("[data-retains]"),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = /** @type {Element} */ (event.target);
    if (target.matches("input:not([type=checkbox]), textarea, select")) return;
    // Elsewhere Enter presses what has the focus.
    const act =
      event.key === "Enter" && target.matches("[data-row]") ? () => press("[data-confirms]") : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
