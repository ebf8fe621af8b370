"""A row is known by what it means; what an identifier says anew is a difference; nothing speaks of a person."""

import datetime as dt
import gzip
import json

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.facts.services import Fact, cancel_incident, correct_incident, state_of
from incidents.models import FactType, Incident
from sites.enums import ImportKind
from sites.models import Commune, ImportRun, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead, import_as_operator, preview_as_lead
from tests.undoing import contents, undo_as_lead

CORRECTED = "identifiant;nature;jour;heure;reference;coût des dégâts"
FIRST = "corr-1;Tapages, dont nocturnes;2026-11-02;;1001;100"
SECOND = "corr-1;Agressions physiques;2026-11-03;21:00;1001;250"
PLAIN = "nature;jour;heure;référence résidence"


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC), tick=True):
        yield


@pytest.fixture
def send(world):
    """A function that imports rows as the lead of landlord A, one of whose residences bears 1001."""
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
        Residence.objects.filter(pk=world.a.other.pk).update(reference="1002")

    def run(header, *rows, how=import_as_lead, **options):
        content = csv_file(header, *rows)
        return how(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS, **options)

    return run


def told(*fields, **which):
    with system_scope("seeding"):
        found = Incident.objects.filter(import_run__isnull=False, **which)
        return list(found.order_by("day", "id").values_list(*fields))


def test_a_row_without_an_identifier_is_known_however_it_is_written(send):
    assert send(PLAIN, "Tags;05/11/2026;21h30;1001").verdicts == [("imported", "by_reference")]
    again = send(PLAIN + ";lieu précis", "TAGS;2026-11-05;21:30;1001;")
    assert again.verdicts == [("unchanged", "already_recorded")]
    assert told("day", "time", "external_id") == [(dt.date(2026, 11, 5), dt.time(21, 30), "")]


@pytest.mark.parametrize(
    "other", ["Tags;05/11/2026;21h31;1001", "Tags;06/11/2026;21h30;1001", "Tags;05/11/2026;;1001",
              "Noise, night included;05/11/2026;21h30;1001", "Tags;05/11/2026;21h30;1002"],
)  # fmt: skip
def test_a_row_that_means_something_else_is_another_fact(send, other):
    send(PLAIN, "Tags;05/11/2026;21h30;1001")
    assert send(PLAIN, other).verdicts == [("imported", "by_reference")]


def test_another_kind_of_place_or_a_span_is_another_fact(send):
    header = PLAIN + ";lieu précis;au plus tard le"
    send(header, "Tags;05/11/2026;;1001;Hall;")
    assert send(header, "Tags;05/11/2026;;1001;Cave;", "Tags;05/11/2026;;1001;Hall;06/11/2026").verdicts == [
        ("imported", "by_reference"), ("imported", "by_reference"),
    ]  # fmt: skip


def test_equal_rows_of_one_file_are_as_many_facts_and_the_same_ones_again(send):
    row = "Tags;05/11/2026;21h30;1001"
    assert send(PLAIN, row, row).verdicts == [("imported", "by_reference")] * 2
    assert send(PLAIN, row, row, row).verdicts == [
        ("unchanged", "already_recorded"), ("unchanged", "already_recorded"), ("imported", "by_reference"),
    ]  # fmt: skip


def test_a_fact_stored_under_the_digest_of_its_row_is_known_too(send):
    send(PLAIN, "Tags;05/11/2026;21h30;1001")
    with system_scope("seeding"):
        Incident.objects.filter(import_run__isnull=False).update(external_id="~" + "0" * 32 + ":1")
    assert send(PLAIN, "TAGS;2026-11-05;21:30;1001").verdicts == [("unchanged", "already_recorded")]


def test_a_fact_entered_by_hand_is_not_taken_for_a_row_of_a_file(world, send):
    with system_scope("seeding"):
        f.IncidentFactory(
            address=world.a.address, code="TAGS", day=dt.date(2026, 11, 5), external_source="form"
        )
    assert send(PLAIN, "Tags;05/11/2026;;1001").verdicts == [("imported", "by_reference")]


