"""The pages of the grid's versions and of the simulator."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine import services
from classification.grids import exports
from classification.models import GridAdoption, GridVersion
from core.opaque import written
from tests import factories as f
from tests.deciding import decides

SIMULATOR = "/methode/simulateur/"


def words(response) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).replace("\xa0", " ").replace("\u202f", " ").split())


@pytest.fixture
def local(world, reference_written):
    reference = services.default_grid()
    with system_scope("seeding"):
        version = GridVersion.objects.create(
            name="Brumeval 2026",
            cells=reference.cells | {"1.2": [2, "local"]},
            thresholds=reference.thresholds | {"3": [6, 28]},
        )
        GridAdoption.objects.create(territory=world.a.territory, grid_version=version)
    return version


def test_versions_say_who_adopted_them_and_how_far_they_differ(world, sign_in, local):
    said = words(sign_in(world.a.coordinator).get("/methode/grilles/"))
    assert "Brumeval 2026" in said
    assert "2 différences avec la grille par défaut." in said
    assert f"Adoptée par : {world.a.territory.name}" in said


def test_a_version_says_where_its_cells_come_from_and_what_differs(world, sign_in, local):
    said = words(sign_in(world.a.lead).get(reverse("classification:grid_version", args=[local.pk])))
    assert "Gravité faible, faits réguliers Niveau 2 choisi par le territoire" in said
    assert said.count("fixé par l’exemple de l’AORIF") >= 4
    assert "Gravité faible, faits réguliers Niveau 1 Niveau 2" in said
    assert "Seuil des faits quotidiens 8 j. sur 28 6 j. sur 28" in said


def test_a_version_is_compared_with_the_one_that_is_chosen(world, sign_in, local):
    url = reverse("classification:grid_version", args=[services.default_grid().pk])
    page = sign_in(world.a.lead).get(url, {"avec": written("grid", local.pk)})
    assert "Gravité faible, faits réguliers Niveau 2 Niveau 1" in words(page)
    assert sign_in(world.a.lead).get(url, {"avec": "autre"}).status_code == 404


def test_the_address_of_the_page_is_the_grid_that_is_simulated(world, sign_in):
    client = sign_in(world.a.lead)
    assert "Changez une case ou un seuil" in words(client.get(SIMULATOR))
    said = words(client.get(SIMULATOR, {"c23": "4"}))
    assert "Changeraient de niveau : 1 résidence, 1 adresse" in said
    assert "Gravité moyenne, faits quotidiens : 4 au lieu de 3" in said
    assert "Petits trafics (gravité 2) : quotidiens → niveau 4 au lieu de 3" in said
    assert "1 rue A" in words(client.get(SIMULATOR, {"c23": "4", "lieux": "adresses"}))


def test_a_version_can_be_simulated_before_it_is_adopted(world, sign_in, local):
    client = sign_in(world.a.lead)
    said = words(client.get(SIMULATOR, {"grille": written("grid", local.pk)}))
    assert "À partir de la grille Brumeval 2026." in said
    assert client.get(SIMULATOR, {"grille": "autre"}).status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"c23": "1"},
            "Le niveau baisse de 2 (gravité moyenne, faits réguliers) à 1 (gravité moyenne, faits quotidiens)",
        ),
        (
            {"c13": "4"},
            "Le niveau baisse de 4 (gravité faible, faits quotidiens) à 3 (gravité moyenne, faits quotidiens)",
        ),
        ({"o3": "30"}, "Faits quotidiens : 30 jours ne tiennent pas dans 28."),
        (
            {"w3": "91"},
            "La période des faits quotidiens (91 jours) doit être plus courte que celle des faits réguliers (91 jours).",
        ),
        ({"w1": "366"}, "Sur combien de jours, faits ponctuels"),
        ({"c11": "5"}, "Gravité faible, faits ponctuels"),
    ],
)
def test_a_grid_that_cannot_hold_is_refused_with_what_is_wrong(world, sign_in, query, sentence):
    page = sign_in(world.a.lead).get(SIMULATOR, query)
    assert page.status_code == 200
    said = words(page)
    assert "Cette grille ne peut pas être simulée." in said
    assert sentence in said.split("Cette grille ne peut pas être simulée.")[1]
    assert "Changeraient" not in said.split("Cette grille ne peut pas être simulée.")[1]


def test_a_decision_that_would_lapse_is_told(world, sign_in):
    decides(world.a.lead, world.a.residence, 3, "")
    said = words(sign_in(world.a.lead).get(SIMULATOR, {"c23": "4"}))
    assert "1 décision de bailleur deviendrait caduque : le niveau sur lequel elle porte changerait." in said
    assert "à décider de nouveau" in said


def test_htmx_gets_what_moves_alone(world, sign_in):
    client = sign_in(world.a.lead)
    page = client.get(SIMULATOR, {"c23": "4"}, headers={"HX-Request": "true", "HX-Target": "simulated"})
    assert "<form" not in page.content.decode()
    assert "Changeraient de niveau : 1 résidence" in words(page)


def journal(organisation, action):
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=organisation, role=Role.DPO).user
    with acting_as(officer):
        return list(AuditEntry.objects.filter(action=action, object_type="classification.simulator"))


def test_what_a_coordinator_simulates_is_in_the_landlords_journal_and_in_no_others(world, sign_in):
    sign_in(world.a.coordinator).get(SIMULATOR, {"c23": "4"})
    assert len(journal(world.a.landlord, "read")) == 1
    assert journal(world.b.landlord, "read") == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_would_move_is_exported_with_its_reason_and_journalled(world, sign_in, kind):
    response = sign_in(world.a.coordinator).get(f"/methode/simulateur/export.{kind}", {"c23": "4"})
    content = b"".join(response.streaming_content)
    if kind == "csv":
        header, row = content.decode("utf-8-sig").replace("\xa0", " ").splitlines()
        assert header.startswith("Résidence;Adresse;Bailleur;Commune")
        assert row.startswith("Résidence A;;Bailleur A;Partagée;")
        assert ";3;4;;Petits trafics (gravité 2)" in row
    # How many rows there are of all landlords together is not told to each of them.
    for organisation, rows in ((world.a.town, 1), (world.a.landlord, None)):
        [entry] = journal(organisation, "export")
        assert (entry.detail["format"], entry.detail.get("rows")) == (kind, rows)


def test_more_places_than_a_file_explains_are_refused(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "MOST", 0)
    response = sign_in(world.a.lead).get("/methode/simulateur/export.csv", {"c23": "4"}, follow=True)
    assert "Trop de lieux pour un fichier" in words(response)
    assert response.redirect_chain[-1][0] == f"{SIMULATOR}?c23=4"


def test_a_refused_grid_gives_no_file(world, sign_in):
    response = sign_in(world.a.lead).get("/methode/simulateur/export.csv", {"c23": "1"})
    assert (response.status_code, response["Location"]) == (302, f"{SIMULATOR}?c23=1")


def test_many_places_take_the_queries_of_few(world, sign_in):
    client = sign_in(world.a.lead)
    asked = dict.fromkeys(["c11", "c12", "c13", "c21", "c22", "c23", "c31", "c32"], "4") | {
        "c41": "4",
        "c33": "4",
    }

    def queries():
        with CaptureQueriesContext(connection) as taken:
            page = client.get(SIMULATOR, asked)
        return len(taken), words(page)

    queries()
    few, said = queries()
    assert "Changeraient de niveau : 2 résidences" in said
    with system_scope("seeding"):
        for _n in range(28):
            f.IncidentFactory(
                address=f.AddressFactory(
                    residence__landlord=world.a.landlord, residence__commune=world.commune
                )
            )
        services.evaluate()
    many, said = queries()
    assert "Changeraient de niveau : 30 résidences" in said
    assert "Page 1 sur 2" in said
    assert many == few


def test_the_method_page_leads_to_each_contestable_cell(world, sign_in):
    page = sign_in(world.a.lead).get("/methode/").content.decode()
    for query in ("c12=2", "c21=2", "c33=3"):
        assert f'href="{SIMULATOR}?{query}"' in page
    assert SIMULATOR not in sign_in(world.a.agent).get("/methode/").content.decode()
    assert "/methode/grilles/" in sign_in(world.a.partner).get("/methode/").content.decode()
