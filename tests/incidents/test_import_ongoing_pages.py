"""Own files of disruptions and standing observations go in by the pages, their words told by a person."""

import pytest

from accounts.scope import system_scope
from incidents.models import Disruption, StandingObservation
from sites.imports.run import importers
from sites.models import Residence
from tests.flow import Flow
from tests.imports import csv_file

REPAIRS = "Installation;Gravité;Date de la panne;Code résidence"
ROUNDS = "Phénomène;Rythme;Constaté depuis;Code résidence"


@pytest.fixture
def flow(world, sign_in):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    return Flow(sign_in(world.a.lead), world.a.lead, world.a.landlord)


def recorded(model, *fields):
    with system_scope("seeding"):
        return list(model.objects.filter(import_run__isnull=False).order_by("id").values_list(*fields))


def choices(flow):
    """Return the words of the page with their lists: label of the group → word → (name of the list, choice shown)."""
    form = flow.get("words").context["form"]
    return {
        group.label: {word.text: (word.field.html_name, word.field.value()) for word in group.words}
        for group in form.groups()
    }


def test_the_words_of_an_extent_are_told(flow):
    flow.send(
        csv_file(
            REPAIRS,
            "Ascenseur;P1;02/11/2025;1001",
            "Chauffage;Total;03/11/2025;1001",
            "Ascenseur;P9;04/11/2025;1001",
        )
    )
    assert flow.columns("?kind=disruptions").headers["Location"] == flow.url("words")
    found = choices(flow)
    assert {word: shown for word, (_name, shown) in found["Étendue"].items()} == {
        "P1": "", "P9": "", "Total": "total",
    }  # fmt: skip
    flow.words(**{found["Étendue"]["P1"][0]: "limited"})
    assert flow.run.counts == {"imported": {"by_reference": 2}, "rejected": {"unknown_extent": 1}}
    flow.start()
    assert recorded(Disruption, "service", "extent") == [("lift", "limited"), ("heating", "total")]


def test_the_words_of_a_frequency_are_told(flow):
    flow.send(csv_file(ROUNDS, "Tags;Hebdo;02/11/2025;1001", "Rodéos;Quotidienne;03/11/2025;1001"))
    assert flow.columns("?kind=observations").headers["Location"] == flow.url("words")
    found = choices(flow)["Fréquence"]
    assert {word: shown for word, (_name, shown) in found.items()} == {"Hebdo": "", "Quotidienne": "3"}
    flow.words(**{found["Hebdo"][0]: "2"})
    flow.start()
    assert recorded(StandingObservation, "fact_type__code", "frequency") == [("TAGS", 2), ("RODEO", 3)]


def test_a_file_without_the_column_of_an_extent_has_one_for_all_its_rows(flow):
    flow.send(csv_file("Installation;Date de la panne;Code résidence", "Ascenseur;02/11/2025;1001"))
    refused = flow.columns("?kind=disruptions")
    assert refused.status_code == 422
    assert "Dites quelle colonne contient : « Étendue »." in refused.text
    flow.columns("?kind=disruptions", constant_extent="partial")
    flow.start()
    assert recorded(Disruption, "service", "extent") == [("lift", "partial")]


def test_a_file_without_the_column_of_a_frequency_has_one_for_all_its_rows(flow):
    flow.send(csv_file("Phénomène;Constaté depuis;Code résidence", "Tags;02/11/2025;1001"))
    flow.columns("?kind=observations", constant_frequency="1")
    flow.start()
    assert recorded(StandingObservation, "frequency") == [(1,)]


@pytest.mark.parametrize(
    ("kind", "label"),
    [("incidents", "Laisser de côté : ce n’est pas un fait"), ("disruptions", "Laisser ces lignes de côté")],
)
def test_what_is_left_out_is_said_in_the_words_of_its_kind(flow, kind, label):
    header = REPAIRS if kind == "disruptions" else "Type d'incident;Date du fait;Code résidence"
    row = "Soucoupe;totale;02/11/2025;1001" if kind == "disruptions" else "Soucoupe;02/11/2025;1001"
    flow.send(csv_file(header, row))
    flow.columns(f"?kind={kind}")
    [(name, _shown)] = choices(flow)[
        "Nature du fait" if kind == "incidents" else "Service ou équipement"
    ].values()
    assert dict(flow.get("words").context["form"].fields[name].choices)["-"] == label
    flow.words(**{name: "-"})
    assert flow.run.counts == {"rejected": {"type_left_out": 1}}


def test_a_disruption_left_out_is_never_called_no_fact():
    said = {kind: importers()[kind].reasons("type_left_out").label for kind in ("incidents", "disruptions")}
    assert said == {
        "incidents": "n’est pas un fait de tranquillité",
        "disruptions": "laissé de côté par votre choix",
    }
