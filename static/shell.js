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
    const target = /** @type {Element} */ (event.target);
    if (account?.open && !account.contains(target) && !target.closest("dialog")) account.open = false;
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

  // After a form came back with errors the focus is on the first, unfolded where it was folded.
  // Of a group it is the whole: on its first choice it would look as if that one were made.
  const wrong = document.querySelector("main form :is([aria-invalid=true], [data-invalid])");
  if (wrong?.matches("[data-invalid]")) wrong.tabIndex = -1;
  for (let fold = wrong?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  (wrong || document.querySelector("main form .alert-danger[tabindex]"))?.focus();

  // What had the focus may be gone after a part of the page was replaced: the part then has it.
  let held = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    held = event.detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!held || document.activeElement !== document.body) return;
    const part = event.detail.elt;
    part.tabIndex = -1;
    part.focus({ preventScroll: true });
  });

  const dialog = document.getElementById("confirm");
  const confirmed = new WeakSet();
  let asked;
  document.addEventListener(
    "submit",
    (event) => {
      const { submitter } = event;
      const form = /** @type {HTMLFormElement} */ (event.target);
      const question = submitter?.dataset.confirm || form.dataset.confirm;
      if (!question || confirmed.delete(form)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const yes = dialog.querySelector("[value=yes]");
      dialog.querySelector("#confirm-question").textContent = question;
      yes.textContent = submitter?.dataset.confirmYes || submitter?.firstChild.textContent.trim() || yes.dataset.label;
      dialog.returnValue = "";
      asked = { form, submitter };
      dialog.showModal();
    },
    true,
  );
  dialog?.addEventListener("close", () => {
    // Heard of late, when it asks something else already.
    if (dialog.open) return;
    const { form, submitter } = asked;
    if (dialog.returnValue !== "yes") return submitter?.focus();
    confirmed.add(form);
    form.requestSubmit(submitter);
  });
})();
