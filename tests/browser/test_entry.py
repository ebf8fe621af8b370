"""Recording a fact on a phone: three taps, and nothing that was typed is lost."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser.wrongs import NO_NETWORK

NEW = "/faits/nouveau/"
PHONE = {"width": 390, "height": 780}
SAID = "Porte du hall forcée, serrure arrachée."
# At the doors of the fiction, in the ocean; nobody lives there.
HERE = {"longitude": -30.0107, "latitude": 44.9927}


@pytest.fixture
def agent(visitor):
    return visitor(Role.AGENT, viewport=PHONE)


def _save(page):
    page.get_by_role("button", name="Enregistrer", exact=True).click()


def _is_saved(page):
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    return re.search(r"/faits/([\w-]{32})/", page.url)[1]


def _type(page, name="Tapages, dont nocturnes"):
    page.locator("#what").get_by_text(name, exact=True).click()


def _say(page, text=SAID):
    page.get_by_text("Préciser (facultatif)").click()
    page.get_by_label("Précisions").fill(text)


def _drafts(page):
    """Wait until what was typed is kept; return how many drafts there are."""
    count = "Object.keys(localStorage).filter((name) => name.startsWith('palier.draft:')).length"
    page.wait_for_function(count)
    return page.evaluate(count)


def test_two_taps_record_the_usual_and_one_takes_it_back(agent):
    page = agent.go(NEW)
    for name in ("Tapages, dont nocturnes", "Enregistrer"):
        expect(page.get_by_text(name, exact=True).last).to_be_in_viewport(ratio=1)
    _type(page)
    expect(page.locator("[data-summary]")).to_contain_text("Tapages, dont nocturnes ·")
    _save(page)
    _is_saved(page)
    agent.check()
    page.get_by_role("button", name="Annuler cette saisie").click()
    expect(page.get_by_text("Saisie annulée")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Saisie annulée")


def test_everything_to_tap_is_large_enough_for_a_thumb(agent):
    page = agent.go(NEW)
    page.get_by_role("button", name="Changer de lieu").click()
    expect(page.get_by_label("Chercher une adresse ou une résidence")).to_be_visible()
    targets = page.locator(
        ".entry button:visible, .entry summary:visible, .entry-places label:visible, .entry-tiles label:visible,"
        " .entry .form-control:visible"
    )
    assert [t for t in targets.evaluate_all("ts => ts.map(t => t.offsetHeight)") if t < 44] == []


def test_the_page_does_not_glide_under_the_finger(agent):
    page = agent.go(NEW)
    moved = page.locator("#more").evaluate("part => { part.scrollIntoView(); return scrollY; }")
    assert moved > 0
    assert page.evaluate("scrollY") == moved


def test_keyboard_alone_records(visitor):
    page = visitor(Role.AGENT, viewport={"width": 1280, "height": 800}).go(NEW)
    page.locator("[name=place]:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=place]").nth(1)).to_be_checked()
    page.locator("[name=fact_type]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Control+Enter")
    _is_saved(page)


def test_back_after_saving_does_not_save_twice(agent):
    page = agent.go(NEW)
    token = page.locator("[name=token]").input_value()
    _type(page)
    _save(page)
    first = _is_saved(page)
    page.go_back()
    expect(page.locator("[data-summary]")).to_be_visible()
    page.locator("[name=token]").evaluate("(field, token) => (field.value = token)", token)
    _type(page)
    _save(page)
    assert _is_saved(page) == first


def test_back_shows_one_form_and_asks_before_a_second_fact(agent):
    page = agent.go(NEW)
    _type(page)
    page.get_by_role("button", name="Hier", exact=True).click()
    _save(page)
    first = _is_saved(page)
    page.go_back()
    page.wait_for_load_state("load")
    days = page.locator("[data-days] [aria-pressed=true]")
    day = page.get_by_label("Jour").first.input_value()
    today = page.locator("[data-days]").get_attribute("data-days")
    expect(days).to_have_text("Aujourd’hui" if day == today else "Hier")
    expect(page.locator("[data-summary]")).to_contain_text(
        "Tapages" if page.locator("[name=fact_type]:checked").count() else "Quoi ?"
    )
    _type(page, "Petits trafics")
    _save(page)
    expect(page.get_by_text("Ce fait est déjà enregistré")).to_be_visible()
    agent.wrongs.expect(422)
    page.get_by_role("button", name="Enregistrer quand même").click()
    assert _is_saved(page) != first


def test_a_search_leaves_its_field_where_it_is(agent):
    page = agent.go(NEW)
    page.get_by_role("button", name="Changer de lieu").click()
    search = page.get_by_label("Chercher une adresse ou une résidence")
    expect(search).to_be_focused()
    before = search.bounding_box()["y"]
    with page.expect_response(lambda answer: "lieux" in answer.url):
        search.press_sequentially("rue")
    expect(page.locator("#place-results label").nth(5)).to_be_visible()
    assert search.bounding_box()["y"] == before


def test_what_the_search_of_types_finds_is_in_sight_and_nothing_is_said(agent):
    page = agent.go(NEW)
    page.get_by_text("Toutes les natures").click()
    search = page.get_by_label("Chercher une nature")
    search.press_sequentially("incend")
    found = page.locator("[data-type-family] label:visible")
    expect(found.last).to_be_in_viewport(ratio=1)
    bar = page.locator(".entry-submit").bounding_box()
    last = found.last.bounding_box()
    assert last["y"] + last["height"] <= bar["y"]
    search.fill("xyz")
    expect(page.get_by_text("Aucune nature ne correspond à « xyz »")).to_be_visible()
    expect(found).to_have_count(0)
    search.fill("tapage")
    expect(page.get_by_text("« tapage » se trouve parmi les natures habituelles")).to_be_visible()
    agent.check()


def test_the_banner_opens_what_is_folded(agent):
    page = agent.go(NEW)
    _say(page, "Vu avec Mme Durand")
    _save(page)
    page.locator("#more > summary").click()
    page.locator("[data-faults]").get_by_role("link", name="Précisions").click()
    expect(page.get_by_label("Précisions")).to_be_focused()
    expect(page.get_by_label("Précisions")).to_be_in_viewport()
    agent.wrongs.expect(422)


def test_going_back_and_saying_something_else_is_asked_about(agent):
    page = agent.go(NEW)
    token = page.locator("[name=token]").input_value()
    _type(page)
    _save(page)
    first = _is_saved(page)
    page = agent.go(NEW)
    page.locator("[name=token]").evaluate("(field, token) => (field.value = token)", token)
    _type(page, "Petits trafics")
    _save(page)
    expect(page.get_by_text("Ce fait est déjà enregistré")).to_be_visible()
    agent.check()
    page.get_by_role("button", name="Enregistrer quand même").click()
    assert _is_saved(page) != first
    agent.wrongs.expect(422)


def test_two_quick_taps_send_once(agent):
    page = agent.go(NEW)
    _type(page)
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Enregistrer", exact=True).dblclick()
    _is_saved(page)
    assert len(sent) == 1


# Whether each of two sendings in a row was held back; neither leaves the page.
_SEND_TWICE = """form => {
  const held = [];
  addEventListener("submit", (event) => {
    held.push(event.defaultPrevented);
    event.preventDefault();
  });
  form.requestSubmit();
  form.requestSubmit();
  return held;
}"""


def test_a_second_click_on_any_other_form_sends_nothing_more(visitor):
    page = visitor(Role.COORDINATOR).go("/cellules/nouvelle/")
    assert page.locator("main form").last.evaluate(_SEND_TWICE) == [False, True]


def test_a_lost_session_brings_the_form_back_as_typed(agent):
    page = agent.go(NEW)
    place = page.locator("[name=place]:checked").input_value()
    _type(page, "Petits trafics")
    _say(page)
    agent.context.clear_cookies(name="sessionid")
    _save(page)
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    agent.enter("agent@demonstration.invalid")
    expect(page.get_by_text("Brouillon repris du")).to_be_visible()
    agent.check()
    expect(page.get_by_label("Précisions")).to_have_value(SAID)
    expect(page.locator("[name=place]:checked")).to_have_value(place)
    _save(page)
    number = _is_saved(page)
    page.goto(f"{agent.server}/faits/{number}/")
    expect(page.get_by_text(SAID)).to_be_visible()
    page = agent.go(NEW)
    expect(page.get_by_text("Brouillon repris du")).to_be_hidden()


def test_another_person_at_the_same_phone_finds_nothing_of_it(agent):
    page = agent.go(NEW)
    _say(page)
    _drafts(page)
    agent.context.clear_cookies(name="sessionid")
    page.reload()
    agent.enter("referent@demonstration.invalid")
    page.goto(f"{agent.server}{NEW}")
    expect(page.get_by_text("Brouillon repris du")).to_be_hidden()
    expect(page.get_by_label("Précisions")).to_have_value("")
    assert _drafts(page) == 1
    assert SAID not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")


def test_logging_out_forgets_what_was_being_typed(visitor):
    agent = visitor(Role.AGENT, alone=True, viewport=PHONE)
    page = agent.go(NEW)
    _say(page)
    assert _drafts(page) == 1
    page.evaluate("document.querySelector('form[action=\"/deconnexion/\"]').requestSubmit()")
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert page.evaluate("JSON.stringify({...sessionStorage})") == "{}"
    assert page.evaluate("JSON.stringify({...localStorage})") == "{}"


def test_an_error_keeps_what_was_typed(agent):
    page = agent.go(NEW)
    _type(page)
    _say(page, "Vu avec Mme Durand")
    _save(page)
    expect(page.get_by_text("À reformuler sans désigner personne")).to_be_visible()
    expect(page.get_by_label("Précisions")).to_have_value("Vu avec Mme Durand")
    agent.check()
    agent.wrongs.expect(422)


def test_what_cannot_wait_on_the_phone_stays_in_its_form(agent):
    page = agent.go("/perturbations/nouvelle/")
    page.get_by_label("Quoi ?").select_option("Ascenseur")
    page.get_by_label("Limitée").check()
    agent.context.set_offline(True)
    banner = page.get_by_text("Hors connexion")
    expect(banner).to_be_visible()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(banner).to_be_in_viewport()
    expect(page.get_by_label("Limitée")).to_be_checked()
    agent.context.set_offline(False)
    expect(banner).to_be_hidden()
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    # A change of level is asked about first; whether there is one depends on the place last used.
    asked = page.get_by_role("button", name="Enregistrer et changer le niveau")
    expect(asked.or_(page.get_by_text("Perturbation enregistrée"))).to_be_visible()
    if asked.is_visible():
        expect(asked).to_be_focused()
        asked.click()
    expect(page.get_by_text("Perturbation enregistrée")).to_be_visible()


def test_nearby_finds_the_closest_doors_when_allowed(visitor):
    agent = visitor(Role.AGENT, viewport=PHONE, geolocation=HERE, permissions=["geolocation"])
    page = agent.go(NEW)
    asked = []
    page.on("request", lambda request: asked.append(request) if "lieux" in request.url else None)
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.locator("#place-results").get_by_text(re.compile(r"à \d+ m")).first).to_be_visible()
    # Where somebody stands is in no address, which servers write into their logs.
    assert [(request.method, urlsplit(request.url)[2:]) for request in asked] == [
        ("POST", (reverse("incidents:places_near"), "", ""))
    ]
    agent.check()


def test_nearby_refused_says_so_and_leaves_the_search(agent):
    page = agent.go(NEW)
    page.get_by_role("button", name="Autour de moi").click()
    expect(page.get_by_text("Votre position n’a pas été communiquée")).to_be_visible()
    expect(page.get_by_label("Chercher une adresse ou une résidence")).to_be_visible()
    agent.check()


@pytest.mark.parametrize("path", ["/constats/nouveau/", "/perturbations/nouvelle/"])
def test_other_forms_choose_a_place_in_the_same_way(path, visitor):
    page = visitor(Role.AGENT, viewport={"width": 320, "height": 640}).go(path)
    expect(page.locator("[name=place]:checked")).to_have_count(1)
    page.get_by_role("button", name="Changer de lieu").click()
    expect(page.get_by_label("Chercher une adresse ou une résidence")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_what_was_sent_later_wraps_on_a_narrow_phone(visitor):
    agent = visitor(Role.AGENT, viewport={"width": 320, "height": 640})
    page = agent.go(NEW)
    agent.context.set_offline(True)
    page.get_by_text("Toutes les natures").click()
    _type(page, "Violences sur le personnel de proximité ou la police")
    _save(page)
    expect(page.get_by_text("1 fait en attente d’envoi")).to_be_visible()
    agent.context.set_offline(False)
    sent = page.locator("[data-sent] a")
    expect(sent).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    sent.click()
    page.get_by_role("button", name="Annuler cette saisie").click()
    expect(page.get_by_text("Saisie annulée")).to_be_visible()
    agent.wrongs.expect(NO_NETWORK)


def test_taking_back_the_last_that_waits_says_again_that_there_is_no_network(agent):
    page = agent.go(NEW)
    agent.context.set_offline(True)
    banner = page.get_by_text("Hors connexion.")
    expect(banner).to_be_visible()
    _type(page)
    _save(page)
    expect(banner).to_be_hidden()
    page.get_by_text("1 fait en attente d’envoi").click()
    page.get_by_role("button", name="Retirer").click()
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(banner).to_be_visible()
    agent.context.set_offline(False)
    agent.wrongs.expect(NO_NETWORK)


def test_a_place_looked_for_without_network_is_found_when_it_is_back(agent):
    page = agent.go(NEW)
    page.get_by_role("button", name="Changer de lieu").click()
    agent.context.set_offline(True)
    page.get_by_label("Chercher une adresse ou une résidence").fill("embruns")
    unheard = page.get_by_text("Sans réseau, seuls les lieux déjà affichés")
    expect(unheard).to_be_visible()
    agent.context.set_offline(False)
    expect(page.locator("#place-results").get_by_text("Les Embruns").first).to_be_visible()
    expect(unheard).to_be_hidden()
    agent.wrongs.expect(NO_NETWORK)
