"""Test recording without a network: facts wait visibly on the phone and are sent once when it is back."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser.until import until
from tests.browser.wrongs import UNLOADED

NEW = "/faits/nouveau/"
PHONE = {"width": 390, "height": 780}
SECRET = "Porte de cave forcée, serrure arrachée."
_COUNTS = re.compile(r"fait(s?) en attente d’envoi")


@pytest.fixture
def caretaker(visitor):
    """Return a function that opens a phone.

    What meets no network, or is refused, is an error of the browser's console.
    """

    def open_for(**options):
        one = visitor(Role.AGENT, viewport=PHONE, **options)
        one.wrongs.expect(UNLOADED)
        return one

    return open_for


@pytest.fixture
def agent(caretaker):
    return caretaker()


def _waiting(page):
    return page.locator("[data-waiting]")


def _record(page, name="Petits trafics", said=""):
    page.locator("#what").get_by_text(name, exact=True).click()
    if said:
        page.get_by_text("Préciser (facultatif)").click()
        page.get_by_label("Précisions").fill(said)
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def _record_offline(agent, *names, said=""):
    page = agent.go(NEW)
    agent.context.set_offline(True)
    for number, name in enumerate(names, start=1):
        _record(page, name, said)
        expect(_waiting(page).locator("[data-count]")).to_have_text(
            "1 fait en attente d’envoi" if number == 1 else f"{number} faits en attente d’envoi"
        )
    return page


def _claim(page):
    """Say that the form this device keeps is one's own."""
    page.get_by_role("button", name=re.compile("^Je suis ")).click()
    expect(page.locator("form.entry")).to_be_visible()


# What this device stores, as text.
_STORED = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
_AGE = """async (until) => {
    const kept = await caches.open("palier.entry");
    const page = await kept.match("/faits/nouveau/hors-ligne/", { ignoreVary: true });
    const headers = new Headers(page.headers);
    headers.set("X-Kept-Until", until);
    await kept.put("/faits/nouveau/hors-ligne/", new Response(await page.blob(), { headers }));
}"""
# Every page that a cache of this device holds, but the one that says there is no network.
_EVERYTHING_KEPT = """async () => {
    const pages = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) {
            if (!request.url.includes("/static/")) pages.push(new URL(request.url).pathname);
        }
    }
    return pages.filter((page) => page !== "/hors-ligne/");
}"""
_ANOTHER_VERSION = """async () => {
    await caches.open("palier.of-before");
    await navigator.serviceWorker.register("/hors-ligne.js?another", { scope: "/" });
    for (let tries = 0; tries < 300; tries++) {
        if (!(await caches.has("palier.of-before"))) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the former version stays");
}"""


def _is_kept(page):
    kept = """async () => {
        await navigator.serviceWorker.ready;
        for (let tries = 0; tries < 300; tries++) {
            if (await caches.match("/faits/nouveau/hors-ligne/", { ignoreVary: true })) return true;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        return false;
    }"""
    assert page.evaluate(kept)


def test_facts_wait_in_sight_and_are_sent_once_by_themselves(agent):
    page = _record_offline(agent, "Petits trafics")
    page.locator("#what").get_by_text("Tapages, dont nocturnes", exact=True).click()
    page.get_by_label("Précision", exact=True).select_option(label="Deux-roues bruyants")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    waiting = _waiting(page)
    expect(waiting.locator("[data-count]")).to_have_text("2 faits en attente d’envoi")
    expect(waiting.get_by_text("envoyé tout seul dès que le réseau revient")).to_be_visible()
    expect(waiting.locator("summary")).to_be_focused()
    assert page.locator("[name=fact_type]:checked").count() == 0
    waiting.locator("summary").click()
    expect(waiting.locator("[data-label]")).to_contain_text(["Petits trafics", "Tapages"])
    agent.check()
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    agent.context.set_offline(False)
    expect(waiting.get_by_text("Envoyé et enregistré")).to_be_visible()
    sent = waiting.locator("[data-sent] a")
    expect(sent).to_have_count(2)
    expect(waiting.get_by_text(_COUNTS)).to_be_hidden()
    agent.check()
    addresses = [link.get_attribute("href") for link in sent.all()]
    assert len(set(addresses)) == 2
    for address, name in zip(
        addresses, ("Petits trafics", "Tapages, dont nocturnes (Deux-roues bruyants)"), strict=True
    ):
        page.goto(address)
        expect(page.locator("#what-was-saved")).to_have_text(name)
    expect(_waiting(page)).to_be_hidden()


