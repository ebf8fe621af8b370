"""Drafts of forms: nothing typed is lost, nobody else finds it, and what was sent or erased does not come back."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import Role
from demo.accounts import DEMO_PASSWORD
from tests.browser.wrongs import NO_NETWORK

NEW = "/faits/nouveau/"
_COUNT = "Object.keys(localStorage).filter((name) => name.startsWith('palier.draft:')).length"
_REFUSED_STORAGE = """for (const name of ["localStorage", "sessionStorage"]) {
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
}"""


@pytest.fixture
def lead(visitor):
    return visitor(Role.LEAD)


def _reason_page(lead):
    page = lead.go("/faits/")
    links = page.locator("#rows a[href^='/faits/']").evaluate_all("all => all.map((one) => one.pathname)")
    fact = next(link for link in links if re.fullmatch(r"/faits/[\w-]{32}/", link))
    lead.go(f"{fact}annuler/")
    expect(page.get_by_label("Motif")).to_be_visible()
    return page


def test_what_was_typed_is_found_again_in_another_tab_and_erased_when_asked(lead):
    page = _reason_page(lead)
    page.get_by_label("Motif").fill("Doublon du fait")
    page.wait_for_function(_COUNT)
    everything = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert "Doublon" not in page.evaluate(everything)
    tab = lead.context.new_page()
    tab.goto(page.url)
    notice = tab.get_by_text(re.compile(r"Brouillon repris du \d+(er)? \w+ à \d+ h \d\d\."))
    expect(notice).to_be_visible()
    expect(tab.get_by_label("Motif")).to_have_value("Doublon du fait")
    # What the server answers goes before the draft.
    tab.get_by_label("Motif").fill("Vu avec Mme Durand")
    tab.locator("main form[method=post] [type=submit]").last.click()
    expect(tab.get_by_text("À reformuler")).to_be_visible()
    expect(notice).to_be_hidden()
    expect(tab.get_by_label("Motif")).to_have_value("Vu avec Mme Durand")
    tab.goto(page.url)
    expect(tab.get_by_label("Motif")).to_have_value("Vu avec Mme Durand")
    tab.get_by_role("button", name="Effacer le brouillon").click()
    expect(tab.get_by_label("Motif")).to_have_value("")
    expect(notice).to_be_hidden()
    tab.reload()
    expect(tab.get_by_label("Motif")).to_have_value("")
    assert tab.evaluate(_COUNT) == 0
    lead.wrongs.expect(422)


def test_drafts_end_after_a_day_are_twenty_at_most_and_sealed_ones_alone_are_taken(lead):
    page = _reason_page(lead)
    page.get_by_label("Motif").fill("Doublon du fait")
    page.wait_for_function(_COUNT)
    planted = """(day) => {
        const name = Object.keys(localStorage).find((one) =>
            one.startsWith(`palier.draft:${document.body.dataset.person}:`));
        const draft = JSON.parse(localStorage.getItem(name));
        localStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() - day }));
        for (let number = 1; number <= 24; number++)
            localStorage.setItem(`palier.draft:0:/${number}/`, JSON.stringify({ ...draft, at: Date.now() - number * 60_000 }));
        localStorage.setItem("palier.draft:0:/clair/", JSON.stringify({ at: Date.now(), plain: { answers: [] } }));
    }"""
    page.evaluate(planted, 23 * 3600 * 1000)
    page.reload()
    expect(page.get_by_label("Motif")).to_have_value("Doublon du fait")
    # The twenty newest stay, this one among them.
    page.wait_for_function(f"{_COUNT} === 20")
    stored = page.evaluate("Object.keys(localStorage)")
    assert (
        "palier.draft:0:/19/" in stored,
        "palier.draft:0:/20/" in stored,
        "palier.draft:0:/clair/" in stored,
    ) == (
        True,
        False,
        False,
    )
    page.evaluate(planted, 25 * 3600 * 1000)
    page.reload()
    expect(page.get_by_text("Brouillon repris")).to_be_hidden()
    expect(page.get_by_label("Motif")).to_have_value("")
    # Without room nothing is kept, and the form says so with what it sends.
    page.evaluate("""() => {
        localStorage.clear();
        for (let size = 1 << 22; size >= 1; size >>= 1) {
            try {
                for (let number = 0; ; number++) localStorage.setItem(`room${size}.${number}`, "x".repeat(size));
            } catch {}
        }
    }""")
    page.get_by_label("Motif").fill("Erreur d’adresse")
    sent = "new FormData(document.querySelector('main form[method=post]')).get('draft')"
    page.wait_for_function(sent)
    assert re.fullmatch(r"[0-9a-f]{32}", page.evaluate(sent))
    page.evaluate("localStorage.clear()")
    # A form that comes with a part of the page is followed as well.
    page.goto(page.url)
    form = "main form:has([name=reason])"
    page.evaluate(
        f"htmx.ajax('get', location.href, {{target: '{form}', select: '{form}', swap: 'outerHTML'}})"
    )
    expect(page.get_by_label("Motif")).to_have_value("")
    page.get_by_label("Motif").fill("Fait démenti")
    page.wait_for_function(_COUNT)
    page.reload()
    expect(page.get_by_label("Motif")).to_have_value("Fait démenti")
    page.get_by_role("button", name="Effacer le brouillon").click()


def test_a_draft_of_a_former_form_says_that_a_part_has_no_place(lead):
    page = lead.go("/perturbations/nouvelle/")
    page.get_by_label("Quoi ?").select_option("Ascenseur")
    page.get_by_label("Limitée").check()
    page.wait_for_function(_COUNT)
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.querySelector("
        "'main select[name]').querySelector('option:checked ~ option, option').parentElement.replaceChildren())"
    )
    page.reload()
    expect(page.get_by_text("Une partie n’a plus sa place dans ce formulaire.")).to_be_visible()
    expect(page.get_by_label("Limitée")).to_be_checked()
    page.get_by_role("button", name="Effacer le brouillon").click()


def test_a_browser_that_stores_nothing_records_all_the_same(visitor):
    agent = visitor(Role.AGENT, viewport={"width": 390, "height": 780})
    agent.context.add_init_script(_REFUSED_STORAGE)
    page = agent.go(NEW)
    page.locator("#what").get_by_text("Petits trafics", exact=True).click()
    agent.context.set_offline(True)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Ce navigateur ne peut pas garder le fait")).to_be_in_viewport()
    expect(page.locator("[name=fact_type]:checked")).to_have_count(1)
    agent.context.set_offline(False)
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    agent.wrongs.expect(NO_NETWORK)


def test_a_form_of_an_ended_session_is_sent_from_its_page_after_the_login(visitor):
    agent = visitor(Role.AGENT, alone=True, viewport={"width": 390, "height": 780})
    agent.context.add_init_script(_REFUSED_STORAGE)
    page = agent.go("/perturbations/nouvelle/")
    page.get_by_label("Quoi ?").select_option("Ascenseur")
    agent.context.clear_cookies(name="sessionid")
    # As without a script, it does not say who opened it.
    page.evaluate("""() => {
        document.addEventListener("formdata", (event) => event.formData.delete("opened-by"));
        document.querySelector("form.entry").submit();
    }""")
    expect(page.get_by_role("heading", name="Votre session a pris fin")).to_be_visible()
    agent.check()
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.get_by_text("Reconnectez-vous d’abord")).to_be_visible()
    with agent.context.expect_page() as opened:
        page.get_by_role("link", name="Se reconnecter").click()
    tab = opened.value
    tab.get_by_label("Adresse e-mail").fill("agent@demonstration.invalid")
    tab.get_by_label("Mot de passe").fill(DEMO_PASSWORD)
    _log_in(tab)
    # Whoever sends it again is told first in whose name it goes.
    page.get_by_role("button", name="Renvoyer").click()
    expect(page.get_by_text("Ce formulaire partira au nom de")).to_contain_text("Lilas Fictive")
    page.get_by_role("button", name="Renvoyer").click()
    # The form answers with what it lacks, as it was typed.
    expect(page.get_by_label("Quoi ?").locator("option:checked")).to_have_text("Ascenseur")
    agent.wrongs.expect(403, 422)


def _log_in(tab):
    tab.get_by_role("button", name="Se connecter").click()
    tab.wait_for_url(lambda url: "connexion" not in url)
