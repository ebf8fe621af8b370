"use strict";
const entry = document.querySelector("form.entry");
const send = entry.querySelector("button[type=submit]");
const offline = entry.querySelector("[data-offline]");
const unkept = entry.querySelector("[data-unkept]");

const TAPPED_TWICE_MS = 1000;
let sending = false;
// The time at which a fact was queued; reset by the first input for the next one.
let queuedAt = -Infinity;
entry.addEventListener("input", () => (queuedAt = -Infinity));
entry.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (sending || performance.now() - queuedAt < TAPPED_TWICE_MS) return;
  sending = true;
  send.disabled = true;
  // Without a network, submitting would replace the form by the browser's error page: ask the server first.
  const heard = await palierWaiting.ask();
  if (!heard) return wait();
  // A page from this device's cache may be another person's.
  if (heard.person && heard.person !== document.body.dataset.person) return location.reload();
  if (heard.token) entry.elements.csrfmiddlewaretoken.value = heard.token;
  entry.submit();
});

async function wait() {
  if (!("waits" in entry.dataset)) {
    offline.hidden = false;
    offline.scrollIntoView({ block: "center" });
  } else if (isComplete()) {
    const kept = await palierWaiting.add(entry, summary.textContent);
    unkept.hidden = kept;
    if (kept) startAfresh();
    else unkept.scrollIntoView({ block: "center" });
  }
  ready();
}

// Check the required fields here while the server cannot be reached.
function isComplete() {
  const answers = new FormData(entry);
  const missing = ["place", "fact_type"].filter((name) => !answers.get(name));
  for (const line of entry.querySelectorAll("[data-missing]")) line.hidden = !missing.includes(line.dataset.missing);
  if (missing.length) entry.querySelector(`[data-missing=${missing[0]}]`).closest("fieldset").scrollIntoView();
  return !missing.length && entry.elements.day.reportValidity();
}

function startAfresh() {
  const place = new FormData(entry).get("place");
  entry.reset();
  const known = /** @type {HTMLInputElement} */ (entry.querySelector(`[name=place][value="${place}"]`));
  known.checked = true;
  entry.elements.token.value = crypto.randomUUID();
  history.replaceState({ ...history.state, token: entry.elements.token.value }, "");
  for (const details of entry.querySelectorAll("details")) details.open = false;
  fold(true);
  queuedAt = performance.now();
  entry.dispatchEvent(new Event("queued"));
  entry.dispatchEvent(new Event("restored"));
  scrollTo(0, 0);
}

function ready() {
  sending = false;
  send.disabled = false;
}

// On return to this page the browser restores the fields after the scripts ran: update everything derived from them.
window.addEventListener("pageshow", () => {
  ready();
  const kept = history.state?.token;
  if (entry.elements.token && kept) entry.elements.token.value = kept;
  else if (entry.elements.token) history.replaceState({ ...history.state, token: entry.elements.token.value }, "");
  entry.dispatchEvent(new Event("restored"));
});
// Show the offline notice only while no facts wait: their list says it too.
function sayOffline() {
  offline.hidden = navigator.onLine || ("waits" in entry.dataset && palierWaiting.some());
  // Offline, where no search is possible, all known places are offered.
  entry.classList.toggle("entry-unheard", !navigator.onLine);
}
for (const moment of ["offline", "online"]) window.addEventListener(moment, sayOffline);
entry.addEventListener("queued", sayOffline);
// The last waiting fact may have been removed.
document.querySelector("[data-waiting]")?.addEventListener("shown", sayOffline);
offline.querySelector("[data-retry]")?.addEventListener("click", () => entry.requestSubmit());
sayOffline();

entry.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) entry.requestSubmit();
  // Enter in the search field must not submit the form.
  else if (/** @type {HTMLInputElement} */ (event.target).type === "search") event.preventDefault();
});

// When the search cannot reach the server, filter the known places instead.
document.body.addEventListener("htmx:sendError", () => {
  hereSays("unheard");
  entry.classList.add("entry-unheard");
  const words = plain(entry.querySelector("#place-search").value).split(/\s+/);
  for (const label of entry.querySelectorAll("#place-results label")) {
    const found = words.every((word) => plain(label.textContent).includes(word));
    label.hidden = !found && !label.querySelector(":checked");
  }
});
document.body.addEventListener("htmx:afterSwap", () => hereSays(""));
// Repeat on the server a search that was made offline.
window.addEventListener("online", () => {
  if (entry.querySelector("[data-here-says=unheard]").hidden) return;
  hereSays("");
  const search = entry.querySelector("#place-search");
  if (search.value) htmx.trigger(search, "search");
});

