"use strict";
// Focus the first field with an error, and unfold it. For a group of choices focus the group:
// on its first choice the focus would look like a selection.
(() => {
  const wrong = document.querySelector("main form :is([aria-invalid=true], [data-invalid])");
  if (wrong?.matches("[data-invalid]")) wrong.tabIndex = -1;
  for (let fold = wrong?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  (wrong || document.querySelector("main form .alert-danger[tabindex]"))?.focus();
})();
