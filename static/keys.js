"use strict";
// Have the device make a passkey, or answer with one, and send what it says with the form.
(() => {
  const button = document.querySelector("[data-key]");
  const options = document.getElementById("key-options");
  const answer = document.getElementById("key-answer");
  if (!(button instanceof HTMLButtonElement) || !options || !(answer instanceof HTMLInputElement)) return;
  const failed = document.querySelector("[data-key-failed]");

  /** @param {boolean} waits whether the device is being asked */
  const show = (waits) => {
    button.disabled = waits;
  };

  button.addEventListener("click", async () => {
    if (failed instanceof HTMLElement) failed.hidden = true;
    show(true);
    try {
      const asked = JSON.parse(options.textContent ?? "");
      const given = button.dataset.key === "create" ? await webauthnJSON.create(asked) : await webauthnJSON.get(asked);
      answer.value = JSON.stringify(given);
      // A field may be called "submit".
      if (answer.form) HTMLFormElement.prototype.submit.call(answer.form);
    } catch {
      // The person went back, the device has no such key, or this address cannot have any.
      if (failed instanceof HTMLElement) failed.hidden = false;
      show(false);
    }
  });
})();
