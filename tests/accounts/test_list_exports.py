"""Test the export of lists: the rows of the page under its filters and columns, and the journal entry."""

import csv
import io
import json

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.scope import system_scope
from classification.residence.wording import typeset
from core.dates import long_date
from partners.models import PublishedSite
from sites.models import Residence
from tests import factories as f
from tests.sharing import issued_of, journal, publication_of


def read_csv(response) -> list[list[str]]:
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content), delimiter=";"))


@pytest.fixture
def published(world):
    return publication_of(world.a)


def test_a_published_ranking_goes_out_as_it_is_shown(world, published, sign_in):
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[published.pk])
    answer = client.get(url, {"level": 3, "col": ["level", "commune"], "export": "csv"})
    assert "confidentiel-niveaux-" in answer.headers["Content-Disposition"]
    origin = typeset(f"hors campagne, niveaux au {long_date(published.as_of)}")
    assert read_csv(answer) == [
        ["Rang", "Niveau", "Résidence", "Validation", "Commune", "Niveau proposé", "Motif", "Campagne", "Réserve", "Saisie",
         "Niveau avant l’interruption"],
        ["1", "3", "Résidence A", "proposé, non encore décidé", "Partagée", "3", "", origin, "", "", ""],
    ]  # fmt: skip
    assert journal(world.a.partner)[-1][:2] == ("export", "partners.publication")


def test_a_published_ranking_goes_out_as_points(world, published, sign_in):
    with system_scope("seeding"):
        places = PublishedSite.objects.filter(publication=published).values_list("longitude", "latitude")
        expected = sorted(map(list, places))
    url = reverse("partners:publication", args=[published.pk])
    answer = sign_in(world.a.partner).get(url, {"export": "geojson"})
    features = json.loads(b"".join(answer.streaming_content))["features"]
    assert sorted(feature["geometry"]["coordinates"] for feature in features) == expected
    assert {feature["properties"]["bailleur"] for feature in features} == {"Bailleur A"}


def test_a_workbook_holds_numbers_as_numbers(world, published, sign_in):
    url = reverse("partners:publication", args=[published.pk])
    answer = sign_in(world.a.partner).get(url, {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert [row[:3] for row in sheet.iter_rows(values_only=True)] == [
        ("Rang", "Niveau", "Résidence"), (1, 3, "Résidence A"), (2, 1, "Résidence A bis"),
    ]  # fmt: skip


def test_a_control_character_in_a_name_does_not_keep_the_workbook_back(world, sign_in):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(name="Rés\x0bidence")
    answer = sign_in(world.a.lead).get(reverse("classification:export", args=["xlsx"]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert "Résidence" in {cell for row in sheet.iter_rows(values_only=True) for cell in row}


def test_accounts_go_out_as_one_sees_them_and_no_others(world, sign_in):
    rows = read_csv(sign_in(world.a.lead).get(reverse("accounts:users"), {"export": "csv"}))
    assert {row[0] for row in rows[1:]} == {"Agent A", "Référent A"} | {world.dpo.full_name}
    assert not any("<" in cell for row in rows for cell in row)
    assert journal(world.a.lead)[-1][:2] == ("export", "accounts.user")


def test_notes_go_out_without_their_buttons(world, sign_in):
    issued_of(world.a)
    issued_of(world.b)
    rows = read_csv(sign_in(world.a.partner).get(reverse("partners:notes"), {"export": "csv"}))
    assert rows[0] == ["Territoire ou bailleur", "Situation au", "État"]
    assert [row[0].strip() for row in rows[1:]] == ["CLSPD A"]


def test_an_unknown_kind_is_the_page(world, sign_in):
    answer = sign_in(world.a.lead).get(reverse("sites:imports"), {"export": "exe"})
    assert answer.headers["Content-Type"].startswith("text/html")


def test_files_sent_in_go_out_by_name(world, sign_in):
    with system_scope("seeding"):
        lead = f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user
    rows = read_csv(sign_in(lead).get(reverse("sites:imports"), {"export": "csv"}))
    assert rows == [["Fichier", "Contenu", "Envoyé le", "Par", "État"]]
