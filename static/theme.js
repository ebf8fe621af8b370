"use strict";
// Set the light or dark theme: the person's choice on this device, or else the device's preference.
(() => {
  const KEY = "palier-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let choice = "auto";
  try {
    choice = localStorage.getItem(KEY) || choice;
  } catch {
    // Where the browser stores nothing, the choice lasts as long as the page.
  }
  const apply = () => {
    const theme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    document.documentElement.setAttribute("data-bs-theme", theme);
    for (const input of document.querySelectorAll("input[name=theme]")) input.checked = input.value === choice;
  };
  apply();
  dark.addEventListener("change", apply);
  // Paper is white, whatever the screen.
  window.addEventListener("beforeprint", () => document.documentElement.setAttribute("data-bs-theme", "light"));
  window.addEventListener("afterprint", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.addEventListener("change", (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.name !== "theme") return;
      choice = input.value;
      apply();
      try {
        localStorage.setItem(KEY, choice);
      } catch {
        // As above.
      }
    });
  });
})();
