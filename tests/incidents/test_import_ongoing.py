"""Disruptions and standing observations are imported like facts, asked about where they differ, and undone."""

import datetime as dt
import gzip

import pytest
import time_machine

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from core.versions import version_of
from incidents.history import changes
from incidents.imports.ongoing.disruptions import propose
from incidents.models import Confirmation, Disruption, LegalHold, StandingObservation
from incidents.ongoing.correcting import cancel, correct
from incidents.ongoing.states import STATED, state_of
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Commune, ImportRun, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead, preview_as_lead
from tests.undoing import contents, undo_as_lead

DISRUPTIONS = (
    "service ou équipement;étendue;depuis le;jusqu’au;chaque jour;référence résidence;adresse;code postal"
)
WITH_HOURS = "service ou équipement;étendue;horaires impossibles;depuis le;référence résidence"
OBSERVATIONS = "nature;fréquence;depuis le;terminé le;confirmé le;référence résidence;adresse;code postal"
LIFT = "Ascenseur;Totale ou durable;02/11/2026;;non;1001;;"
NOISE = "Tapages, dont nocturnes;quotidiens;02/11/2026;;;1001;;"
TODAY = dt.date(2026, 11, 26)
NEW = [("imported", "by_reference")]
SAME = [("unchanged", "already_recorded")]


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def lead(world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
        Residence.objects.filter(pk=world.a.other.pk).update(reference="1002")
        Commune.objects.filter(pk=world.a.residence.commune_id).update(postcodes=["01400"])
    with system_scope("evaluation"):
        # The levels of the world are of the real day.
        evaluate()
    return world.a.lead


@pytest.fixture
def send(world, lead):
    def run(header, *rows, how=import_as_lead, **options):
        kind = ImportKind.DISRUPTIONS if "étendue" in header else ImportKind.OBSERVATIONS
        return how(csv_file(header, *rows), lead, world.a.landlord, kind=kind, **options)

    return run


def told(model, run, *fields):
    with system_scope("seeding"):
        return list(model.objects.filter(import_run=run).order_by("id").values_list(*fields))


def test_a_disruption_is_recorded_as_the_form_would(send, world):
    done = send(DISRUPTIONS, "Éclairage;partielle;3/11/2026;2026-11-03;oui;;1 rue A;01400")
    assert done.verdicts == [("imported", "by_address")]
    fields = ("service", "extent", "starts_on", "ends_on", "recurs_daily", "address_id", "created_by_id")
    day = dt.date(2026, 11, 3)
    assert told(Disruption, done.run, *fields) == [
        ("lighting", "partial", day, day, True, world.a.address.pk, world.a.lead.pk)
    ]


@pytest.mark.parametrize(
    "written", ["17:00–22:30", "de 17 h à 22 h 30", "17h-22h30", "from 17:00 to 22:30", "17 H - 22 H 30"]
)
def test_an_impossible_presence_comes_with_its_hours(send, written):
    row = f"Présence du personnel;Présence rendue impossible sur certains horaires;{written};3/11/2026;1001"
    done = send(WITH_HOURS, row)
    assert done.verdicts == NEW
    fields = ("service", "extent", "hours_from", "hours_until", "former_rule")
    assert told(Disruption, done.run, *fields) == [
        ("staff_presence", "impossible", dt.time(17), dt.time(22, 30), False)
    ]


def test_hours_of_another_extent_are_left_aside_and_said(send):
    done = send(WITH_HOURS, "Présence du personnel;limitée;14:00–17:00;3/11/2026;1001")
    assert (done.verdicts, done.remarks) == (NEW, {"hours_unused": 1})
    assert told(Disruption, done.run, "extent", "hours_from") == [("limited", None)]


def test_a_file_without_hours_takes_an_impossible_presence_back(send):
    send(WITH_HOURS, "Présence du personnel;impossible;17:00–22:00;3/11/2026;1001")
    header = "service ou équipement;étendue;depuis le;référence résidence"
    row = "Présence du personnel;limitée;3/11/2026;1001"
    done = send(header, row, answers={"record_differs": "take"})
    assert done.verdicts == [("imported", "record_updated")]
    with system_scope("seeding"):
        [made] = Disruption.objects.filter(service="staff_presence").values_list("extent", "hours_from")
    assert made == ("limited", None)


def test_an_observation_is_recorded_and_confirmed(send, world):
    rows = [
        NOISE,
        "Tags;régulières;2026-01-05;2026-06-30;;1002;toute la résidence;",
        "Dégradations;3;2026-01-05;;2026-03-01;1001;1 rue A;",
    ]
    done = send(OBSERVATIONS, *rows)
    assert done.counts == {"imported": {"by_reference": 3}}
    fields = ("frequency", "address_id", "confirmations__day", "confirmations__confirmed_by_id")
    assert told(StandingObservation, done.run, *fields) == [
        (3, world.a.address.pk, TODAY, world.a.lead.pk),
        (2, None, dt.date(2026, 6, 30), world.a.lead.pk),
        (3, world.a.address.pk, dt.date(2026, 3, 1), world.a.lead.pk),
    ]


@pytest.mark.parametrize(
    ("header", "row", "reason"),
    [
        (DISRUPTIONS, "Soucoupe;totale;02/11/2026;;;1001;;", "unknown_service"),
        (WITH_HOURS, "Présence du personnel;Présence rendue impossible;;02/11/2026;1001", "no_hours"),
        (WITH_HOURS, "Présence du personnel;impossible;le soir;02/11/2026;1001", "no_hours"),
        (WITH_HOURS, "Présence du personnel;impossible;8h-8h;02/11/2026;1001", "no_hours"),
        (WITH_HOURS, "Ascenseur;impossible;17:00–22:00;02/11/2026;1001", "not_presence"),
        (DISRUPTIONS, "Présence du personnel;impossible;02/11/2026;;;1001;;", "no_hours"),
        (DISRUPTIONS, "Ascenseur;;02/11/2026;;;1001;;", "unknown_extent"),
        (DISRUPTIONS, "Ascenseur;totale;27/11/2026;;;1001;;", "future_date"),
        (DISRUPTIONS, "Ascenseur;totale;02/11/2026;27/11/2026;;1001;;", "future_date"),
        (DISRUPTIONS, "Ascenseur;totale;02/11/1999;;;1001;;", "too_old"),
        (DISRUPTIONS, "Ascenseur;totale;02/11/2026;01/11/2026;;1001;;", "bad_span"),
        (DISRUPTIONS, "Ascenseur;totale;bientôt;;;1001;;", "bad_date"),
        (DISRUPTIONS, "Ascenseur;totale;02/11/2026;;;9999;;", "unknown_reference"),
        (DISRUPTIONS, "Ascenseur;totale;02/11/2026;;;;;", "no_place"),
        (DISRUPTIONS, "M. Jean Dupont 06 12 34 56 78;totale;02/11/2026;;;1001;;", "speaks_of_people"),
        (OBSERVATIONS, "Soucoupes;quotidiens;02/11/2026;;;1001;;", "unknown_type"),
        (OBSERVATIONS, "Tags;parfois;02/11/2026;;;1001;;", "unknown_frequency"),
        (OBSERVATIONS, "Tags;quotidiens;02/11/2026;;01/11/2026;1001;;", "confirmed_outside"),
        (OBSERVATIONS, "Tags;quotidiens;02/11/2026;10/11/2026;11/11/2026;1001;;", "confirmed_outside"),
        (OBSERVATIONS, "Tags;quotidiens;02/11/2026;;27/11/2026;1001;;", "future_date"),
        (OBSERVATIONS, "Tags;quotidiens;02/11/2026;;hier;1001;;", "bad_date"),
    ],
)
def test_what_the_form_refuses_the_file_refuses(send, header, row, reason):
    before = contents()
    done = send(header, row)
    assert done.verdicts == [("rejected", reason)]
    assert "Dupont" not in str(done.lines)
    assert contents() == before


@pytest.mark.parametrize(("header", "row"), [(DISRUPTIONS, LIFT), (OBSERVATIONS, NOISE)])
def test_the_same_row_again_changes_nothing(send, header, row):
    assert send(header, row).verdicts == NEW
    before = contents()
    assert send(header, row.replace("02/11/2026", "2026-11-02")).verdicts == SAME
    assert contents() == before


@pytest.mark.parametrize(
    ("header", "rows", "answer", "verdicts"),
    [
        (DISRUPTIONS, (LIFT, LIFT), None, [NEW[0], ("merged", "same_row")]),
        (DISRUPTIONS, (LIFT, LIFT.replace("Totale ou durable", "Limitée")), None, [("asked", "row_twice")] * 2),
        (
            DISRUPTIONS, (LIFT, LIFT.replace("Totale ou durable", "Limitée")), "last", [("merged", "same_row"), *NEW],
        ),
        (OBSERVATIONS, (NOISE, NOISE.replace("quotidiens", "réguliers")), None, [("asked", "row_twice")] * 2),
    ],
)  # fmt: skip
def test_rows_of_one_meaning_are_one_record(send, header, rows, answer, verdicts):
    assert send(header, *rows, answers=answer and {"row_twice": answer}).verdicts == verdicts


def test_a_disruption_that_ended_since_is_a_difference_taken_or_refused(send, world):
    first = send(DISRUPTIONS, LIFT)
    ended = LIFT.replace("02/11/2026;", "02/11/2026;20/11/2026")
    asked = send(DISRUPTIONS, ended, how=preview_as_lead)
    assert asked.verdicts == [("asked", "record_differs")]
    assert asked.run.questions[0]["examples"][0]["known"].count(" · ") == 3
    assert send(DISRUPTIONS, ended).verdicts == [("asked", "record_differs")]
    kept = send(DISRUPTIONS, ended, answers={"record_differs": "keep"})
    assert kept.verdicts == [("unchanged", "record_kept")]
    assert told(Disruption, first.run, "ends_on") == [(None,)]
    before = contents()
    taken = send(DISRUPTIONS, ended, answers={"record_differs": "take"})
    assert taken.verdicts == [("imported", "record_updated")]
    assert told(Disruption, first.run, "ends_on") == [(dt.date(2026, 11, 20),)]
    with acting_as(world.a.lead):
        assert AuditEntry.objects.filter(action="update").latest("id").detail == {"records": 1}
    assert undo_as_lead(taken.run, world.a.lead) == {"restored": {"incidents_disruption": 1}}
    assert contents() == before


def test_a_later_confirmation_is_a_difference_and_is_undone_alone(send, world):
    first = send(OBSERVATIONS, NOISE.replace(";;;1001", ";;05/11/2026;1001"))
    before = contents()
    again = send(
        OBSERVATIONS, NOISE.replace(";;;1001", ";;20/11/2026;1001"), answers={"record_differs": "take"}
    )
    assert again.verdicts == [("imported", "record_updated")]
    days = [(dt.date(2026, 11, day),) for day in (5, 20)]
    assert told(StandingObservation, first.run, "confirmations__day") == days
    assert undo_as_lead(again.run, world.a.lead) == {"removed": {"incidents_confirmation": 1}}
    assert contents() == before


@pytest.mark.parametrize(("header", "row"), [(DISRUPTIONS, LIFT), (OBSERVATIONS, NOISE)])
def test_a_whole_import_can_be_taken_back(send, world, header, row):
    before = contents()
    done = send(header, row, row.replace("1001", "1002"))
    assert contents() != before
    removed = undo_as_lead(done.run, world.a.lead)["removed"]
    assert set(removed.values()) == {2}
    assert contents() == before


@pytest.mark.parametrize(
    ("header", "row", "name", "table"),
    [
        (DISRUPTIONS, LIFT, "disruption", "incidents_disruption"),
        (OBSERVATIONS, NOISE, "observation", "incidents_standingobservation"),
    ],
)
def test_what_is_held_since_stays(send, world, header, row, name, table):
    done = send(header, row, row.replace("1001", "1002"))
    model = {"disruption": Disruption, "observation": StandingObservation}[name]
    with system_scope("seeding"):
        held = model.objects.filter(import_run=done.run).first()
        LegalHold.objects.create(**{name: held}, landlord=world.a.landlord, reason="Procédure")
    undone = undo_as_lead(done.run, world.a.lead)
    assert (undone["used"][table], undone["removed"][table]) == (1, 1)
    with system_scope("seeding"):
        assert list(model.objects.filter(import_run=done.run)) == [held]


def test_what_somebody_confirmed_since_stays(send, world):
    done = send(OBSERVATIONS, NOISE.replace(";;;1001", ";;05/11/2026;1001"))
    with system_scope("seeding"):
        made = StandingObservation.objects.get(import_run=done.run)
        f.ConfirmationFactory(observation=made, day=TODAY)
    assert undo_as_lead(done.run, world.a.lead) == {
        "used": {"incidents_standingobservation": 1, "incidents_confirmation": 1}
    }
    with system_scope("seeding"):
        assert Confirmation.objects.filter(observation=made).count() == 2


def test_an_imported_observation_counts_at_once(send, world):
    def facts_level():
        with system_scope("seeding"):
            return SiteLevel.objects.get(residence=world.a.other, address=None).level

    before = facts_level()
    send(OBSERVATIONS, "Port d'arme;quotidiens;2026-01-01;;;1002;;".replace("Port d'arme", "WEAPONS"))
    assert facts_level() > before


def test_nothing_of_another_landlord_is_found_or_changed(send, world):
    before = contents()
    with system_scope("seeding"):
        reference = world.b.residence.reference
    assert send(DISRUPTIONS, LIFT.replace("1001", reference)).verdicts == [("rejected", "unknown_reference")]
    assert contents() == before


def test_a_file_whose_month_comes_first_is_asked_about(send):
    row = LIFT.replace("02/11/2026", "11/18/2026")
    assert send(DISRUPTIONS, row).verdicts == [("asked", "day_order")]
    assert send(DISRUPTIONS, row, answers={"day_order": "month"}).verdicts == NEW


def test_words_of_landlords_tools_are_proposed_a_service():
    words = ["Panne d’ascenseur", "CHAUFFAGE collectif", "Zèbre", "Parking et éclairage"]
    assert propose(words) == {"Panne d’ascenseur": "lift", "CHAUFFAGE collectif": "heating"}


@pytest.mark.parametrize(("header", "row"), [(DISRUPTIONS, LIFT), (OBSERVATIONS, NOISE)])
def test_a_row_of_a_cancelled_record_is_told_and_not_recorded_anew(send, world, header, row):
    model = Disruption if header == DISRUPTIONS else StandingObservation
    send(header, row)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=model.objects.get(import_run__isnull=False), reason="Erreur d’adresse")
    again = send(header, row)
    assert (again.verdicts, told(model, again.run, "pk")) == ([("unchanged", "cancelled_since")], [])