def test_the_form_opens_without_network(caretaker):
    agent = caretaker(service_workers="allow")
    page = agent.go(NEW)
    _is_kept(page)
    agent.context.set_offline(True)
    page.goto(agent.server)
    expect(page.get_by_role("heading", name="Qui enregistre ?")).to_be_visible()
    expect(page.locator("form.entry")).to_be_hidden()
    agent.check()
    page.get_by_role("button", name="C’est quelqu’un d’autre").click()
    expect(page.get_by_text("rien ne part jamais au nom d’un autre")).to_be_visible()
    expect(page.locator("form.entry")).to_be_hidden()
    page.reload()
    _claim(page)
    expect(page.get_by_text("Il partira au nom de")).to_be_visible()
    _record(page, said=SECRET)
    expect(_waiting(page).get_by_text(_COUNTS)).to_have_text("1 fait en attente d’envoi")
    stored = page.evaluate(_STORED)
    assert ("palier.waiting:" in stored, SECRET in stored, "Petits trafics" in stored) == (True, False, False)
    page.goto(f"{agent.server}/carte/")
    expect(page.get_by_role("heading", name="Vous êtes hors connexion")).to_be_visible()
    agent.check()
    page.get_by_role("link", name="Enregistrer un fait").click()
    expect(_waiting(page).get_by_text(_COUNTS)).to_have_text("1 fait en attente d’envoi")
    page.goto(f"{agent.server}{NEW}?lieu=")
    expect(_waiting(page).get_by_text(_COUNTS)).to_have_text("1 fait en attente d’envoi")
    expect(page.get_by_label("Précisions")).to_have_value("")
    agent.context.set_offline(False)
    _waiting(page).locator("[data-sent] a").click()
    page.get_by_role("link", name="Voir le fait").click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    # The form goes when the session that it was kept in would have ended.
    page.evaluate(_AGE, "1")
    agent.context.set_offline(True)
    page.goto(agent.server)
    expect(page.get_by_role("heading", name="Vous êtes hors connexion")).to_be_visible()
    expect(page.get_by_role("link", name="Enregistrer un fait")).to_be_hidden()
    assert page.evaluate(_EVERYTHING_KEPT) == []
    agent.context.set_offline(False)


def test_another_version_of_the_worker_takes_over_and_what_waits_stays(caretaker):
    agent = caretaker(service_workers="allow")
    _is_kept(agent.go(NEW))
    page = _record_offline(agent, "Petits trafics")
    # One that was refused does not leave by itself.
    agent.context.route(
        f"**{NEW}",
        lambda route: (
            route.fulfill(status=403, body="") if route.request.method == "POST" else route.continue_()
        ),
    )
    agent.context.set_offline(False)
    expect(_waiting(page).locator("[data-reason]")).to_contain_text("ne peut plus enregistrer")
    agent.context.unroute(f"**{NEW}")
    page.evaluate(_ANOTHER_VERSION)
    agent.context.set_offline(True)
    page.goto(agent.server)
    _claim(page)
    waiting = _waiting(page)
    expect(waiting.locator("[data-reason]")).to_contain_text("ne peut plus enregistrer")
    agent.context.set_offline(False)
    waiting.get_by_role("button", name="Renvoyer tel quel").click()
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Petits trafics"])


def test_a_form_kept_since_yesterday_says_today(agent):
    page = agent.go(NEW)
    today = page.get_by_label("Jour").first.input_value()
    page.clock.set_fixed_time(f"{int(today[:4]) + 1}{today[4:]}T12:00:00+01:00")
    page.reload()
    expect(page.get_by_label("Jour").first).to_have_value(f"{int(today[:4]) + 1}{today[4:]}")
    expect(page.get_by_role("button", name="Aujourd’hui")).to_have_attribute("aria-pressed", "true")