// When a search finds the session ended, reload for the login; the draft restores the form afterwards.
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  if (new URL(xhr.responseURL).pathname === new URL(pathInfo.requestPath, location.href).pathname) return;
  event.detail.shouldSwap = false;
  location.reload();
});

const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .toLowerCase();
const filterBox = entry.querySelector("[data-type-search]");
if (filterBox) {
  const search = filterBox.querySelector("input");
  const named = (within, words) =>
    [...within.querySelectorAll("[data-type-label]")].map((label) => {
      const known = plain(` ${label.dataset.typeLabel} ${label.dataset.typeWords}`);
      return [label, words.every((word) => known.includes(` ${word}`))];
    });
  // On a phone, the results would be hidden by the keyboard or by the bottom bar.
  const raise = () => {
    if (matchMedia("(max-width: 991.98px)").matches) filterBox.scrollIntoView({ block: "start" });
  };
  filterBox.hidden = false;
  search.addEventListener("focus", raise);
  search.addEventListener("input", () => {
    const words = plain(search.value).trim().split(/\s+/);
    // The line of help of each type stands under its name while one is looked for.
    filterBox.closest("details").classList.toggle("entry-searching", search.value.trim() !== "");
    let shown = 0;
    for (const family of entry.querySelectorAll("[data-type-family]")) {
      const labels = named(family, words);
      for (const [label, found] of labels) label.hidden = !found;
      family.hidden = !labels.some(([, found]) => found);
      if (!family.hidden) shown += 1;
    }
    const usual = named(entry.querySelector("[data-usual-types]"), words);
    for (const [label, found] of usual) label.classList.toggle("entry-type-hit", found && search.value.trim() !== "");
    const above = usual.some(([, found]) => found);
    for (const line of filterBox.querySelectorAll("[data-type-says]")) {
      const isSaid = line.dataset.typeSays === "above" ? above && search.value.trim() !== "" : !shown && !above;
      line.hidden = !isSaid;
      line.querySelector("[data-typed]").textContent = search.value.trim();
    }
    raise();
  });
}

// The sub-types of the chosen type alone; without any there is nothing to choose.
const subtypes = entry.querySelector("[data-subtypes]");
if (subtypes) {
  const select = subtypes.querySelector("select");
  const groups = [...select.querySelectorAll("optgroup")];
  const narrow = () => {
    const type = entry.querySelector("[name=fact_type]:checked")?.closest("label").dataset.typeLabel;
    for (const group of groups) {
      const its = group.label === type;
      group.hidden = group.disabled = !its;
      if (!its && group.contains(select.selectedOptions[0])) select.value = "";
    }
    subtypes.hidden = groups.every((group) => group.hidden);
  };
  for (const moment of ["input", "restored"]) entry.addEventListener(moment, narrow);
  narrow();
}

const where = entry.querySelector("#place");
const unfold = where.querySelector("[data-unfold]");
function fold(folded) {
  where.classList.toggle("entry-folded", folded);
  unfold.hidden = !folded;
}
fold(where.querySelectorAll("[name=place]").length > 1 && where.querySelector("[name=place]:checked") !== null);
unfold.addEventListener("click", () => {
  fold(false);
  where.querySelector("#place-search").focus();
});

// Links of the error summary focus their field, and unfold it first.
for (const link of entry.querySelectorAll("[data-faults] a")) {
  link.addEventListener("click", (event) => {
    const field = document.querySelector(link.hash);
    event.preventDefault();
    for (let folded = field.closest("details"); folded; folded = folded.parentElement.closest("details"))
      folded.open = true;
    const single = field.matches("input, select, textarea");
    field.scrollIntoView({ block: single ? "center" : "start" });
    (single ? field : field.querySelector("input")).focus({ preventScroll: true });
  });
}

