"""`make screenshots`: every main page and the note's pages as pictures, under var/screenshots/.

Those the README shows are written to docs/pictures/ as well.
"""

import shutil
from pathlib import Path

import pypdfium2
import pytest

from accounts.enums import Role
from config.database import ROOT
from tests.browser.pages import CIRCLE, PAGES, PUBLIC, First, Where
from tests.browser.wrongs import NO_NETWORK

PICTURES = ROOT / "var" / "screenshots"
SHOWN = ROOT / "docs" / "pictures"
LOOKS = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 800}, "color_scheme": "dark"},
}
_README = {
    ("coordinator", "map", "desk"): "map.png",
    ("lead", "residence", "desk"): "residence.png",
    ("agent", "record", "phone"): "record.png",
}
_SCALE = 1.4
# States worth a look that the matrix of accessible pages does without.
_MORE: dict[Role, dict[str, Where]] = {
    Role.LEAD: {"import": First("/imports/", "main td a"), "guide": "/visite/"},
    Role.ADMIN: {"organisation": First("/organismes/", "main td a"), "accessibility": "/accessibilite/"},
}


@pytest.fixture(scope="module", autouse=True)
def _folders():
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    SHOWN.mkdir(parents=True, exist_ok=True)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ["visitor", *PAGES])
def test_pages(visitor, role, look):
    person = visitor("" if role == "visitor" else role, **LOOKS[look])
    for name, where in (PUBLIC if role == "visitor" else PAGES[role] | _MORE.get(role, {})).items():
        _picture(person, str(role), name, where, look)


@pytest.mark.parametrize("look", LOOKS)
def test_a_preview(visitor, look):
    person = visitor(Role.COORDINATOR, **LOOKS[look])
    person.go(person.find(First(CIRCLE, "a[href$='/publier/']")))
    person.page.get_by_role("button", name="Voir ce qui sera publié").click()
    person.page.get_by_role("heading", name="Ce que la cellule recevra").wait_for()
    person.page.screenshot(path=PICTURES / f"coordinator-preview-{look}.png", full_page=True)


@pytest.mark.parametrize("look", LOOKS)
def test_facts_that_wait(visitor, look):
    person = visitor(Role.AGENT, **LOOKS[look])
    page = person.go("/faits/nouveau/")
    person.context.set_offline(True)
    for name in ("Petits trafics", "Tapages, dont nocturnes"):
        page.locator("#what").get_by_text(name, exact=True).click()
        page.get_by_role("button", name="Enregistrer", exact=True).click()
    page.locator("[data-waiting] summary").click()
    page.screenshot(path=PICTURES / f"agent-offline-{look}.png", full_page=True)
    person.wrongs.expect(NO_NETWORK)


@pytest.mark.parametrize("look", LOOKS)
def test_a_wrong_password(visitor, look):
    person = visitor(**LOOKS[look])
    page = person.go("/connexion/")
    page.get_by_label("Adresse e-mail").fill("personne@demonstration.invalid")
    page.get_by_label("Mot de passe").fill("ce n’est pas lui")
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("alert").or_(page.locator(".alert")).first.wait_for()
    page.screenshot(path=PICTURES / f"visitor-wrong-password-{look}.png", full_page=True)
    person.wrongs.expect(422)


def _picture(person, role, name, where, look) -> None:
    page = person.page
    page.goto(person.server + person.find(where))
    page.wait_for_load_state("networkidle")
    file = PICTURES / f"{role}-{name}-{look}.png"
    page.screenshot(path=file, full_page=True)
    shown = _README.get((role, name, look))
    if shown:
        page.screenshot(path=SHOWN / shown)


def test_the_note(visitor):
    person = visitor(Role.PARTNER)
    page = person.page
    page.goto(f"{person.server}/notes/")
    with page.expect_download() as waiting:
        page.locator("main a[href$='document.pdf']").first.click()
    _pages_of(waiting.value.path())


def _pages_of(document: Path) -> None:
    summaries = 0
    for number, page in enumerate(pypdfium2.PdfDocument(document), start=1):
        picture = page.render(scale=_SCALE).to_pil()
        picture.save(PICTURES / f"note-{number:02}.png")
        text = " ".join(page.get_textpage().get_text_bounded().split())
        if "Niveaux 3 et 4, en fin de mois" in text and "Sommaire" not in text:
            summaries += 1
            picture.save(SHOWN / "note.png")
    assert summaries == 1, "the page of the summary is not told apart"