def test_what_is_missing_is_said_without_the_server(agent):
    page = agent.go(NEW)
    agent.context.set_offline(True)
    expect(page.get_by_text("le fait attendra sur cet appareil")).to_be_visible()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Choisissez la nature du fait.")).to_be_in_viewport()
    expect(_waiting(page)).to_be_hidden()
    page.get_by_role("button", name="Changer de lieu").click()
    expect(page.locator("#place-results label:visible")).to_have_count(page.locator("[name=place]").count())
    page.get_by_label("Chercher une adresse ou une résidence").press_sequentially("vigie")
    expect(page.get_by_text("Sans réseau, seuls les lieux déjà affichés")).to_be_visible()


def test_a_second_tap_on_the_button_is_not_a_second_fact(agent):
    page = agent.go(NEW)
    agent.context.set_offline(True)
    page.locator("#what").get_by_text("Petits trafics", exact=True).click()
    page.get_by_role("button", name="Enregistrer", exact=True).dblclick()
    expect(_waiting(page).locator("[data-count]")).to_have_text("1 fait en attente d’envoi")
    expect(page.get_by_text("Choisissez la nature du fait.")).to_be_hidden()


def test_a_list_of_facts_shows_what_was_sent_while_it_was_open(agent):
    def refuse(route):
        route.abort() if route.request.method == "POST" else route.continue_()

    page = _record_offline(agent, "Petits trafics")
    page.route(f"**{NEW}", refuse)
    agent.context.set_offline(False)
    page.goto(f"{agent.server}/faits/")
    status = page.locator("#rows [role=status]").first
    before = int(re.sub(r"\D", "", status.inner_text()))
    page.unroute(f"**{NEW}")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(status).to_have_text(re.compile(r"^\s*" + r"\D?".join(str(before + 1)) + r"\sfaits"))


def test_ones_own_facts_show_what_was_sent_while_they_were_open(agent):
    def refuse(route):
        route.abort() if route.request.method == "POST" else route.continue_()

    page = _record_offline(agent, "Petits trafics", said="Vu de loin")
    page.route(f"**{NEW}", refuse)
    agent.context.set_offline(False)
    page.goto(f"{agent.server}/mes-faits/")
    before = page.locator(".my-fact-what").first.get_attribute("href")
    page.unroute(f"**{NEW}")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(_waiting(page).locator("[data-sent] a")).to_have_count(1)
    expect(page.locator(f".my-fact-what:not([href='{before}'])").first).to_have_text("Petits trafics")
    expect(page.locator(".my-fact-what").first).not_to_have_attribute("href", before)


def test_all_places_that_are_known_are_offered_without_network_alone(agent):
    page = agent.go(NEW)
    page.get_by_role("button", name="Changer de lieu").click()
    expect(page.locator("#place-results label:visible")).to_have_count(4)
    agent.context.set_offline(True)
    every = page.locator("#place-results label")
    expect(every.nth(4)).to_be_attached()
    expect(every.last).to_be_visible()
    last = every.last.locator("input").get_attribute("value")
    page.get_by_label("Chercher une adresse").press_sequentially(every.last.locator("strong").inner_text())
    expect(page.locator("#place-results label:visible")).to_have_count(2)
    page.get_by_label("Chercher une adresse").fill("")
    expect(every.nth(3)).to_be_visible()
    every.last.click()
    agent.context.set_offline(False)
    expect(page.locator("#place-results label:visible")).to_have_count(5)
    expect(page.locator("[name=place]:checked")).to_have_value(last)


def test_an_answer_that_is_lost_does_not_record_twice(agent):
    page = _record_offline(agent, "Petits trafics")
    sent = []

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            sent.append(route.request.post_data)
            route.abort()
        else:
            route.continue_()

    page.route(f"**{NEW}", lose)
    with page.expect_event("requestfailed", lambda request: request.method == "POST"):
        agent.context.set_offline(False)
    page.unroute(f"**{NEW}")
    link = _waiting(page).locator("[data-sent] a")
    expect(link).to_have_count(1)
    link.click()
    expect(page.locator("#what-was-saved")).to_have_text("Petits trafics")
    assert len(sent) == 1


# As a phone whose clock had stopped, or whose person was away for a month, has it.
_LONG_AGO = """() => {
  const [name] = Object.keys(localStorage).filter((name) => name.startsWith("palier.waiting:"));
  localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), at: 0 }));
}"""


