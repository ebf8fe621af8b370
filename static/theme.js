"use strict";
// Set the light or dark theme: the person's choice on this device, or else the device's preference.
(() => {
  const KEY = "palier-theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem(KEY) || "auto";
  const apply = () => {
    const theme = chosen() === "auto" ? (dark.matches ? "dark" : "light") : chosen();
    document.documentElement.setAttribute("data-bs-theme", theme);
    for (const input of document.querySelectorAll("input[name=theme]")) input.checked = input.value === chosen();
  };
  apply();
  dark.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.addEventListener("change", (event) => {
      const input = /** @type {HTMLInputElement} */ (event.target);
      if (input.name !== "theme") return;
      localStorage.setItem(KEY, input.value);
      apply();
    });
  });
})();
