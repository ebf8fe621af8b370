"use strict";
// Handle the menu on a phone, the search key, focus after an exchange, the confirmation of irreversible actions, and second clicks.
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

  // Every sheet bears the mark and its reader, not the first alone.
  const said = (name) => JSON.stringify(document.querySelector(`[data-paper-${name}]`)?.textContent.trim() ?? "");
  if (document.querySelector("[data-paper-mark]")) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`@page {
      @bottom-left { content: ${said("mark")}; color: #8f1d1d; font: 650 8pt sans-serif; }
      @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; }
      @top-right { content: ${said("reader")}; font: 8pt sans-serif; }
    }`);
    document.adoptedStyleSheets.push(sheet);
  }
  // Paper cannot be unfolded: what a page folds is printed open, but for menus, filters, forms, and what an address or a reason says in one line.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    unfolded = [
      ...document.querySelectorAll(
        "main details:not([open], form details, .why-records > details, .stairwell, .guide, .list-menu, .manage-menu, .waiting-list, #filters)",
      ),
    ];
    for (const fold of unfolded) fold.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const fold of unfolded.splice(0)) fold.open = false;
  });
  if (document.querySelector("[data-print-now]")) window.addEventListener("load", () => window.print());

  // If the focused element was in a part of the page that htmx replaced, focus the new part.
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
    // The close event is asynchronous: the dialog may be open again for another question.
    if (dialog.open) return;
    const { form, submitter } = asked;
    if (dialog.returnValue !== "yes") return submitter?.focus();
    confirmed.add(form);
    form.requestSubmit(submitter);
  });

  // A second click sends nothing more. Last of all listeners: what another one handles itself is not sent at all.
  const AGAIN_MS = 3000;
  let sent = new WeakMap();
  addEventListener("submit", (event) => {
    const form = /** @type {Element} */ (event.target);
    // The answer to a question is a form as well, of the dialog.
    if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
    if (event.timeStamp - (sent.get(form) ?? -AGAIN_MS) < AGAIN_MS) return event.preventDefault();
    sent.set(form, event.timeStamp);
  });
  addEventListener("pageshow", () => {
    sent = new WeakMap();
  });
})();