@pytest.mark.parametrize(
    ("header", "row", "other"),
    [(DISRUPTIONS, LIFT, {"service": "lighting"}), (OBSERVATIONS, NOISE, {"since": dt.date(2026, 10, 1)})],
)
def test_a_row_of_a_corrected_record_is_told_and_not_recorded_anew(send, world, header, row, other):
    model = Disruption if header == DISRUPTIONS else StandingObservation
    send(header, row)
    with acting_as(world.a.lead) as scope:
        record = model.objects.get(import_run__isnull=False)
        stated = {name: getattr(record, name) for name in STATED[model]} | other
        correct(
            scope=scope,
            record=record,
            place=record.place,
            version=version_of(record, state_of(record)),
            **stated,
        )
    again = send(header, row)
    assert (again.verdicts, told(model, again.run, "pk")) == ([("unchanged", "corrected_since")], [])


def test_where_one_of_two_alike_is_cancelled_the_other_is_meant(send, world):
    send(DISRUPTIONS, LIFT)
    with acting_as(world.a.lead) as scope:
        other = Disruption.objects.get(import_run__isnull=False)
        other.pk, other.opaque_id, other.import_run = None, None, None
        other.opaque_id = "00000000-0000-4000-8000-00000000000a"
        other.save()
        cancel(scope=scope, record=other, reason="Doublon")
    assert send(DISRUPTIONS, LIFT).verdicts == SAME


