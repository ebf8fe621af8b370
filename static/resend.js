"use strict";
// Send a form again once its person is logged in, with the token of the session that there is by then.
(() => {
  const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-resend]"));
  if (!form) return;

  const say = (what) => {
    for (const text of document.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== what;
  };
  // Whom a form that does not say who opened it was shown to be sent for.
  let saidFor = "";

  /** Return whether a form of nobody's may go: once whoever is logged in has read that it goes in their name. */
  function isClaimed({ person, name }) {
    if (!("nobodys" in form.dataset) || saidFor === person) return true;
    saidFor = person;
    form.querySelector("[data-name]").textContent = name;
    say("whose");
    return false;
  }

  function set(name, value) {
    const field = form.querySelector(`[name=${name}]`) ?? document.createElement("input");
    form.append(Object.assign(field, { type: "hidden", name, value }));
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const heard = await fetch(form.dataset.resend, { cache: "no-store" }).then(
      (answer) => answer.json(),
      () => null,
    );
    if (!heard) return say("offline");
    if (!heard.person) return say("nobody");
    if (!isClaimed(heard)) return;
    set("csrfmiddlewaretoken", heard.token);
    if (saidFor) set("opened-by", saidFor);
    // A field may be called "submit".
    HTMLFormElement.prototype.submit.call(form);
  });
})();
