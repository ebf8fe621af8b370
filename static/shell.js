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
  const confirmed = new WeakSet();
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const question = submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || confirmed.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const yes = dialog.querySelector("[value=yes]");
    dialog.querySelector("#confirm-question").textContent = question;
    yes.textContent = submitter?.dataset.confirmYes || submitter?.firstChild.textContent.trim() || yes.dataset.label;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return submitter?.focus();
      confirmed.add(form);
      form.requestSubmit(submitter);
    }, { once: true });
    dialog.showModal();
  }, true);
})();