def test_a_difference_taken_over_is_in_the_history_and_leaves_none_once_undone(send, world):
    send(DISRUPTIONS, LIFT)
    before = contents()
    again = send(DISRUPTIONS, LIFT.replace(";;non", ";20/11/2026;non"), answers={"record_differs": "take"})
    with acting_as(world.a.lead):
        record = Disruption.objects.get(import_run__isnull=False)
        [change] = changes(record, STATED[Disruption])
    assert ([d.label for d in change.differences], change.who) == (["jusqu’au (inclus)"], str(world.a.lead))
    assert undo_as_lead(again.run, world.a.lead) == {"restored": {"incidents_disruption": 1}}
    assert contents() == before


def test_a_difference_taken_over_has_read_a_former_presence_again_until_it_is_undone(send, world):
    header = "service ou équipement;étendue;depuis le;référence résidence"
    row = "Présence du personnel;partielle;3/11/2026;1001"
    send(header, row)
    with system_scope("seeding"):
        Disruption.objects.filter(service="staff_presence").update(former_rule=True)
    assert send(header, row).verdicts == SAME
    again = send(header, row.replace("partielle", "limitée"), answers={"record_differs": "take"})
    with system_scope("seeding"):
        [made] = Disruption.objects.filter(service="staff_presence")
        assert (made.extent, made.former_rule) == ("limited", False)
    undo_as_lead(again.run, world.a.lead)
    with system_scope("seeding"):
        [made] = Disruption.objects.filter(service="staff_presence")
        assert (made.extent, made.former_rule, made.to_reread) == ("partial", True, True)


