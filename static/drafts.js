"use strict";
// Keep on this device what is being typed into a form, until it is sent or a day old: closing the tab, an ended
// session or a crash loses nothing.
const palierDrafts = (() => {
  const LARGEST = 100_000;
  // A form is worth a draft from so many fields on, or with one that takes as much text as this.
  const FEW = 3;
  const LONG = 150;
  const NOT_TYPED = ["password", "file", "search", "submit", "button", "image", "reset", "fieldset", "output"];
  const { person, draftAnswered } = document.body.dataset;
  const followed = new Map();

  /** Say whether a field of a form holds what somebody types or chooses, or what is sent along with it. */
  function isKept(field) {
    if (!field.name || field.disabled || ["csrfmiddlewaretoken", "q"].includes(field.name)) return false;
    return field.type === "hidden" ? ["version", "token"].includes(field.name) : !NOT_TYPED.includes(field.type);
  }
  const keptOf = (form) => [...form.elements].filter(isKept);
  const isChoice = (field) => ["radio", "checkbox"].includes(field.type);

  function answersOf(form) {
    const answers = [];
    for (const field of keptOf(form)) {
      if (field.type === "select-multiple")
        for (const one of field.selectedOptions) answers.push([field.name, one.value]);
      else if (!isChoice(field) || field.checked) answers.push([field.name, field.value]);
    }
    return answers;
  }
  // What identifies a form is no reason to keep it.
  const typedIn = (form) => JSON.stringify(answersOf(form).filter(([name]) => !["version", "token"].includes(name)));
  const namesOf = (form) => [...new Set(keptOf(form).map((field) => field.name))];

  function isDrafted(form) {
    const { draft } = form.dataset;
    if (form.getAttribute("method") !== "post" || draft === "never" || form.querySelector("[type=password]"))
      return false;
    const typed = keptOf(form).filter((field) => field.type !== "hidden");
    const isLong = (field) => field.type === "textarea" || field.maxLength >= LONG;
    return draft === "" || typed.some(isLong) || new Set(typed.map((field) => field.name)).size >= FEW;
  }

  /** Return the address that a form is sent to, numbered among those of its page that are sent there. */
  function pathOf(form) {
    const { pathname, search } = new URL(form.getAttribute("action") || location.href, location.href);
    const path = pathname + search;
    const alike = [...followed.values()].filter((one) => one.path.split("#")[0] === path && one.form.isConnected);
    return alike.length ? `${path}#${alike.length}` : path;
  }

  /** Fill a form; return whether everything that was said has its place in it. */
  function fill(form, { answers, names }) {
    const said = new Map(names.map((name) => [name, []]));
    for (const [name, value] of answers) said.get(name)?.push(value);
    const left = new Map([...said].map(([name, values]) => [name, values.filter(Boolean)]));
    const changed = [];
    const placed = (name, value) =>
      left.set(
        name,
        (left.get(name) ?? []).filter((other) => other !== value),
      );
    for (const field of keptOf(form)) {
      const values = said.get(field.name);
      if (!values) continue;
      if (isChoice(field)) field.checked = values.includes(field.value);
      else if (field.type === "select-multiple")
        for (const one of field.options) one.selected = values.includes(one.value);
      else if (values.length) {
        const value = values.shift();
        if (field.value !== value) changed.push(field);
        if (!field.options || [...field.options].some((one) => one.value === value)) field.value = value;
      }
      if (field.type === "select-multiple") for (const one of field.selectedOptions) placed(field.name, one.value);
      else if (!isChoice(field) || field.checked) placed(field.name, field.value);
    }
    unfold(form);
    form.dispatchEvent(new CustomEvent("drafted", { detail: { answers: new Map(answers) } }));
    form.dispatchEvent(new Event("restored"));
    for (const field of changed) field.dispatchEvent(new Event("change", { bubbles: true }));
    return [...left].every(([name, values]) => !values.length || name === "place");
  }

  function unfold(form) {
    for (const details of form.querySelectorAll("details")) {
      const said = [...details.querySelectorAll("input:not([type=search]), textarea")].some((field) =>
        field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value,
      );
      details.open ||= said;
    }
  }

  /** Keep a form as it stands; one write at a time, the latest last. */
  async function keep(one) {
    one.waits = true;
    if (one.writes) return;
    one.writes = true;
    while (one.waits) {
      one.waits = false;
      const text = typedIn(one.form);
      if (text === one.initial || text.length > LARGEST) palierDraftBox.forget(one.path);
      else await keepAnswers(one, { answers: answersOf(one.form), names: namesOf(one.form) });
    }
    one.writes = false;
  }

  async function keepAnswers(one, said) {
    one.id ||= palierDraftBox.freshId();
    const { id } = one;
    const kept = await palierDraftBox.write(one.path, id, said, () => one.id !== id);
    if (one.id === id) one.kept = kept;
  }

  function startOver(one) {
    palierDraftBox.forget(one.path);
    one.id = "";
    one.kept = false;
    one.notice?.remove();
    one.notice = null;
  }

  function inWords(moment) {
    const { lang } = document.documentElement;
    const day = moment.toLocaleDateString(lang, { day: "numeric", month: "long" });
    const minutes = String(moment.getMinutes()).padStart(2, "0");
    const isFrench = lang === "fr";
    const time = isFrench ? `${moment.getHours()} h ${minutes}` : `${moment.getHours()}:${minutes}`;
    return { day: isFrench ? day.replace(/^1 /, "1er ") : day, time };
  }

  function say(one, at, isWhole) {
    const template = /** @type {HTMLTemplateElement} */ (document.getElementById("draft-notice"));
    const notice = /** @type {HTMLElement} */ (template.content.cloneNode(true).querySelector("div"));
    const when = notice.querySelector("[data-when]");
    const { day, time } = inWords(new Date(at));
    when.textContent = when.dataset.when.replace("{day}", day).replace("{time}", time);
    notice.querySelector("[data-partly]").hidden = isWhole;
    notice.querySelector("button").addEventListener("click", () => {
      startOver(one);
      fill(one.form, { answers: one.untouched, names: namesOf(one.form) });
      const first = keptOf(one.form).find((field) => field.type !== "hidden" && field.offsetParent);
      first?.focus();
    });
    one.notice?.remove();
    one.notice = notice;
    (one.form.querySelector(".entry-says, .card-body") ?? one.form).prepend(notice);
  }

  /** Follow a form; `answers` says that the server has just answered what was typed, which then goes before the draft. */
  async function follow(form, answers = "") {
    if (!isDrafted(form) || followed.has(form)) return;
    const one = {
      form,
      path: pathOf(form),
      id: answers,
      untouched: answersOf(form),
      initial: answers ? "" : typedIn(form),
      kept: false,
      notice: null,
      waits: false,
      writes: false,
    };
    followed.set(form, one);
    for (const moment of ["input", "change"]) form.addEventListener(moment, () => keep(one));
    form.addEventListener("queued", () => {
      startOver(one);
      one.untouched = answersOf(form);
      one.initial = typedIn(form);
    });
    if (answers) return keep(one);
    const draft = await palierDraftBox.read(one.path);
    if (draft) show(form, draft);
  }

  /** Fill a form with a draft, and say so. */
  function show(form, draft) {
    const one = followed.get(form);
    one.id = draft.id ?? "";
    say(one, draft.at, fill(form, { ...draft, names: draft.names ?? namesOf(form) }));
    keep(one);
  }

  function followAll(within, answers = "") {
    const forms = [...within.querySelectorAll("form")];
    if (within.matches?.("form")) forms.unshift(within);
    const drafted = forms.filter((form) => form.closest("main") && isDrafted(form));
    drafted.forEach((form, number) => follow(form, number ? "" : answers));
  }

  if (person) {
    palierDraftBox.dropOld();
    // After the scripts of the page, which may set fields themselves.
    addEventListener("DOMContentLoaded", () => followAll(document.body, draftAnswered));
    document.addEventListener("htmx:load", (event) => followAll(event.detail.elt));
    // With what is sent goes whose form it is, and which draft the server's acceptance ends.
    document.addEventListener("formdata", (event) => {
      const form = /** @type {HTMLFormElement} */ (event.target);
      if (form.getAttribute("method") !== "post" || !form.closest("main")) return;
      const one = followed.get(form);
      const more = { "opened-by": person, draft: one?.id && (one.kept ? `${one.id}.kept` : one.id) };
      for (const [name, value] of Object.entries(more))
        if (value && !event.formData.has(name)) event.formData.set(name, value);
    });
    palierKeys.onLeave(() => {
      for (const one of followed.values()) one.id = "";
      palierDraftBox.forgetOwn();
    });
  }
  return { show };
})();