def test_a_fact_corrected_or_cancelled_since_is_still_known_by_its_row(world, send):
    rows = ("Tags;05/11/2026;21h30;1001", "Tags;06/11/2026;21h30;1001")
    send(PLAIN, *rows)
    _correct_first_and_cancel_second(world)
    assert send(PLAIN, *rows).verdicts == [("unchanged", "already_recorded")] * 2


def _correct_first_and_cancel_second(world):
    with acting_as(world.a.lead) as scope:
        first, second = Incident.objects.filter(import_run__isnull=False).order_by("day")
        fact = Fact(place=first.place, fact_type=FactType.objects.get(code="NOISE"), day=first.day)
        correct_incident(scope=scope, incident=first, fact=fact, version=version_of(first, state_of(first)))
        cancel_incident(scope=scope, incident=second, reason="Doublon")


def test_another_content_under_an_identifier_is_asked_about_with_both_sides(send):
    send(CORRECTED, FIRST)
    before = contents()
    for how in (preview_as_lead, import_as_lead):
        result = send(CORRECTED, SECOND, how=how)
        assert result.verdicts == [("asked", "fact_differs")]
        assert contents() == before
        with system_scope("seeding"):
            [question] = ImportRun.objects.get(pk=result.run.pk).questions
        [example] = question["examples"]
        assert (question["kind"], question["rows"], example["lines"], example["subject"]) == (
            "fact_differs", 1, [2], "corr-1",
        )  # fmt: skip
        assert example["file"].split(" · ")[:3] == ["Agressions physiques", "3 novembre 2026", "21:00"]
        assert example["known"].split(" · ")[:2] == ["Tapages, dont nocturnes", "2 novembre 2026"]
        assert (example["file"][-8:], example["known"][-8:]) == ("250,00 €", "100,00 €")


def test_a_difference_that_is_taken_goes_into_the_history_and_the_journal_and_can_be_undone(world, send):
    send(CORRECTED, FIRST)
    before = contents()
    result = send(CORRECTED, SECOND, answers={"fact_differs": "take"})
    assert result.verdicts == [("imported", "updated")]
    values = (dt.date(2026, 11, 3), "PHYSICAL_ASSAULT", dt.time(21), 250, world.a.lead.pk)
    assert told("day", "fact_type__code", "time", "damage_cost", "changed_by") == [values]
    with acting_as(world.a.lead):
        [event] = Incident.objects.get(external_id="corr-1").events.all()
        assert (event.day, event.damage_cost) == (dt.date(2026, 11, 2), 100)
        entry = AuditEntry.objects.get(object_type="sites.importrun", action="update")
        assert (entry.object_id, entry.detail) == (str(result.run.pk), {"facts": 1})
    assert send(CORRECTED, SECOND).verdicts == [("unchanged", "already_recorded")]
    assert undo_as_lead(result.run, world.a.lead) == {"restored": {"incidents_incident": 1}}
    assert contents() == before


def test_the_former_states_of_all_differences_are_stored_by_one_statement(send):
    rows = [f"F{number};Tags;2026-11-{number:02};1001" for number in range(1, 6)]
    header = "identifiant;nature;jour;référence résidence"
    send(header, *rows)
    changed = [row.replace("Tags", "Tapages, dont nocturnes") for row in rows]
    with CaptureQueriesContext(connection) as asked:
        assert send(header, *changed, answers={"fact_differs": "take"}).counts == {"imported": {"updated": 5}}
    storing = [query for query in asked if "INSERT INTO incidents_incident_history" in (query["sql"] or "")]
    with system_scope("seeding"):
        facts = Incident.objects.filter(external_id__startswith="F").order_by("day")
        former = [(e.external_id, e.fact_type.code, e.pgh_label) for fact in facts for e in fact.events.all()]
    # Beside this statement none stores a state: each fact has one event.
    assert (len(storing), former) == (1, [(f"F{number}", "TAGS", "update") for number in range(1, 6)])


def test_a_difference_that_is_refused_leaves_the_fact_as_it_is(send):
    send(CORRECTED, FIRST)
    before = contents()
    assert send(CORRECTED, SECOND, answers={"fact_differs": "keep"}).verdicts == [("unchanged", "kept")]
    assert contents() == before