// The position is requested on a tap only, sent once in the body of a request, and stored nowhere.
const here = entry.querySelector("[data-here]");
const hereSays = (what) => {
  for (const line of entry.querySelectorAll("[data-here-says]")) {
    line.hidden = line.dataset.hereSays !== what;
    // On a phone, the list of places or the bar of the button may hide why there is no position.
    if (!line.hidden) line.scrollIntoView({ block: "center" });
  }
};
if (navigator.geolocation) {
  here.hidden = false;
  here.addEventListener("click", () => {
    hereSays("waiting");
    fold(false);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude } }) => {
        hereSays("");
        const place = entry.querySelector("[name=place]:checked")?.value ?? "";
        htmx.ajax("post", here.dataset.here, { target: "#place-results", values: { longitude, latitude, place } });
      },
      (error) => hereSays(error.code === error.PERMISSION_DENIED ? "refused" : "unavailable"),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
}

// A draft keeps its token, so that a fact is recorded once. Where its place was found by a search, fetch its label
// again, if the person may still record there.
entry.addEventListener("drafted", (event) => {
  const { answers } = event.detail;
  const [place, token] = [answers.get("place"), answers.get("token")];
  if (token) history.replaceState({ ...history.state, token }, "");
  if (!place || entry.querySelector("[name=place]:checked")) return;
  const url = entry.querySelector("#place-search").getAttribute("hx-get");
  htmx.ajax("get", `${url}?place=${encodeURIComponent(place)}`, "#place-results");
});

const days = entry.querySelector("[data-days]");
if (days) {
  const { day } = entry.elements;
  const dayOf = (button) => {
    const noon = Date.parse(`${days.dataset.days}T12:00:00Z`);
    return new Date(noon - button.dataset.daysAgo * 86_400_000).toISOString().slice(0, 10);
  };
  const showDay = () => {
    for (const button of days.children) button.setAttribute("aria-pressed", String(dayOf(button) === day.value));
  };
  days.hidden = false;
  days.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    day.value = dayOf(button);
    day.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const moment of ["input", "restored"]) entry.addEventListener(moment, showDay);

  // A new form left open overnight, or from this device's cache, still has the former day.
  let touched = !("waits" in entry.dataset);
  const turn = () => {
    const now = new Intl.DateTimeFormat("sv-SE", { timeZone: days.dataset.zone }).format();
    if (touched || now <= days.dataset.days) return;
    if (day.value === days.dataset.days) day.value = now;
    day.defaultValue = days.dataset.days = now;
    showDay();
  };
  for (const moment of ["input", "drafted"]) entry.addEventListener(moment, () => (touched = true));
  entry.addEventListener("queued", () => {
    touched = false;
    turn();
  });
  document.addEventListener("visibilitychange", turn);
  turn();
  showDay();
}

const left = entry.querySelector("[data-left]");
if (left) {
  const { narrative } = entry.elements;
  const count = () => {
    left.querySelector("output").value = String(narrative.maxLength - narrative.value.length);
  };
  left.hidden = false;
  for (const moment of ["input", "restored"]) entry.addEventListener(moment, count);
  count();
}

// Summarise the fact to be recorded, above the button.
const summary = entry.querySelector("[data-summary]");
if (summary) {
  const help = /** @type {HTMLElement} */ (entry.querySelector("[data-type-explained]"));
  const labelOf = (name) => entry.querySelector(`[name=${name}]:checked`)?.closest("label");
  const legendOf = (id) => entry.querySelector(`#${id} legend`).textContent;
  const summarise = () => {
    const place = labelOf("place")?.querySelector("strong").textContent ?? legendOf("place");
    const what = labelOf("fact_type")?.textContent.trim() ?? legendOf("what");
    const subtype = /** @type {HTMLSelectElement} */ (entry.querySelector("[name=subtype]"));
    const precision = subtype?.value ? ` (${subtype.selectedOptions[0].textContent})` : "";
    summary.textContent = `${what}${precision} · ${place}`;
    const { typeHelp } = labelOf("fact_type")?.dataset ?? {};
    help.hidden = !typeHelp;
    help.textContent = typeHelp ?? "";
  };
  summary.hidden = false;
  for (const moment of ["input", "restored"]) entry.addEventListener(moment, summarise);
  document.body.addEventListener("htmx:afterSwap", summarise);
  summarise();
}