def test_a_session_that_ended_meanwhile_is_asked_for_again_however_old_what_waits_is(agent):
    page = _record_offline(agent, "Petits trafics")
    page.evaluate(_LONG_AGO)
    agent.context.clear_cookies(name="sessionid")
    agent.context.set_offline(False)
    _waiting(page).get_by_role("link", name="Reconnectez-vous").click()
    agent.enter("agent@demonstration.invalid")
    expect(_waiting(page).locator("[data-sent] a")).to_have_count(1)
    expect(page).to_have_url(f"{agent.server}{NEW}")


def test_another_person_at_the_same_phone_neither_sees_nor_sends_it(agent):
    page = _record_offline(agent, "Petits trafics")
    agent.context.clear_cookies(name="sessionid")
    agent.context.set_offline(False)
    _waiting(page).get_by_role("link", name="Reconnectez-vous").click()
    agent.enter("referent@demonstration.invalid")
    page.goto(f"{agent.server}{NEW}")
    expect(page.get_by_role("heading", name="Enregistrer un fait")).to_be_visible()
    expect(_waiting(page)).to_be_hidden()
    assert "palier.waiting:" in page.evaluate(_STORED)
    page.get_by_role("button", name="Menu").click()
    page.locator("#account-menu > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    page.goto(f"{agent.server}{NEW}")
    agent.enter("agent@demonstration.invalid")
    expect(_waiting(page).locator("[data-sent] a")).to_have_count(1)


# What a former version kept in clear for everybody, from the fields of the form that is open, and what it never wrote.
_FORMER = """(said) => {
    const { person: owner } = document.body.dataset;
    const form = document.querySelector("form.entry");
    const [type] = form.querySelectorAll("[name=fact_type]");
    type.checked = true;
    const { token, day, place } = Object.fromEntries(new FormData(form));
    const answers = Object.entries({ token, day, place, fact_type: type.value, narrative: said });
    const old = Date.now() - 40 * 24 * 3600 * 1000;
    const fact = { owner, token, at: old, day, label: "Déchets", answers };
    const others = { ...fact, owner: "0", token: "of-another", at: Date.now() };
    const forgotten = { ...others, token: "forgotten", at: old };
    localStorage.setItem("palier.waiting", JSON.stringify([forgotten, fact, others, null, { ...fact, answers: "?" }]));
}"""


def test_what_a_former_version_kept_in_clear_is_sealed_read_again_and_sent_once(agent):
    page = agent.go(NEW)
    page.evaluate(_FORMER, SECRET)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.reload()
    waiting = _waiting(page)
    expect(waiting.get_by_text("À relire")).to_be_visible()
    expect(waiting.locator("[data-reason]")).to_have_text(re.compile("il ne part pas tout seul"))
    left = page.evaluate("JSON.parse(localStorage.getItem('palier.waiting')).map((fact) => fact.token)")
    clear = page.evaluate("Object.entries(localStorage).filter(([name]) => name !== 'palier.waiting').join()")
    assert (left, SECRET in clear, sent) == (["of-another"], False, [])
    expect(waiting.get_by_role("button", name="Renvoyer tel quel")).to_be_hidden()
    agent.check()
    waiting.get_by_role("button", name="Relire et envoyer").click()
    expect(page.get_by_label("Précisions")).to_have_value(SECRET)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    expect(_waiting(page)).to_be_hidden()
    assert len(sent) == 1
    page.get_by_role("link", name="Voir le fait").click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    page.evaluate("localStorage.clear()")


def test_nothing_that_was_planted_on_the_device_is_taken_for_ones_own(agent):
    page = agent.go(NEW)
    page.evaluate("""() => {
        const { person: owner } = document.body.dataset;
        const answers = [["token", "t"], ["narrative", "planté"], ["fact_type", "1"], ["place", "r1"]];
        const fact = { owner, token: "t", at: Date.now(), day: "2026-01-01", label: "planté", answers };
        localStorage.setItem("palier.waiting:t", JSON.stringify(fact));
        const plain = { answers, names: answers.map(([name]) => name) };
        for (const store of [localStorage, sessionStorage])
            store.setItem(`palier.draft:${owner}:/faits/nouveau/`, JSON.stringify({ at: Date.now(), id: "i", plain }));
    }""")
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.reload()
    expect(page.get_by_label("Précisions")).to_have_value("")
    page.wait_for_function("!JSON.stringify({...localStorage}).includes('palier.draft')")
    expect(_waiting(page)).to_be_hidden()
    assert sent == []
    page.evaluate("localStorage.clear()")


def test_another_person_opens_no_form_of_the_former_without_network(caretaker):
    agent = caretaker(alone=True, service_workers="allow")
    _is_kept(agent.go(NEW))
    page = _record_offline(agent, "Petits trafics", said="Vu avec Mme Durand")
    agent.context.clear_cookies(name="sessionid")
    agent.context.set_offline(False)
    page.goto(agent.server)
    agent.enter("referent@demonstration.invalid")
    expect(page.locator("body[data-person]")).to_be_visible()
    page.wait_for_function("caches.has('palier.entry').then((kept) => !kept)")
    agent.context.set_offline(True)
    page.goto(f"{agent.server}{NEW}")
    expect(page.get_by_role("heading", name="Vous êtes hors connexion")).to_be_visible()
    expect(page.get_by_role("link", name="Enregistrer un fait")).to_be_hidden()
    assert page.evaluate(_EVERYTHING_KEPT) == []
    agent.context.set_offline(False)


def test_what_the_server_refuses_is_kept_to_be_corrected(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu avec Mme Durand")
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.get_by_text("À corriger")).to_be_visible()
    agent.check()
    waiting.get_by_role("button", name="Corriger").click()
    expect(page.locator("form").get_by_text("À reformuler sans désigner personne")).to_be_visible()
    page.get_by_label("Précisions").fill(SECRET)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    expect(_waiting(page)).to_be_hidden()


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 422])
def test_one_that_is_refused_is_set_aside_with_its_reason_and_the_others_go_on(agent, status):
    page = _record_offline(agent, "Petits trafics", "Tapages, dont nocturnes", "Tapages, dont nocturnes")
    refused = []

    def refuse_the_first(route):
        if route.request.method != "POST" or refused:
            return route.continue_()
        refused.append(route.request.post_data)
        return route.fulfill(status=status, content_type="text/html", body="<p>Non</p>")

    page.route(f"**{NEW}", refuse_the_first)
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages", "Tapages"])
    expect(waiting.locator("[data-label]")).to_contain_text(["Petits trafics"])
    said = (
        "Votre compte ne peut plus enregistrer ce fait."
        if status == 403
        else "Le serveur a refusé cet envoi."
    )
    expect(waiting.locator("[data-reason]")).to_have_text(said)
    if status in {400, 403}:
        # The others show what 400 does.
        agent.check()
    waiting.get_by_role("button", name="Renvoyer tel quel").click()
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages", "Tapages", "Petits trafics"])
    expect(waiting.get_by_text(_COUNTS)).to_be_hidden()


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_in_trouble_is_tried_again_in_order(agent, status):
    page = _record_offline(agent, "Petits trafics", "Tapages, dont nocturnes")
    answers = []

    def fail_once(route):
        if route.request.method != "POST":
            return route.continue_()
        answers.append(route.request.post_data)
        return route.fulfill(status=status, body="") if len(answers) == 1 else route.continue_()

    page.route(f"**{NEW}", fail_once)
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Petits trafics", "Tapages"])
    assert len(answers) == 3