@pytest.mark.parametrize(
    "changed",
    [FIRST.replace("Tapages, dont nocturnes", "Tags"), FIRST.replace("-02", "-03"), FIRST.replace(";;1001", ";22h;1001"),
     FIRST.replace("1001", "1002"), FIRST.replace(";100", ";101"), FIRST.replace(";100", ";")],
)  # fmt: skip
def test_unchanged_is_said_only_of_what_is_unchanged(send, changed):
    send(CORRECTED, FIRST)
    assert send(CORRECTED, FIRST).verdicts == [("unchanged", "already_recorded")]
    assert send(CORRECTED, changed).verdicts == [("asked", "fact_differs")]


def test_a_file_that_does_not_tell_the_hour_or_the_cost_says_nothing_else(send):
    send(CORRECTED, SECOND)
    short = "identifiant;nature;jour;reference"
    assert send(short, "corr-1;Agressions physiques;2026-11-03;1001").verdicts == [
        ("unchanged", "already_recorded")
    ]
    taken = send(short, "corr-1;Tags;2026-11-03;1001", answers={"fact_differs": "take"})
    assert taken.verdicts == [("imported", "updated")]
    assert told("fact_type__code", "time", "damage_cost") == [("TAGS", dt.time(21), 250)]


def test_the_file_does_not_contradict_a_correction_by_hand(world, send):
    rows = (FIRST, FIRST.replace("corr-1", "corr-2").replace("-02", "-03"))
    send(CORRECTED, *rows)
    _correct_first_and_cancel_second(world)
    assert send(CORRECTED, *rows).verdicts == [
        ("unchanged", "corrected_since"),
        ("unchanged", "cancelled_since"),
    ]


@pytest.mark.parametrize(("answer", "code"), [("first", "NOISE"), ("last", "PHYSICAL_ASSAULT")])
def test_an_identifier_with_two_contents_in_one_file_is_a_question(send, answer, code):
    asked = send(CORRECTED, FIRST, SECOND, FIRST.replace("corr-1", "corr-9"))
    assert asked.verdicts == [("asked", "id_twice"), ("asked", "id_twice"), ("imported", "by_reference")]
    with system_scope("seeding"):
        [question] = ImportRun.objects.get(pk=asked.run.pk).questions
    assert (question["kind"], question["rows"]) == ("id_twice", 2)
    assert question["examples"][0]["known"].startswith("Agressions physiques · 3 novembre 2026")
    result = send(CORRECTED, FIRST, SECOND, answers={"id_twice": answer})
    assert sorted(result.verdicts) == [("imported", "by_reference"), ("merged", "duplicate_in_file")]
    assert told("fact_type__code", external_id="corr-1") == [(code,)]


def test_rows_that_speak_of_people_are_refused_and_nothing_of_them_is_kept(send):
    result = send(
        "identifiant;nature;jour;reference",
        "X2;Tapages, dont nocturnes;2026-11-01;1001;auteur Kevin Exemple, né le 03/04/2001;VIH",
        "X3;inconnue: agression de Mme Exemple par son fils Kevin;2026-11-01;1001",
        "plainte de Mme Exemple;Tags;2026-11-01;1001",
    )
    assert result.verdicts == [("rejected", "speaks_of_people")] * 3
    assert [(line["ligne"], _plain(line["objet"])) for line in result.lines] == [
        ("2", "colonne « 5 »"), ("3", "colonne « nature »"), ("4", "colonne « identifiant »"),
    ]  # fmt: skip
    with system_scope("seeding"):
        run = ImportRun.objects.get(pk=result.run.pk)
        stored = gzip.decompress(bytes(run.report)).decode() + json.dumps([run.counts, run.questions])
    assert not [word for word in ("Kevin", "Exemple", "2001", "VIH", "fils", "plainte") if word in stored]
    assert told("id") == []