@pytest.mark.parametrize(("header", "row"), [(DISRUPTIONS, LIFT), (OBSERVATIONS, NOISE)])
def test_what_was_cancelled_since_stays_when_its_import_is_undone(send, world, header, row):
    model = Disruption if header == DISRUPTIONS else StandingObservation
    done = send(header, row)
    with acting_as(world.a.lead) as scope:
        cancel(scope=scope, record=model.objects.get(import_run=done.run), reason="Erreur d’adresse")
    assert undo_as_lead(done.run, world.a.lead)["changed"] == {model._meta.db_table: 1}
    assert told(model, done.run, "cancel_reason") == [("Erreur d’adresse",)]


@pytest.fixture
def twice(world, lead):
    """An address of landlord A with national identifiers, and another one elsewhere."""
    with system_scope("seeding"):
        labels = ("12 rue des Meuniers", "7 allée du Lac")
        first, second = (
            f.AddressFactory(residence=residence, label=label, match_key=match_key(label), rnb_id=rnb, ban_key=ban)
            for residence, label, rnb, ban in zip(
                (world.a.residence, world.a.other), labels, ("ABCD1234EFGH", ""), ("", "01400_0010_00007"), strict=True
            )
        )  # fmt: skip
    return first, second


BY_RECORD = [
    (DISRUPTIONS, "Ascenseur;totale;02/11/2026;;;"),
    (OBSERVATIONS, "Tags;quotidiens;02/11/2026;;;"),
]


