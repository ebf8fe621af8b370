"use strict";
// The menu on a phone, the search key, the question before what cannot be taken back.
(() => {
  const side = document.getElementById("side");
  const toggle = side?.querySelector(".shell-toggle");
  const setOpen = (open) => {
    side.toggleAttribute("data-open", open);
    toggle.setAttribute("aria-expanded", open);
  };
  toggle?.addEventListener("click", () => setOpen(!side.hasAttribute("data-open")));

  const account = document.getElementById("account-menu");
  document.addEventListener("click", (event) => {
    if (account?.open && !account.contains(event.target)) account.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && account?.open) {
      account.open = false;
      account.querySelector("summary").focus();
    } else if (event.key === "Escape" && side?.hasAttribute("data-open")) {
      setOpen(false);
      toggle.focus();
    }
  });

  const dialog = document.getElementById("confirm");
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || !dialog) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const yes = dialog.querySelector("[value=yes]");
    dialog.querySelector("#confirm-question").textContent = question;
    yes.textContent = event.submitter?.textContent.trim() || yes.dataset.label;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && form.submit(), { once: true });
    dialog.showModal();
  }, true);
})();
