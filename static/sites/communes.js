"use strict";
// Choose communes by a search instead of typing them: a combobox (WAI-ARIA, list autocomplete) that writes the lines
// of the text field it replaces. Without this script, that field is typed.
(() => {
  const chooser = /** @type {HTMLElement} */ (document.querySelector("[data-communes]"));
  const field = /** @type {HTMLTextAreaElement} */ (document.getElementById(chooser.dataset.communes));
  const find = (selector) => /** @type {HTMLElement} */ (chooser.querySelector(selector));
  const search = chooser.querySelector("input");
  const list = find("[role=listbox]");
  const undo = find("[data-undo]");
  const words = JSON.parse(document.getElementById("communes-words").textContent);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const PAUSE_MS = 200;
  const SHORTEST = 2;
  const MANY_NAMES = 12;

  const lines = () => field.value.split("\n").filter((line) => line.trim());
  const nameOf = (line) => line.replace(/\s*\([^()]*\)$/, "");
  const says = (text) => (find("[data-says]").textContent = text);
  const named = (communes) =>
    communes
      .slice(0, MANY_NAMES)
      .map((commune) => commune.name)
      .join(", ") + (communes.length > MANY_NAMES ? "…" : "");
  let before = null;
  let at = -1;

  function write(kept) {
    const order = new Intl.Collator("fr");
    field.value = [...new Set(kept)].sort(order.compare).join("\n");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  }

  function show() {
    const chosen = lines();
    const count = chosen.length === 1 ? words.one : filled(words.many, { n: chosen.length });
    find("[data-count]").textContent = chosen.length ? count : words.nobody;
    find(".communes-chosen").replaceChildren(
      ...chosen.map((line) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = line;
        button.classList.toggle("communes-unclear", !/\(\d[\dAB]\d{3}\)$/.test(line));
        button.setAttribute("aria-label", filled(words.remove, { name: line }));
        button.addEventListener("click", () => {
          remember();
          write(lines().filter((other) => other !== line));
          says(filled(words.removed, { name: nameOf(line) }));
          search.focus();
        });
        item.append(button);
        return item;
      }),
    );
    undo.hidden = before === null;
  }

  function remember() {
    before = field.value;
  }

  const options = () => /** @type {HTMLElement[]} */ ([...list.children]);
  function open(isOpen) {
    list.hidden = !isOpen;
    search.setAttribute("aria-expanded", String(isOpen));
    choose(-1);
  }
  function choose(index) {
    at = index;
    options().forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === at));
      if (n === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) search.removeAttribute("aria-activedescendant");
    else search.setAttribute("aria-activedescendant", options()[at].id);
  }

  function add(name, communes) {
    const fresh = communes.filter((commune) => !lines().includes(commune.line));
    if (!fresh.length) return says(words.there);
    remember();
    write([...lines(), ...fresh.map((commune) => commune.line)]);
    const several = { n: fresh.length, name, names: named(fresh) };
    says(fresh.length > 1 ? filled(words.addedAll, several) : filled(words.added, { name: fresh[0].name }));
    search.value = "";
    open(false);
    search.focus();
  }

  function offer(name, detail, communes) {
    const option = document.createElement("li");
    option.role = "option";
    const title = document.createElement("strong");
    title.textContent = name;
    const more = document.createElement("small");
    more.textContent = detail;
    option.append(title, more);
    if (communes.every((commune) => lines().includes(commune.line))) option.setAttribute("aria-disabled", "true");
    option.addEventListener("mousedown", (event) => event.preventDefault());
    option.addEventListener("click", () => add(name, communes));
    return option;
  }

  async function ask(text) {
    let found;
    try {
      const answer = await fetch(`${chooser.dataset.search}?q=${encodeURIComponent(text)}`, { redirect: "error" });
      found = await answer.json();
    } catch {
      return says(words.failed);
    }
    if (text !== search.value.trim()) return;
    const bodies = found.bodies.map((body) =>
      offer(body.name, filled(words.body, { n: body.communes.length, names: named(body.communes) }), body.communes),
    );
    const communes = found.communes.map((commune) => offer(commune.name, commune.detail, [commune]));
    list.replaceChildren(...communes, ...bodies);
    options().forEach((option, n) => (option.id = `communes-option-${n}`));
    says(list.children.length ? "" : filled(words.nothing, { text }));
    open(list.children.length > 0);
  }

  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    const text = search.value.trim();
    if (text.length < SHORTEST) return open(false);
    timer = window.setTimeout(() => ask(text), PAUSE_MS);
  });
  search.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "Enter") {
      // Enter would send the whole form.
      event.preventDefault();
      if (!list.hidden && count) options()[Math.max(at, 0)].click();
    } else if (event.key === "Escape") open(false);
    else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      if (list.hidden) open(true);
      choose((at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1) + count) % count);
    }
  });
  search.addEventListener("blur", () => open(false));
  undo.querySelector("button").addEventListener("click", () => {
    const kept = before.split("\n").filter(Boolean);
    before = null;
    write(kept);
    says(words.undone);
    search.focus();
  });

  // The field stays in the form and is sent; its label, hint and errors stay where they are shown.
  const around = /** @type {HTMLElement} */ (document.getElementById(`div_${field.id}`) ?? field.parentElement);
  around.before(chooser);
  field.hidden = true;
  for (const part of around.querySelectorAll("label, .form-hint, .form-text, [id$=helptext]"))
    /** @type {HTMLElement} */ (part).hidden = true;
  chooser.hidden = false;
  field.form.addEventListener("restored", show);
  show();
})();