def _plain(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_row_of_too_many_cells_is_not_quoted(send):
    [line] = send("identifiant;nature;jour;reference", "X2;Tags;2026-11-01;1001;autre;chose").lines
    assert (line["code"], line["objet"]) == ("wrong_columns", "6 cellules pour 4 colonnes")


def test_an_address_is_quoted_unless_it_speaks_of_somebody(send):
    header = "identifiant;nature;jour;adresse"
    result = send(
        header, "a;Tags;2026-11-01;9 rue Ailleurs", "b;Tags;2026-11-01;chez Mme Exemple, 06 12 34 56 78"
    )
    assert [line["objet"] for line in result.lines] == ["a · Tags · 9 rue Ailleurs", "b · Tags"]


@pytest.mark.parametrize(
    ("day", "end", "reason"),
    [("01/11/2026", "31/12/2026", "future_date"), ("27/11/2026", "", "future_date"), ("01/01/0001", "", "too_old"),
     ("01/01/1899", "", "too_old"), ("02/11/2026", "01/11/2026", "bad_span"), ("02/11/2026", "demain", "bad_date"),
     ("chez Mme Exemple", "", "bad_date")],
)  # fmt: skip
def test_days_that_no_fact_can_have_are_refused(send, day, end, reason):
    result = send("identifiant;nature;jour;au plus tard le;reference", f"d;Tags;{day};{end};1001")
    assert result.verdicts == [("rejected", reason)]
    assert "Exemple" not in result.lines[0]["objet"]


def test_moments_and_spans_are_kept_whole(send):
    send(
        "identifiant;nature;jour;référence résidence",
        "mo-1;Tags;18/11/2026 21h30;1001", "mo-2;Tags;17/11/2026 - 18/11/2026;1001",
        "mo-3;Tags;du 17 au 18 novembre 2026;1001", "mo-4;Tags;14-juil.-26;1001", "mo-5;Tags;18/11/2026 21 h 30;1001",
    )  # fmt: skip
    evening, days = (
        (dt.date(2026, 11, 18), None, dt.time(21, 30)),
        (dt.date(2026, 11, 17), dt.date(2026, 11, 18), None),
    )
    with system_scope("seeding"):
        found = Incident.objects.filter(external_id__startswith="mo-").order_by("external_id")
        assert list(found.values_list("day", "span_end", "time")) == [
            evening, days, days, (dt.date(2026, 7, 14), None, None), evening,
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("department", "moments"),
    [("75", [(dt.date(2026, 7, 15), dt.time(0, 30)), (dt.date(2026, 10, 25), dt.time(0, 30))]),
     ("974", [(dt.date(2026, 7, 15), dt.time(2, 30)), (dt.date(2026, 10, 25), dt.time(2, 30))])],
)  # fmt: skip
def test_a_moment_with_a_zone_becomes_the_day_at_the_residence(world, send, department, moments):
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(department=department)
    rows = ("z-1;NOISE;2026-07-14T22:30:00Z;1001", "z-2;NOISE;2026-10-24T22:30:00Z;1001")
    send("identifiant;nature;jour;reference", *rows)
    assert told("day", "time") == moments


def test_a_month_first_column_is_asked_about_whole(send):
    header, rows = (
        "identifiant;nature;jour;reference",
        ("m-1;Tags;11/02/2026;1001", "m-2;Tags;11/18/2026;1001"),
    )
    asked = send(header, *rows)
    assert asked.verdicts == [("asked", "day_order")] * 2
    assert send(header, *rows, answers={"day_order": "month"}).verdicts == [("imported", "by_reference")] * 2
    assert told("day") == [(dt.date(2026, 11, 2),), (dt.date(2026, 11, 18),)]


def test_the_current_month_of_a_file_by_months_ends_today(world):
    with system_scope("seeding"):
        point = f"{world.a.address.longitude},{world.a.address.latitude}"
    row = f"i1,2026-11,{point},On or near X,Anti-social behaviour"
    content = csv_file("Crime ID,Month,Longitude,Latitude,Location,Crime type", row)
    result = import_as_operator(content, "police-uk", ImportKind.INCIDENTS, area=[[-5.0, 40.0, 10.0, 60.0]])
    assert [outcome for outcome, _reason in result.verdicts] == ["imported"]
    assert told("day", "span_end") == [(dt.date(2026, 11, 1), dt.date(2026, 11, 26))]