def _fail(page, name, status):
    """Have the server fail on facts with this description; return how often it did."""
    failed = []

    def fail(route):
        if route.request.method != "POST" or name not in (route.request.post_data_buffer or b"").decode():
            return route.continue_()
        failed.append(status)
        return route.fulfill(status=status, body="")

    page.route(f"**{NEW}", fail)
    return failed


def test_one_that_the_server_always_fails_on_is_set_aside_and_the_others_go_on(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu de loin")
    _record(page, "Tapages, dont nocturnes")
    failed = _fail(page, "Vu de loin", 500)
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages"], timeout=30_000)
    expect(waiting.locator("[data-reason]")).to_contain_text("malgré plusieurs essais")
    assert len(failed) == 4
    agent.check()
    page.unroute(f"**{NEW}")
    waiting.get_by_role("button", name="Renvoyer tel quel").click()
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages", "Petits trafics"])
    expect(waiting.get_by_text(_COUNTS)).to_be_hidden()


def test_one_that_meets_a_busy_server_each_time_keeps_no_other_and_is_sent_by_itself_in_the_end(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu de loin")
    _record(page, "Tapages, dont nocturnes")
    _fail(page, "Vu de loin", 503)
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages"], timeout=30_000)
    expect(waiting.locator("[data-reason]")).to_be_hidden()
    page.unroute(f"**{NEW}")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages", "Petits trafics"])


def test_one_recorded_as_another_fact_under_a_fresh_token_leaves_the_queue(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu de loin")
    lost = []

    def lose(route):
        if route.request.method != "POST":
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    page.route(f"**{NEW}", lose)
    agent.context.set_offline(False)
    until(page, lambda: lost, "the fact is sent")
    waiting = _waiting(page)
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Précisions")).to_have_value("Vu de loin")
    page.unroute(f"**{NEW}")
    page.get_by_label("Précisions").fill(SECRET)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.get_by_role("button", name="Enregistrer quand même").click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    expect(_waiting(page)).to_be_hidden()


def test_one_that_waits_is_opened_and_corrected_before_it_is_sent(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu de loin")
    waiting = _waiting(page)
    agent.context.set_offline(False)
    page.route(
        f"**{NEW}", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.evaluate("dispatchEvent(new Event('online'))")
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Précisions")).to_have_value("Vu de loin")
    expect(_waiting(page).get_by_text("il ne part pas tout seul")).to_be_visible()
    page.unroute(f"**{NEW}")
    page.get_by_label("Précisions").fill(SECRET)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    expect(_waiting(page)).to_be_hidden()
    page.get_by_role("link", name="Voir le fait").click()
    expect(page.get_by_text(SECRET)).to_be_visible()


def test_one_can_be_taken_back_before_it_is_sent(agent):
    page = _record_offline(agent, "Petits trafics", "Tapages, dont nocturnes")
    waiting = _waiting(page)
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Retirer").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(waiting.locator("[data-label]")).to_contain_text(["Tapages"])
    agent.context.set_offline(False)
    expect(waiting.locator("[data-sent] a")).to_contain_text(["Tapages"])


def test_one_is_corrected_while_there_is_no_network_and_sent_once(caretaker):
    agent = caretaker(service_workers="allow")
    page = agent.go(NEW)
    _is_kept(page)
    agent.context.set_offline(True)
    _record(page, said="Vu de loin")
    waiting = _waiting(page)
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Corriger").click()
    expect(page.get_by_label("Précisions")).to_have_value("Vu de loin")
    expect(waiting.get_by_text("il ne part pas tout seul")).to_be_visible()
    page.get_by_label("Précisions").fill(SECRET)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(waiting.get_by_text(_COUNTS)).to_have_text("1 fait en attente d’envoi")
    agent.context.set_offline(False)
    expect(waiting.locator("[data-sent] a")).to_have_count(1)
    waiting.locator("[data-sent] a").click()
    page.get_by_role("link", name="Voir le fait").click()
    expect(page.get_by_text(SECRET)).to_be_visible()


def test_one_that_the_server_refused_can_be_dropped(agent):
    page = _record_offline(agent, "Petits trafics", said="Vu avec Mme Durand")
    agent.context.set_offline(False)
    waiting = _waiting(page)
    expect(waiting.get_by_text("À corriger")).to_be_visible()
    waiting.get_by_role("button", name="Retirer").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(waiting).to_be_hidden()
    assert "palier.waiting:" not in page.evaluate(_STORED)


def test_logging_out_says_what_it_erases_and_erases_it(caretaker):
    agent = caretaker(alone=True, service_workers="allow")
    _is_kept(agent.go(NEW))
    page = _record_offline(agent, "Petits trafics", said="Vu avec Mme Durand")
    agent.context.set_offline(False)
    expect(_waiting(page).get_by_text("À corriger")).to_be_visible()
    page.get_by_role("button", name="Menu").click()
    page.locator("#account-menu > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 fait n’est pas encore envoyé : se déconnecter l’efface.")
    dialog.get_by_role("button", name="Ne rien changer").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate(_EVERYTHING_KEPT) == []
