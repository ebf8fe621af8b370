"use strict";
// Send a form again once its person is logged in, with the token of the session that there is by then.
(() => {
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-resend]"));
  if (!form) return;

  const say = (what) => {
    for (const text of document.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== what;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const heard = await fetch(form.dataset.resend, { cache: "no-store" }).then(
      (answer) => answer.json(),
      () => null,
    );
    if (!heard) return say("offline");
    if (!heard.person) return say("nobody");
    const token = /** @type {HTMLInputElement} */ (form.querySelector("[name=csrfmiddlewaretoken]"));
    token.value = heard.token;
    // A field may be called "submit".
    HTMLFormElement.prototype.submit.call(form);
  });
})();
