"use strict";
// Run the search field of every page: a combobox whose options are links (WAI-ARIA, list autocomplete).
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const field = form.querySelector("input");
  const panel = form.querySelector(".search-panel");
  const options = () => [...panel.querySelectorAll("[role=option]")];
  let at = -1;

  const isOpen = () => panel.matches(":popover-open");
  const place = () => {
    const box = field.getBoundingClientRect();
    const margin = 8;
    panel.style.top = `${box.bottom + 4}px`;
    panel.style.left = `${Math.max(margin, Math.min(box.left, innerWidth - panel.offsetWidth - margin))}px`;
  };
  const show = (open) => {
    if (open !== isOpen()) panel.togglePopover(open);
    if (open) place();
    field.setAttribute("aria-expanded", String(open && options().length > 0));
    if (!open) choose(-1);
  };
  const choose = (index) => {
    at = index;
    options().forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === at));
      if (n === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", options()[at].id);
  };
  const move = (step) => {
    const count = options().length;
    if (!count) return;
    if (!isOpen()) show(true);
    // The arrow keys cycle through the options and the field itself.
    choose(((at + 1 + step + count + 1) % (count + 1)) - 1);
  };
  const keys = {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => (at < 0 ? false : options()[at].click()),
    Escape: () => {
      if (!isOpen()) field.value = "";
      show(false);
    },
  };

  field.addEventListener("keydown", (event) => {
    if (keys[event.key] && keys[event.key]() !== false) event.preventDefault();
  });
  field.addEventListener("input", () => field.value.trim() || show(false));
  field.addEventListener("focus", () => options().length && field.value.trim() && show(true));
  form.addEventListener("htmx:afterSettle", () => {
    at = -1;
    if (document.activeElement === field) show(field.value.trim() !== "");
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(/** @type {Node} */ (event.relatedTarget))) show(false);
  });

  const typing = (target) => target.closest("input, textarea, select, [contenteditable], .leaflet-container");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
})();
