"use strict";
// Close the menus of a list on a click outside or Escape, and leave empty filters out of its URL.
(() => {
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.id !== "filter-form") return;
    const { formData } = event.detail;
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
    if ([...formData].length === 0) formData.set("page", "1");
  });
  // Tick all boxes of a list, or none where all are ticked.
  document.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-choose-all]");
    if (!button) return;
    const { form } = /** @type {HTMLButtonElement} */ (button);
    const inputs = [...form.elements].filter((box) => box instanceof HTMLInputElement);
    const boxes = inputs.filter((box) => box.type === "checkbox");
    const all = boxes.every((box) => box.checked);
    for (const box of boxes) box.checked = !all;
  });
  // On a phone one button shows what sorts, prints and trims the list.
  document.addEventListener("click", (event) => {
    const toggle = /** @type {Element} */ (event.target).closest("[data-list-toggle]");
    const shown = toggle?.closest(".list-bar").toggleAttribute("data-open");
    toggle?.setAttribute("aria-expanded", String(shown));
  });
  // There the filters of a publication would push its map off the screen.
  if (matchMedia("(max-width: 767.98px)").matches) {
    for (const fold of document.querySelectorAll("details[data-folds-on-phone]")) fold.removeAttribute("open");
  }
  const open = () => document.querySelectorAll("details.list-menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
})();
