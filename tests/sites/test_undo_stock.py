"""An import of stock is undone whole: tables and levels are as before; what was used or changed since stays."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, Organisation
from accounts.scope import acting_as, system_scope
from core.jobs import JobState
from core.versions import version_of
from sites.enums import GeocodingState
from sites.imports.undo import services, tasks
from sites.models import Address, ImportChange, ImportRun, Residence
from sites.upkeep import moving
from sites.upkeep import services as upkeep
from sites.upkeep.acts import state_of_residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead, import_as_operator, plant_communes
from tests.undoing import contents, undo_as_lead, undo_as_operator

HEADER = "bailleur;référence;résidence;adresse;code postal;commune;logements;longitude;latitude"
FIRST = "B;U1;Un;1 rue des Essais;75012;Paris;10;2.39;48.83"


@pytest.fixture(autouse=True)
def _communes(db):
    plant_communes()


ANSWERS = {"dwellings_differ": "take", "dwellings_of_rows": "highest"}


def stock(world, *rows, **answers):
    content = csv_file(HEADER, *(row.replace("B;", ";", 1) for row in rows))
    return import_as_lead(content, world.a.lead, world.a.landlord, answers=ANSWERS | answers)


def undo(world, result):
    return undo_as_lead(result.run, world.a.lead)


def labels():
    with system_scope("seeding"):
        return sorted(Address.objects.filter(commune__code="75112").values_list("label", flat=True))


def test_after_the_undoing_every_table_is_as_before_and_so_are_the_levels(world):
    stock(world, FIRST)
    before = contents()
    result = stock(
        world,
        "B;U1;Un;1 rue des Essais;75012;Paris;30;2.40;48.84",
        "B;U1;Un;3 rue des Essais;75012;Paris;7;2.41;48.83",
        "B;U2;Deux;5 rue des Essais;75012;Paris;8;2.41;48.83",
    )
    assert contents() != before
    counts = undo(world, result)
    assert counts == {
        "removed": {"sites_address": 2, "sites_residence": 1},
        "restored": {"sites_address": 1, "sites_residence": 1},
    }
    assert contents() == before
    with system_scope("seeding"):
        assert not ImportChange.objects.filter(run=result.run).exists()


def test_an_operators_undoing_takes_back_landlords_and_their_other_names():
    first = FIRST.replace("B;", "Bailleur Un;", 1)
    import_as_operator(csv_file(HEADER, first), "generic")
    before = contents()
    result = import_as_operator(
        csv_file(
            HEADER, first.replace("Un", "BAILLEUR-UN", 1), "Autre;U1;X;9 rue des Essais;75012;Paris;3;;"
        ),
        "generic",
    )
    with system_scope("seeding"):
        assert Organisation.objects.filter(name="Autre").exists()
    undo_as_operator(result.run)
    assert contents() == before


def test_a_residence_with_a_fact_stays_with_all_its_addresses_and_is_told(world):
    result = stock(
        world, FIRST, "B;U1;Un;3 rue des Essais;75012;Paris;7;;", "B;U2;Deux;5 rue des Essais;75012;Paris;8;;"
    )
    with system_scope("seeding"):
        f.IncidentFactory(address=Address.objects.get(label="3 rue des Essais"))
    counts = undo(world, result)
    assert counts == {
        "removed": {"sites_address": 1, "sites_residence": 1},
        "used": {"sites_address": 2, "sites_residence": 1},
    }
    assert labels() == ["1 rue des Essais", "3 rue des Essais"]


def test_what_a_split_held_goes_once_the_split_is_undone(world, sign_in):
    stock(world, FIRST)
    before = contents()
    result = stock(
        world,
        FIRST.replace(";10;", ";30;"),
        "B;U2;Deux;5 rue des Essais;75012;Paris;8;;",
        "B;U2;Deux;7 rue des Essais;75012;Paris;4;;",
    )
    with acting_as(world.a.lead) as lead:
        held = Residence.objects.get(reference="U2")
        split = moving.split_residence(
            lead, residence=held, addresses=[Address.objects.get(label="7 rue des Essais")], name="Moitié",
            reference="U3", version=version_of(held, state_of_residence(held)),
        )  # fmt: skip
    assert undo(world, result) == {
        "changed": {"sites_address": 1, "sites_residence": 1},
        "restored": {"sites_address": 1, "sites_residence": 1},
        "used": {"sites_address": 1},
    }
    with acting_as(world.a.lead) as lead:
        assert upkeep.undo(lead, change=split) == 0
    again = sign_in(world.a.lead).get(reverse("sites:import_undo", args=[result.run.pk]))
    assert told(again) == {"Résidences": [1, 0, 0, 0], "Adresses": [2, 0, 0, 0]}
    assert ("Annuler le reste<" in again.text, "rien ne peut en être annulé" in again.text) == (True, False)
    assert undo(world, result) == {"removed": {"sites_address": 2, "sites_residence": 1}}
    assert contents() == before
    with system_scope("seeding"):
        run = ImportRun.objects.get(pk=result.run.pk)
        assert not run.changes.exists()
    assert run.undone == {
        "removed": {"sites_address": 2, "sites_residence": 1},
        "restored": {"sites_address": 1, "sites_residence": 1},
    }
    with acting_as(world.a.lead) as scope:
        assert not services.ask(scope, run, then=tasks.undo_import)


def test_what_somebody_changed_since_stays_as_they_left_it(world):
    stock(world, FIRST)
    result = stock(world, FIRST.replace(";10;", ";30;"), "B;U2;Deux;5 rue des Essais;75012;Paris;8;;")
    with system_scope("seeding"):
        Address.objects.filter(label="1 rue des Essais").update(dwellings=31)
        Residence.objects.filter(reference="U2").update(name="Renommée")
    counts = undo(world, result)
    assert counts == {
        "changed": {"sites_address": 1, "sites_residence": 1},
        "restored": {"sites_residence": 1},
        "used": {"sites_address": 1},
    }
    with system_scope("seeding"):
        assert Address.objects.get(label="1 rue des Essais").dwellings == 31
        assert Residence.objects.get(reference="U2").name == "Renommée"


def test_a_point_found_by_the_geocoder_is_no_change_but_one_placed_by_hand_is(world):
    result = stock(
        world, "B;U1;Un;1 rue des Essais;75012;Paris;10;;", "B;U2;Deux;5 rue des Essais;75012;Paris;8;;"
    )
    with system_scope("seeding"):
        for label, state in (
            ("1 rue des Essais", GeocodingState.FOUND),
            ("5 rue des Essais", GeocodingState.PLACED),
        ):
            Address.objects.filter(label=label).update(longitude=2.4, latitude=48.8, geocoding=state)
    undo(world, result)
    assert labels() == ["5 rue des Essais"]


def test_a_residence_changed_since_loses_the_dwellings_of_the_addresses_that_go(world):
    stock(world, FIRST)
    result = stock(world, FIRST, "B;U1;Un;3 rue des Essais;75012;Paris;7;;")
    stock(world, FIRST, "B;U1;Un;5 rue des Essais;75012;Paris;4;;")
    undo(world, result)
    assert labels() == ["1 rue des Essais", "5 rue des Essais"]
    with system_scope("seeding"):
        assert Residence.objects.get(reference="U1", landlord=world.a.landlord).dwellings == 14


def test_an_import_that_another_followed_is_undone_without_touching_the_others_addresses(world):
    first, second = stock(world, FIRST), stock(world, "B;U1;Un;3 rue des Essais;75012;Paris;7;;")
    assert undo(world, first)["used"] == {"sites_address": 1}
    assert labels() == ["1 rue des Essais", "3 rue des Essais"]
    undo(world, second)
    assert labels() == ["1 rue des Essais"]


def test_writes_outside_an_import_are_not_noted(world):
    stock(world, FIRST)
    with system_scope("seeding"):
        noted = ImportChange.objects.count()
        Residence.objects.filter(reference="U1").update(name="Autre")
        f.AddressFactory(residence__landlord=world.a.landlord)
        assert ImportChange.objects.count() == noted


def test_another_landlords_lead_sees_nothing_of_what_an_import_wrote(world):
    result = stock(world, FIRST)
    with acting_as(world.a.lead):
        assert ImportChange.objects.filter(run=result.run).count() == 2
    for person in (world.b.lead, world.a.agent, world.a.coordinator, world.admin):
        with acting_as(person):
            assert not ImportChange.objects.exists()


def test_the_page_says_what_will_go_and_the_report_what_went(
    world, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    result = stock(world, FIRST, "B;U2;Deux;5 rue des Essais;75012;Paris;8;;")
    with system_scope("seeding"):
        f.IncidentFactory(address=Address.objects.get(label="5 rue des Essais"))
    lead, detail = sign_in(world.a.lead), reverse("sites:import_detail", args=[result.run.pk])
    undoing = reverse("sites:import_undo", args=[result.run.pk])
    assert undoing in lead.get(detail).content.decode()
    assert told(lead.get(undoing)) == {"Résidences": [1, 0, 1, 0], "Adresses": [1, 0, 1, 0]}
    queued = []
    monkeypatch.setattr(tasks.undo_import, "apply_async", lambda ids, **_: queued.append(tuple(ids)))
    with django_capture_on_commit_callbacks(execute=True):
        assert lead.post(undoing).headers["Location"] == detail
    assert queued == [(result.run.pk, world.a.lead.pk)]
    assert "En attente de son tour" in lead.get(detail).content.decode()
    # A second request while it waits does nothing.
    assert lead.post(undoing).headers["Location"] == detail
    with acting_as(world.a.lead) as scope:
        services.perform(scope, ImportRun.objects.get(pk=result.run.pk), tell=lambda share: None)
    page = lead.get(detail)
    assert "Import annulé le" in page.content.decode()
    assert told(page) == {"Résidences": [1, 0, 1, 0], "Adresses": [1, 0, 1, 0]}
    # What was used may be undone once it no longer is.
    assert [words in page.content.decode() for words in ("Annuler le reste…", "Annuler l’import…")] == [
        True,
        False,
    ]
    again = lead.get(undoing)
    assert told(again) == {"Résidences": [0, 0, 1, 0], "Adresses": [0, 0, 1, 0]}
    assert ("rien ne peut en être annulé" in again.text, "Annuler le reste<" in again.text) == (True, False)
    assert ">annulé<" in lead.get(reverse("sites:imports")).content.decode()
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="sites.importrun", action="cancel").order_by("id")
        assert [entry.detail for entry in entries] == [
            {"asked": True},
            {
                "undone": {
                    "removed": {"sites_address": 1, "sites_residence": 1},
                    "used": {"sites_address": 1, "sites_residence": 1},
                }
            },
        ]


def told(answer):
    """Return the rows of the table of an undoing: name → removed, restored, used, changed."""
    return {line.label.capitalize(): list(line[1:]) for line in answer.context["lines"]}


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.FAILED])
def test_only_an_import_that_is_done_is_undone(world, state):
    result = stock(world, FIRST)
    with acting_as(world.a.lead) as scope:
        ImportRun.objects.update(state=state)
        run = ImportRun.objects.get(pk=result.run.pk)
        assert not services.ask(scope, run, then=tasks.undo_import)
    assert labels() == ["1 rue des Essais"]


def test_an_undoing_that_failed_changes_nothing_and_may_be_asked_again(world, monkeypatch):
    result = stock(world, FIRST)
    before = contents()

    def broken(*_args, **_options):
        raise ZeroDivisionError

    monkeypatch.setattr("sites.imports.undo.places.places_changed", broken)
    with pytest.raises(ZeroDivisionError):
        undo(world, result)
    assert contents() == before
    monkeypatch.undo()
    undo(world, result)
    assert labels() == []
