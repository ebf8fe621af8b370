"use strict";
// One sending at a time; the token in the form makes a second one harmless anyway.
const entry = document.querySelector("form.entry");
entry?.addEventListener("submit", () => {
  const button = entry.querySelector("button[type=submit]");
  requestAnimationFrame(() => (button.disabled = true));
});
window.addEventListener("pageshow", () => {
  entry?.querySelector("button[type=submit]")?.removeAttribute("disabled");
});

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const filterBox = document.querySelector("[data-type-search]");
if (filterBox) {
  filterBox.hidden = false;
  filterBox.querySelector("input").addEventListener("input", (event) => {
    const words = plain(event.target.value).split(/\s+/);
    for (const family of document.querySelectorAll("[data-type-family]")) {
      let shown = 0;
      for (const label of family.querySelectorAll("[data-type-label]")) {
        const found = words.every((word) => plain(label.dataset.typeLabel).includes(word));
        label.hidden = !found;
        shown += found;
      }
      family.hidden = shown === 0;
    }
  });
  filterBox.querySelector("input").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

// Enter in the place search must not send the whole form.
document.getElementById("place-search")?.addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault();
});