@pytest.mark.parametrize(("header", "said"), BY_RECORD)
def test_the_national_identifiers_decide_as_they_do_for_facts(send, twice, header, said):
    header = f"{header};identifiant rnb;clé ban"
    rows = [
        f"{said};7 allée du Lac;01400;ABCD1234EFGH;",
        f"{said.replace('02/11', '03/11')};12 rue Mal Écrite;01400;;01400_0010_00007",
    ]
    done = send(header, *rows)
    assert done.verdicts == [("imported", "by_address")] * 2
    model = Disruption if "étendue" in header else StandingObservation
    first, second = twice
    assert told(model, done.run, "residence_id") == [(first.residence_id,), (second.residence_id,)]


@pytest.mark.parametrize(("header", "said"), BY_RECORD)
@pytest.mark.parametrize(
    ("place", "reason"), [("12 rue des Meunier", "alike_only"), ("12 et 14 rue des Meuniers", "unclear_number")]
)  # fmt: skip
def test_a_lasting_record_without_a_certain_place_comes_back_with_what_to_write(
    send, twice, header, said, place, reason
):
    row = f"{said};{place};01400"
    previewed, done = send(header, row, how=preview_as_lead), send(header, row)
    assert previewed.verdicts == done.verdicts == [("rejected", reason)]
    hint = " – écrivez l’adresse et la référence : 12 rue des Meuniers, 1001"
    with system_scope("seeding"):
        [(_line, example)] = ImportRun.objects.get(pk=previewed.run.pk).analysis["examples"]["rejected"][
            reason
        ]
        rejected = bytes(ImportRun.objects.get(pk=done.run.pk).rejected)
    [_titles, back] = gzip.decompress(rejected).decode("utf-8-sig").splitlines()
    assert (example.endswith(hint), done.lines[0]["motif"].endswith(hint)) == (True, True)
    assert back.split(";")[1].endswith(hint)
