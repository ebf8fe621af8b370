"use strict";
// Copy the text of a field when its button is pressed: the button names the field, and says that it is done.

document.addEventListener("click", async (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const button = target?.closest("[data-copies]");
  if (!(button instanceof HTMLElement)) return;
  const field = document.getElementById(button.dataset.copies ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = button.dataset.copied ?? "";
  } catch {
    // Without the permission the text stays selected, to be copied by the keyboard.
  }
});
