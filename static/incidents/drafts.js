"use strict";
// Keep a draft of the form, so that an ended session, a network error or a mistaken tap loses nothing. It is kept
// in this tab alone, for the person who typed it, for twelve hours at most, until the fact is recorded.
const DRAFT = "palier.draft:";
const LONGEST_MS = 12 * 3600 * 1000;

const drafts = () =>
  Object.keys(sessionStorage)
    .filter((key) => key.startsWith(DRAFT))
    .map((key) => [key, JSON.parse(sessionStorage.getItem(key))]);

function dropDrafts(isOver) {
  for (const [key, draft] of drafts()) if (isOver(draft)) sessionStorage.removeItem(key);
}

function keepDrafts(form) {
  const owner = form.dataset.draft;
  const key = `${DRAFT}${owner}:${location.pathname}${location.search}`;
  dropDrafts((draft) => draft.owner !== owner || Date.now() - draft.at > LONGEST_MS);

  const answers = () => [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "q");
  const keep = (sent) =>
    sessionStorage.setItem(key, JSON.stringify({ owner, at: Date.now(), sent, answers: answers() }));

  const kept = JSON.parse(sessionStorage.getItem(key));
  // The server's response already holds the values that were sent.
  if ("answered" in form.dataset) keep(false);
  else if (kept) {
    fill(form, new Map(kept.answers));
    form.querySelector("[data-kept]").hidden = false;
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("sending", () => keep(true));
  form.addEventListener("queued", () => sessionStorage.removeItem(key));
  form.querySelector("[data-start-over]").addEventListener("click", () => {
    sessionStorage.removeItem(key);
    history.replaceState(null, "");
    location.reload();
  });
}

function fill(form, answers) {
  for (const field of form.elements) {
    if (!field.name || field.name === "csrfmiddlewaretoken" || field.name === "q") continue;
    if (field.type === "radio") field.checked = answers.get(field.name) === field.value;
    else if (field.type === "checkbox") field.checked = answers.has(field.name);
    else if (answers.has(field.name)) field.value = answers.get(field.name);
  }
  const place = answers.get("place");
  if (place && !form.querySelector("[name=place]:checked")) {
    // The place was found by a search: fetch its label again, if the person may still record there.
    const url = form.querySelector("#place-search").getAttribute("hx-get");
    htmx.ajax("get", `${url}?place=${encodeURIComponent(place)}`, "#place-results");
  }
  for (const details of form.querySelectorAll("details")) {
    const said = [...details.querySelectorAll("input:not([type=search]), textarea")].some((field) =>
      field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value,
    );
    details.open ||= said;
  }
}

const drafted = document.querySelector("form[data-draft]");
if (drafted) keepDrafts(drafted);
// On a page without the form, such as that of the recorded fact, the sent draft is dropped.
else dropDrafts((draft) => draft.sent);
