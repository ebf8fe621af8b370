"""The main job, end to end: stock and facts go in, a level and a note come out, in a circle."""

import re

from playwright.sync_api import expect

from accounts.enums import Role

STOCK = """référence;résidence;adresse;code postal;commune;logements;longitude;latitude
ESSAI-1;Le Grand Essai;2 rue du Grand Essai;00100;Brumeval;24;;
ESSAI-1;Le Grand Essai;4 rue du Grand Essai;00100;Brumeval;18;;
;;sans rien;;;;;
"""


def test_from_a_file_to_a_partners_copy(visitor):
    lead = visitor(Role.LEAD)
    _import_stock(lead)
    _place_the_doors(lead)
    _record_a_fact(lead)

    coordinator = visitor(Role.COORDINATOR)
    _see_the_level(coordinator)
    _publish(coordinator)
    _issue_a_note(coordinator)

    partner = visitor(Role.PARTNER)
    _read_what_was_given(partner)
    _download_the_copy(partner)


def _import_stock(lead) -> None:
    page = lead.go("/imports/nouveau/")
    file = {"name": "patrimoine.csv", "mimeType": "text/csv", "buffer": STOCK.encode("cp1252")}
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Ce que dit chaque colonne")).to_be_visible(timeout=20_000)
    lead.check()
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_text("rien n’est encore enregistré")).to_be_visible(timeout=20_000)
    lead.check()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_text("Télécharger le rapport")).to_be_visible(timeout=20_000)
    lead.check()
    page = lead.go("/residences/?q=Grand+Essai")
    expect(page.get_by_role("row", name="Le Grand Essai")).to_contain_text("Niveau 1")


def _place_the_doors(lead) -> None:
    """The file gives no coordinates, and nobody is asked for them in the fiction."""
    page = lead.go("/adresses/a-placer/")
    with page.expect_navigation():
        page.get_by_role("link", name=re.compile("rue du Grand Essai")).first.click()
    for latitude in ("45.0110", "45.0125"):
        page.get_by_label("Longitude").fill("-30.012")
        page.get_by_label("Latitude").fill(latitude)
        with page.expect_navigation():
            page.get_by_role("button", name="Placer ici").click()


def _record_a_fact(lead) -> None:
    page = lead.go("/faits/nouveau/")
    page.get_by_label("Chercher une adresse ou une résidence").press_sequentially("2 rue du Grand Essai")
    page.locator("#place-results").get_by_text("2 rue du Grand Essai").click()
    page.get_by_text("Toutes les natures").click()
    page.locator("#all-types").get_by_text("Présence d’armes").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", name="Fait enregistré")).to_be_visible()
    expect(page.get_by_text("passe du niveau 1 au niveau 3")).to_have_count(2)
    lead.check()


def _see_the_level(coordinator) -> None:
    page = coordinator.go("/carte/")
    expect(page.get_by_text("Le Grand Essai").first).to_be_visible(timeout=10_000)
    page = coordinator.go("/residences/?q=Grand+Essai")
    page.get_by_role("link", name="Le Grand Essai").click()
    expect(page.get_by_role("heading", name="Le Grand Essai")).to_be_visible()
    expect(page.get_by_text(re.compile(r"armes.*niveau\s3")).first).to_be_visible()


def _publish(coordinator) -> None:
    page = coordinator.go("/cellules/")
    page.get_by_role("link", name="Cellule tranquillité de Brumeval").first.click()
    page.get_by_role("link", name="Publier les niveaux").click()
    page.get_by_role("button", name="Voir ce qui sera publié").click()
    expect(page.get_by_role("button", name="Publier à")).to_be_visible()
    coordinator.check()
    page.get_by_role("button", name="Publier à").click()
    page.get_by_role("dialog").get_by_role("button", name="Publier à").click()
    expect(page.get_by_text("Le Grand Essai").first).to_be_visible()


def _issue_a_note(coordinator) -> None:
    page = coordinator.go("/notes/nouvelle/")
    page.get_by_role("button", name="Établir la note").click()
    expect(page.get_by_text("Contenu figé")).to_be_visible(timeout=90_000)
    page.locator("#id_circle").select_option(label="Cellule tranquillité de Brumeval")
    page.get_by_role("button", name="Diffuser").click()
    page.get_by_role("dialog").get_by_role("button", name="Diffuser").click()
    expect(page.get_by_role("heading", name="Exemplaires numérotés")).to_be_visible()
    coordinator.check()


def _read_what_was_given(partner) -> None:
    page = partner.go("/cellules/")
    page.get_by_role("link", name="Carte et classement").click()
    expect(page.get_by_role("link", name="Le Grand Essai")).to_be_visible()
    page.get_by_role("link", name="Le Grand Essai").click()
    expect(page.get_by_role("heading", name="Le Grand Essai")).to_be_visible()
    for closed in ("/faits/", "/residences/", "/carte/"):
        answer = partner.context.request.get(f"{partner.server}{closed}")
        assert answer.status == 403, closed


def _download_the_copy(partner) -> None:
    page = partner.go("/notes/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    content = waiting.value.path().read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) > 20_000
