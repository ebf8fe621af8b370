"use strict";
// Show the facts recorded offline on this device, and send them until the server has them.
const palierWaiting = (() => {
  const LOCK = "palier.waiting";
  // The token of the fact that is opened to be corrected.
  const OPENED = "palier.opened";
  const SOON_MS = 1000;
  const LATE_MS = 30_000;
  const MOST_TRIES = 4;
  const card = document.querySelector("[data-waiting]");
  const { person: owner } = document.body.dataset;
  const { ready, send } = card.dataset;
  const { own, load, write, drop, change, rename } = palierWaitingBox;
  const due = () => own().filter((fact) => !fact.refused);

  // Set a refused fact aside with its reason, until it is corrected, retried or removed; the others are sent on.
  const refuse = (token, reason) => change(token, { refused: reason });

  /** Return the person and token that the server knows, {} without a session, null when it does not answer. */
  async function ask() {
    if (!navigator.onLine) return null;
    try {
      const answer = await fetch(ready, { cache: "no-store", signal: AbortSignal.timeout(6000) });
      return answer.redirected ? {} : await answer.json();
    } catch {
      return null;
    }
  }

  /** Queue the values of a form; return false where the browser cannot store them. */
  async function add(form, label) {
    if (!isSecureContext) return false;
    const along = ["csrfmiddlewaretoken", "q", "opened-by", "draft"];
    const answers = [...new FormData(form)].filter(([name]) => !along.includes(name));
    const { token, day } = Object.fromEntries(answers);
    // A fact that was opened again for correction replaces its former version.
    if (!(await write({ token, day, label, answers, at: Date.now() }))) return false;
    sayWhetherKept("persist");
    say("offline");
    card.querySelector("summary").focus();
    return true;
  }

  let again = 0;
  let patience = SOON_MS;
  async function flush() {
    if (!due().length) return;
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      say("sending");
      // Another tab may have sent some.
      await load();
      const before = own().length;
      const met = await sendAll();
      say(met);
      // Let a list of facts on this page reload to show them.
      if (own().length < before) document.body.dispatchEvent(new Event("facts-sent"));
      // Browsers report the network as back too early: try again later.
      clearTimeout(again);
      if (met && met !== "session") again = setTimeout(flush, patience);
      patience = met ? Math.min(2 * patience, LATE_MS) : SOON_MS;
    });
  }

  async function sendAll() {
    const heard = await ask();
    if (!heard) return "offline";
    if (heard.person !== owner) return "session";
    let left = "";
    for (const fact of due()) {
      const met = await sendOne(fact, heard.token).catch((error) =>
        error.name === "TimeoutError" ? missed(fact) : "offline",
      );
      if (met && met !== "later") return met;
      if (met) left = "failed";
    }
    return left;
  }

  /** Send a fact; return why the next ones cannot be sent, "later" or "" when they can. */
  async function sendOne(fact, token) {
    const body = new FormData();
    for (const [name, value] of fact.answers) body.append(name, value);
    // The server refuses it in the session of another, whoever logged in since it was asked.
    body.append("opened-by", owner);
    const headers = { "X-CSRFToken": token };
    const answer = await fetch(send, { method: "POST", body, headers, signal: AbortSignal.timeout(30_000) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.querySelector(`[data-recorded="${fact.token}"]`)) {
      drop(fact.token);
      showSent(fact, answer.url);
      return "";
    }
    if (page.querySelector("[data-session]")) return "session";
    if (answer.redirected && !answer.url.startsWith(new URL(send, location.href).href)) return "session";
    // The failure does not concern the fact itself: it will be tried again.
    if (answer.status < 400 || answer.status >= 500 || [408, 429].includes(answer.status)) {
      return missed(fact, answer.status);
    }
    await change(fact.token, { refused: reasonOf(page, answer.status), invalid: answer.status === 422 });
    return "";
  }

  /** Count a failed attempt; return whether the next facts wait for this one, which they do a few times only. */
  async function missed({ token, tries = 0 }, status = 0) {
    await change(token, { tries: tries + 1 });
    if (tries + 1 < MOST_TRIES) return "failed";
    // A server that is away or busy says so with another status: this one fails on the fact itself.
    if (status !== 500) return "later";
    await refuse(token, card.dataset.notRecorded);
    return "";
  }

  function reasonOf(page, status) {
    const faults = "form.entry :is(.invalid-feedback, .nonfield li, .text-danger:not([hidden]))";
    const said = [...page.querySelectorAll(faults)].map((fault) => fault.textContent.trim()).find(Boolean);
    return (status === 422 && said) || card.dataset[status === 403 ? "notAllowed" : "notTaken"];
  }

  /** Open a fact in the form as a draft, with its values and under the same token. */
  async function open(fact) {
    await refuse(fact.token, fact.refused || card.dataset.opened);
    sessionStorage.setItem(OPENED, fact.token);
    if (!blank() || location.search) return location.assign(send);
    history.replaceState(null, "");
    palierKeys.claim(owner);
    location.reload();
  }

  /** Return the form of a new fact on this page, or null. */
  const blank = () => /** @type {HTMLFormElement} */ (document.querySelector("form.entry[data-waits]"));
  function showOpened() {
    const form = blank();
    const fact = form && own().find(({ token }) => token === sessionStorage.getItem(OPENED));
    if (!fact) return;
    sessionStorage.removeItem(OPENED);
    palierDrafts.show(form, { at: fact.at, answers: fact.answers });
  }

  // Submit an invalid fact as the form would: the server's page shows the errors beside the values.
  async function correct(fact) {
    const heard = fact.invalid ? await ask() : null;
    if (!heard) return open(fact);
    if (heard.person !== owner) return say("session");
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: send, hidden: true });
    for (const [name, value] of [...fact.answers, ["csrfmiddlewaretoken", heard.token], ["opened-by", owner]]) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
  }

  const counted = (element, count) => (count === 1 ? element.dataset.one : element.dataset.many.replace("{n}", count));
  function say(what) {
    for (const text of card.querySelectorAll("[data-says]")) text.hidden = text.dataset.says !== what;
    card.querySelector("[data-send-now]").hidden = !navigator.onLine || ["", "sending", "session"].includes(what);
  }

  function show() {
    const facts = own();
    const count = card.querySelector("[data-count]");
    if (facts.length) count.textContent = counted(count, facts.length);
    card.querySelector("details").hidden = !facts.length;
    sayWhetherKept("persisted");
    card.querySelector("details ul").replaceChildren(...facts.map(line));
    if (facts.some((fact) => fact.refused)) card.querySelector("details").open = true;
    card.hidden = !facts.length && !card.querySelector("[data-sent] li");
    // Logging out clears the queue: ask for confirmation while facts wait.
    const leave = document.querySelector("form[data-forgets]");
    if (facts.length) leave.dataset.confirm = counted(leave, facts.length);
    else delete leave.dataset.confirm;
    card.dispatchEvent(new Event("shown"));
  }

  // Where the browser makes no promise, it may delete what waits when the device lacks room.
  async function sayWhetherKept(asks) {
    const promised = await navigator.storage?.[asks]?.().catch(() => undefined);
    for (const text of card.querySelectorAll("[data-promised]")) {
      text.hidden = !own().length || text.dataset.promised !== String(promised);
    }
  }

  function inWords(day) {
    const { lang } = document.documentElement;
    const words = new Date(`${day}T12:00`).toLocaleDateString(lang, { day: "numeric", month: "long", year: "numeric" });
    return lang === "fr" ? words.replace(/^1 /, "1er ") : words;
  }

  function line(fact) {
    const row = card.querySelector("template").content.cloneNode(true);
    row.querySelector("[data-label]").textContent = fact.label;
    row.querySelector("[data-day]").textContent = inWords(fact.day);
    for (const part of row.querySelectorAll("[data-refused]")) part.hidden = !fact.refused;
    row.querySelector("[data-reason]").textContent = fact.refused || "";
    if (fact.unread) readAgain(row);
    row.querySelector("[data-again]").addEventListener("click", () => {
      change(fact.token, { refused: "", invalid: false, tries: 0 }).then(flush);
    });
    row.querySelector("[data-correct]").addEventListener("click", () => correct(fact));
    row.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      drop(fact.token);
    });
    return row;
  }

  /** Have a fact leave through the form alone: its person has not said that it is theirs. */
  function readAgain(row) {
    for (const part of row.querySelectorAll("[data-unread]")) part.textContent = part.dataset.unread;
    row.querySelector("[data-again]").hidden = true;
  }

  function showSent(fact, url) {
    const sent = card.querySelector("[data-sent]");
    const link = Object.assign(document.createElement("a"), {
      href: url,
      textContent: fact.label,
      className: "alert-link",
    });
    const item = document.createElement("li");
    item.append(link);
    sent.querySelector("ul").append(item);
    sent.hidden = false;
    show();
  }

  card.querySelector("[data-send-now]").addEventListener("click", flush);
  addEventListener("online", flush);
  addEventListener("offline", () => say("offline"));
  addEventListener("storage", load);
  document.addEventListener("visibilitychange", () => document.hidden || flush());

  /** Take up what waits, once the page's forms can be filled. */
  async function start() {
    palierWaitingBox.dropOld();
    await load();
    await palierWaitingBox.takeFormer(card.dataset.unread);
    // This page shows a fact of the queue under another token, because a recorded fact bears the former one.
    const answered = /** @type {HTMLFormElement} */ (document.querySelector("form.entry[data-renewed]"));
    if (answered) await rename(answered.dataset.renewed, new FormData(answered).get("token"));
    // A fact corrected in the form is recorded: this page names its token, and it leaves the queue.
    const recorded = document.querySelector("[data-recorded]")?.dataset.recorded;
    if (recorded) drop(recorded);
    showOpened();
    if (due().length && !navigator.onLine) say("offline");
    flush();
  }
  palierWaitingBox.onChange(show);
  if (owner) addEventListener("DOMContentLoaded", start);
  return { add, ask, some: () => own().length > 0 };
})();
