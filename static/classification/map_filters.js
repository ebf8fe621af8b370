"use strict";
// Manage the toolbar of the map: show the chosen filters as removable tags, and keep them in the URL.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const words = read("map-words");
  const language = document.documentElement.lang;
  const form = document.getElementById("map-filters");
  const active = document.getElementById("map-active");
  const fold = document.getElementById("map-fold");
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
  const all = () => /** @type {HTMLInputElement[]} */ ([...form.elements]);
  const fields = (name) => all().filter((field) => field.name === name);
  const day = (value) => {
    const text = new Date(`${value}T12:00`).toLocaleDateString(language, { dateStyle: "long" });
    return language.startsWith("fr") ? text.replace(/^1 /, "1er ") : text;
  };

  // Return the query string of the view, without default values.
  const query = () => {
    const kept = new URLSearchParams();
    for (const [key, value] of new FormData(form)) {
      const unused = ["since", "until"].includes(key) && form.elements.period.value !== "dates";
      if (value && !unused && !(key === "unit" && value === "residence")) kept.append(key, String(value));
    }
    return kept;
  };
  // Keep the filters that the list of residences has too: it has no period, and only one fact type at a time.
  const toList = document.getElementById("map-to-list");
  const listQuery = () => {
    const kept = query();
    for (const name of ["period", "since", "until", "unit", "regroupements"]) kept.delete(name);
    if (kept.getAll("fact_type").length > 1) kept.delete("fact_type");
    return kept.toString();
  };
  const between = () => {
    const [since, until] = [form.elements.since.value, form.elements.until.value];
    if (since && until) return filled(words.between, { first: day(since), last: day(until) });
    return since ? filled(words.from, { day: day(since) }) : until && filled(words.to, { day: day(until) });
  };
  // Return each chosen filter with its label and a function that removes it.
  const chosen = () => {
    const found = [];
    for (const box of fields("level").filter((field) => field.checked))
      found.push({
        label: filled(words.level, { n: box.value }),
        isLevel: true,
        remove: () => {
          box.checked = false;
        },
      });
    for (const box of fields("fact_type").filter((field) => field.checked))
      found.push({
        label: box.closest("label").textContent.trim(),
        remove: () => {
          box.checked = false;
        },
      });
    for (const name of ["subtype", "period", "landlord", "commune"]) {
      const select = form.elements[name];
      if (!select?.value) continue;
      const label = select.value === "dates" ? between() : select.selectedOptions[0].textContent;
      if (label)
        found.push({
          label,
          remove: () => {
            select.value = "";
          },
        });
    }
    if (form.elements.qpv.checked)
      found.push({
        label: words.qpv,
        remove: () => {
          form.elements.qpv.checked = false;
        },
      });
    return found;
  };
  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));
  const tag = ({ label, remove, isLevel }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-tag";
    button.append(label);
    button.setAttribute("aria-label", filled(words.remove, { name: label }));
    button.addEventListener("click", () => {
      remove();
      changed();
      (active.querySelector("button") || fold.offsetParent
        ? active.querySelector("button") || fold
        : form.querySelector("input")
      ).focus();
    });
    const item = document.createElement("li");
    // On wide screens the toolbar itself shows the chosen levels.
    if (isLevel) item.className = "d-lg-none";
    item.append(button);
    return item;
  };
  const show = () => {
    const found = chosen();
    active.replaceChildren(...found.map(tag));
    active.hidden = !found.length;
    toList.search = listQuery();
    document.getElementById("map-fold-count").textContent = found.length ? ` (${found.length})` : "";
    document.getElementById("map-dates").hidden = form.elements.period.value !== "dates";
    document.getElementById("map-present").hidden = !form.elements.period.value;
    document.getElementById("map-paper-filters").textContent = found.map((one) => one.label).join(" · ");
    for (const count of form.querySelectorAll("[data-counts]")) {
      const number = fields(count.dataset.counts).filter((field) => field.checked).length;
      count.textContent = number ? ` ${number}` : "";
    }
  };
  const clear = () => {
    chosen().forEach(({ remove }) => remove());
    changed();
  };
  // Set the filters from a query string, for the back button.
  const restore = (search) => {
    const said = new URLSearchParams(search);
    for (const field of all()) {
      if (!field.name) continue;
      if (field.type === "radio") field.checked = (said.get(field.name) || "residence") === field.value;
      else if (field.type === "checkbox") field.checked = said.getAll(field.name).includes(field.value);
      else field.value = said.get(field.name) || "";
    }
    show();
  };

  for (const menu of form.querySelectorAll(".map-menu")) {
    const shut = () => {
      menu.open = false;
    };
    document.addEventListener("click", (event) => menu.contains(/** @type {Node} */ (event.target)) || shut());
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      shut();
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", ({ relatedTarget: next }) => {
      if (next && !menu.contains(/** @type {Node} */ (next))) shut();
    });
  }
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-expanded") !== "true";
    fold.setAttribute("aria-expanded", String(open));
    form.toggleAttribute("data-open", open);
  });
  form.addEventListener("change", show);
  show();
  window.palierMapFilters = { form, query, chosen, clear, restore };
})();
