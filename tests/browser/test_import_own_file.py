"""A file of a landlord's own tool, by mouse alone: columns and words by hand, saved, imported, corrected, undone."""

import os
import re
from pathlib import Path

from playwright.sync_api import expect

from accounts.enums import Role
from tests.browser.keyboard import Keyboard

FACTS = """Main courante 2026
Repère;Ce qui s’est passé;Date du fait;Code résidence;Observations du service
M-1;Tag;02/03/2026;1001;rien à dire
M-2;Casse;03/03/2026;1001;
M-3;Fuite d’eau;03/03/2026;1001;
M-4;Tag;31/02/2026;1001;
"""
_WORK_MS = 30_000


def test_from_an_own_file_to_its_undoing(visitor):
    lead = visitor(Role.LEAD)
    page = _send(lead, FACTS.encode("cp1252"))
    _say_the_columns(lead, page)
    _say_the_words(lead, page)
    first = _import(lead, page, imported=2)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Télécharger les lignes à corriger").click()
    rows = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(";")[2:5] for row in rows[1:]] == [["M-4", "Tag", "31/02/2026"]]
    corrected = "\n".join(rows).replace("31/02/2026", "28/02/2026").encode()
    page = _send(lead, corrected)
    expect(
        page.get_by_text("Colonnes reprises de la correspondance « Main courante du service »")
    ).to_be_visible()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Voir l’aperçu").click()
    second = _import(lead, page, imported=1, seen=True)

    for path in (second, first):
        _undo(lead, path)
    page = lead.go("/imports/correspondances/")
    page.get_by_role("button", name="Supprimer Main courante du service").click()
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("La correspondance est supprimée.")).to_be_visible()


def test_the_columns_are_said_by_keyboard_alone(visitor):
    lead = visitor(Role.LEAD)
    page = _send(lead, "Repère;Nom;Voie;CP\nK1;Essai;1 rue des Essais;00100\n".encode())
    keys = Keyboard(page)
    if page.get_by_label("Repère").count() == 0:
        keys.tab_to(page.locator("main").get_by_role("link", name="Patrimoine", exact=True))
        keys.press("Enter")
        page.get_by_label("Repère").wait_for()
    for title, chosen, field in (
        ("Repère", "Référence de la", "reference"), ("Voie", "Adresse", "address"),
    ):  # fmt: skip
        keys.tab_to(page.get_by_label(title))
        keys.type(chosen)
        expect(page.get_by_label(title)).to_have_value(field)
    keys.tab_to(page.get_by_role("button", name="Continuer"))
    keys.press("Enter")
    expect(page.get_by_text("rien n’est encore enregistré")).to_be_visible(timeout=_WORK_MS)
    keys.tab_to(page.get_by_role("button", name="Abandonner"))


def test_breakdowns_of_a_service_go_in_with_their_own_words(visitor):
    lead = visitor(Role.LEAD)
    rows = "Installation;Gravité;Date de la panne;Code résidence\nAscenseur;P1;02/03/2026;1001\n"
    page = _send(lead, rows.encode())
    page.locator("main").get_by_role("link", name="Perturbations", exact=True).click()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("P1", exact=True).select_option(label="Totale ou durable")
    page.get_by_role("button", name="Voir l’aperçu").click()
    expect(page.get_by_text("rien n’est encore enregistré")).to_be_visible(timeout=_WORK_MS)
    page.get_by_role("button", name="Importer", exact=True).click()
    theirs = page.get_by_role("link", name="Les perturbations de cet import")
    expect(theirs).to_be_visible(timeout=_WORK_MS)
    path = re.sub(r"^https?://[^/]+", "", page.url)
    theirs.click()
    expect(page.get_by_role("cell", name="Ascenseur", exact=True)).to_have_count(1)
    _undo(lead, path)


def _send(lead, content):
    page = lead.go("/imports/nouveau/")
    page.locator("#id_file").set_input_files({"name": "outil.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Étape 1 sur 3")).to_be_visible(timeout=_WORK_MS)
    return page


def _say_the_columns(lead, page) -> None:
    expect(page.get_by_text("Que contient ce fichier ?")).to_be_visible()
    lead.check()
    page.get_by_role("link", name="Faits", exact=True).and_(page.locator("main *")).click()
    page.get_by_label("Repère").select_option(label="Identifiant du fait")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("Dites quelle colonne contient : « Nature du fait ».")).to_be_visible()
    lead.wrongs.expect(422)
    expect(page.get_by_label("Repère")).to_have_value("external_id")
    page.get_by_label("Ce qui s’est passé").select_option(label="Nature du fait")
    page.get_by_label("Enregistrer ces colonnes sous un nom").fill("Main courante du service")
    expect(page.get_by_label("Ce qui s’est passé")).to_have_value("type")
    _picture(page, "columns")
    lead.check()
    page.get_by_role("button", name="Continuer").click()


def _say_the_words(lead, page) -> None:
    expect(page.get_by_label("Tag", exact=True)).to_have_value("TAGS")
    page.get_by_label("Casse", exact=True).select_option(label="Dégradations")
    page.get_by_label("Fuite d’eau", exact=True).select_option(label="Laisser de côté : ce n’est pas un fait")
    expect(page.get_by_label("Fuite d’eau", exact=True)).not_to_have_value("")
    _picture(page, "words")
    lead.check()
    page.get_by_role("button", name="Voir l’aperçu").click()


def _import(lead, page, *, imported: int, seen: bool = False) -> str:
    expect(page.get_by_text("rien n’est encore enregistré")).to_be_visible(timeout=_WORK_MS)
    _look(lead, page, f"preview-{imported}", seen=seen)
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("link", name="Télécharger le rapport")).to_be_visible(timeout=_WORK_MS)
    group = page.locator("section").filter(has=page.get_by_role("heading", name="Lignes importées"))
    expect(group.locator("strong")).to_have_text(str(imported))
    path = re.sub(r"^https?://[^/]+", "", page.url)
    _look(lead, page, f"report-{imported}", seen=seen)
    return path


def _look(lead, page, name: str, *, seen: bool) -> None:
    """Check a page with all that it folds away, unless one like it was seen before."""
    if not seen:
        for summary in page.locator("#import details summary").all():
            summary.click()
        expect(page.locator("#import details:not([open])")).to_have_count(0)
        lead.check()
    _picture(page, name)


def _undo(lead, path: str) -> None:
    page = lead.go(path)
    page.get_by_role("link", name="Annuler l’import").click()
    page.get_by_role("button", name="Annuler tout l’import").click()
    expect(page.get_by_role("heading", name=re.compile("Import annulé le"))).to_be_visible(timeout=_WORK_MS)


def _picture(page, name: str) -> None:
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
        page.set_viewport_size({"width": 390, "height": 844})
        page.screenshot(path=Path(folder) / f"{name}-phone.png", full_page=True)
        page.set_viewport_size({"width": 1280, "height": 800})
