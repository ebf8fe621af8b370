"""The days of a file are those of the places, and all its columns of days are judged together."""

import datetime as dt

import pytest
import time_machine

from accounts.scope import acting_as, system_scope
from incidents.models import Disruption, Incident, StandingObservation, UnplacedFact
from incidents.unplaced import services
from sites.enums import ImportKind
from sites.match_key import match_key
from sites.models import Commune, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead

FACTS = "identifiant;nature;jour;au plus tard le;heure;référence résidence"
LIFTS = "service ou équipement;étendue;depuis le;jusqu’au;référence résidence"
NOISES = "nature;fréquence;depuis le;terminé le;confirmé le;référence résidence"
PARIS, GUADELOUPE, REUNION = "75", "971", "974"
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


def d(day, month=7):
    return dt.date(2026, month, day)


@pytest.fixture
def now():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def send(world, now):
    """A function that imports rows as the lead of landlord A, whose residence 1001 is in the department it is given."""

    def run(header, *rows, at=REUNION, **options):
        with system_scope("seeding"):
            Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
            Commune.objects.filter(pk=world.commune.pk).update(department=at)
        kinds = {FACTS: ImportKind.INCIDENTS, LIFTS: ImportKind.DISRUPTIONS, NOISES: ImportKind.OBSERVATIONS}
        return import_as_lead(
            csv_file(header, *rows), world.a.lead, world.a.landlord, kind=kinds[header], **options
        )

    return run


def told(model, run, *fields):
    with system_scope("seeding"):
        return list(model.objects.filter(import_run=run).order_by("id").values_list(*fields))


@pytest.mark.parametrize("at", [PARIS, GUADELOUPE, REUNION])
def test_a_column_of_midnights_tells_days_as_written_wherever_the_place_is(send, at):
    done = send(
        FACTS, "m-1;Tags;2026-07-15T00:00:00Z;;;1001", "m-2;Tags;2026-07-16T00:00:00Z;2026-07-18T00:00:00Z;;1001",
        "m-3;Tags;2026-07-17T00:00:00Z;;21:30;1001", at=at,
    )  # fmt: skip
    assert told(Incident, done.run, "day", "span_end", "time") == [
        (d(15), None, None), (d(16), d(18), None), (d(17), None, dt.time(21, 30)),
    ]  # fmt: skip


def test_midnights_of_one_column_are_days_though_another_tells_hours(send):
    done = send(FACTS, "m-1;Tags;2026-07-14T16:30:00Z;2026-07-16T00:00:00Z;;1001", at=GUADELOUPE)
    assert told(Incident, done.run, "day", "span_end", "time") == [(d(14), d(16), dt.time(12, 30))]


@pytest.mark.parametrize(
    ("at", "day", "span", "evening"),
    [
        (PARIS, (d(14), dt.time(23, 30)), (d(14), d(16)), (d(14), d(15))),
        (REUNION, (d(15), dt.time(1, 30)), (d(15), d(17)), (d(15), None)),
        (GUADELOUPE, (d(14), dt.time(17, 30)), (d(14), d(16)), (d(14), None)),
    ],
)
def test_both_ends_of_a_span_are_days_at_the_place(send, at, day, span, evening):
    rows = (
        "s-1;Tags;2026-07-14T21:30Z;;;1001",
        "s-2;Tags;2026-07-14T21:30Z;2026-07-16T21:30Z;;1001",
        "s-3;Tags;2026-07-14T21:30Z;2026-07-14T22:30Z;;1001",
    )
    done = send(FACTS, *rows, at=at)
    assert told(Incident, done.run, "day", "time") == [day] * 3
    assert told(Incident, done.run, "day", "span_end") == [(day[0], None), span, evening]
    assert send(FACTS, *rows, at=at).verdicts == [("unchanged", "already_recorded")] * 3


@pytest.mark.parametrize(("at", "start", "end"), [(PARIS, d(14), d(16)), (REUNION, d(15), d(17))])
def test_lasting_records_begin_end_and_are_confirmed_on_days_of_the_place(send, at, start, end):
    moments = "2026-07-14T21:30Z;2026-07-16T21:30Z"
    lift = send(LIFTS, f"Ascenseur;totale;{moments};1001", at=at)
    assert told(Disruption, lift.run, "starts_on", "ends_on") == [(start, end)]
    noise = send(NOISES, f"Tapages, dont nocturnes;quotidiens;{moments};2026-07-15T21:30Z;1001", at=at)
    assert told(StandingObservation, noise.run, "since", "ended_on", "confirmations__day") == [
        (start, end, start + dt.timedelta(1))
    ]
    assert send(LIFTS, f"Ascenseur;totale;{moments};1001", at=at).verdicts == [
        ("unchanged", "already_recorded")
    ]


@pytest.mark.parametrize(("at", "day"), [(PARIS, d(14)), (REUNION, d(15))])
def test_an_hour_in_a_column_of_its_own_stands_beside_the_day_of_the_moment(send, at, day):
    done = send(FACTS, "h-1;Tags;2026-07-14T21:30Z;;22:00;1001", at=at)
    assert told(Incident, done.run, "day", "time") == [(day, dt.time(22))]


MONTH_FIRST = [
    (FACTS, "m-1;Tags;03/04/2026;11/18/2026;;1001", "m-2;Tags;03/04/2026;;;1001"),
    (LIFTS, "Ascenseur;totale;03/04/2026;11/18/2026;1001", "Chauffage;totale;03/04/2026;;1001"),
    (NOISES, "Tags;quotidiens;03/04/2026;;11/18/2026;1001", "Dégradations;quotidiens;03/04/2026;;;1001"),
    (NOISES, "Tags;quotidiens;03/04/2026;11/18/2026;;1001", "Dégradations;quotidiens;03/04/2026;;;1001"),
]
FIRST_DAY = {
    FACTS: (Incident, "day"),
    LIFTS: (Disruption, "starts_on"),
    NOISES: (StandingObservation, "since"),
}


@pytest.mark.parametrize(("header", "first", "second"), MONTH_FIRST)
@pytest.mark.parametrize("turned", [False, True])
def test_what_one_column_shows_of_the_order_holds_for_all_columns_of_days(
    send, header, first, second, turned
):
    rows = (second, first) if turned else (first, second)
    asked = send(header, *rows)
    assert asked.verdicts == [("asked", "day_order")] * 2
    files = [example["file"] for example in asked.run.questions[0]["examples"]]
    assert sorted(files) == ["03/04/2026", "03/04/2026 · 11/18/2026"]
    done = send(header, *rows, answers={"day_order": "month"})
    model, field = FIRST_DAY[header]
    assert told(model, done.run, field) == [(d(4, 3),)] * 2


@pytest.mark.parametrize(("at", "day"), [(PARIS, d(18, 11)), (REUNION, d(19, 11))])
def test_a_moment_whose_month_comes_first_becomes_the_day_at_the_place(send, at, day):
    done = send(FACTS, "z-1;Tags;11/18/2026 21:30Z;;;1001", at=at, answers={"day_order": "month"})
    assert told(Incident, done.run, "day") == [(day,)]


# Where it is the 28th at 1:30 while Paris has the 27th, and the 27th at 20:30 while Paris has the 28th.
AHEAD = (REUNION, dt.datetime(2026, 11, 27, 21, 30, tzinfo=dt.UTC))
BEHIND = (GUADELOUPE, dt.datetime(2026, 11, 28, 0, 30, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("at", "moment", "last", "refused"), [(*AHEAD, d(28, 11), d(29, 11)), (*BEHIND, d(27, 11), d(28, 11))]
)
def test_the_last_day_of_a_file_is_today_at_the_place(send, now, at, moment, last, refused):
    now.move_to(moment)
    rows = [f"f-{n};Tags;2026-11-02;{day};;1001" for n, day in enumerate((last, refused))]
    assert send(FACTS, *rows, at=at).verdicts == [("imported", "by_reference"), ("rejected", "future_date")]
    rows = [f"Ascenseur;totale;{day};;1001" for day in (last, refused)]
    assert send(LIFTS, *rows, at=at).verdicts == [("imported", "by_reference"), ("rejected", "future_date")]
    rows = [
        f"{what};quotidiens;2026-11-02;;{day};1001"
        for what, day in (("Tags", last), ("Dégradations", refused))
    ]
    assert send(NOISES, *rows, at=at).verdicts == [("imported", "by_reference"), ("rejected", "future_date")]


@pytest.mark.parametrize(("at", "moment", "today"), [(*AHEAD, d(28, 11)), (*BEHIND, d(27, 11))])
def test_who_sends_an_observation_confirms_it_on_the_day_at_the_place(send, now, at, moment, today):
    now.move_to(moment)
    done = send(NOISES, "Tags;quotidiens;2026-11-02;;;1001", at=at)
    assert told(StandingObservation, done.run, "confirmations__day") == [(today,)]


QUEUED = "identifiant;nature;jour;au plus tard le;heure;référence résidence;adresse;code postal"


@pytest.fixture
def doors(world, now):
    """Two residences of landlord A at doors alike, in Paris and in Réunion, of which the one in Paris is suggested first."""
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(postcodes=["00100"], department=PARIS)
        there = f.CommuneFactory(department=REUNION, postcodes=["00100"])
        overseas = f.ResidenceFactory(landlord=world.a.landlord, commune=there)
        label = "12 rue des Meuniers"
        return [
            f.AddressFactory(residence=home, commune=home.commune, label=label, match_key=match_key(label))
            for home in (world.a.residence, overseas)
        ]


# The moments of a row and its own hour; days and hour of the fact in Paris and in Réunion.
WAITING = [
    ("2026-07-14T21:30:00Z;;", (d(14), None, dt.time(23, 30)), (d(15), None, dt.time(1, 30))),
    ("2026-07-14T21:30Z;2026-07-16T21:30Z;", (d(14), d(16), dt.time(23, 30)), (d(15), d(17), dt.time(1, 30))),
    ("2026-07-14T21:30Z;2026-07-14T22:30Z;", (d(14), d(15), dt.time(23, 30)), (d(15), None, dt.time(1, 30))),
    ("2026-07-14T21:30Z;;22:00", (d(14), None, dt.time(22)), (d(15), None, dt.time(22))),
    ("2026-07-14 21:30;2026-07-15;", (d(14), d(15), dt.time(21, 30)), (d(14), d(15), dt.time(21, 30))),
]


@pytest.mark.parametrize(("moments", "paris", "reunion"), WAITING)
@pytest.mark.parametrize("chosen", [0, 1])
def test_a_fact_placed_by_hand_has_the_days_of_the_place_chosen(
    world, doors, moments, paris, reunion, chosen
):
    def send():
        row = f"q-1;Tags;{moments};;12 rue des Meuniers;00100"
        content = csv_file(QUEUED, row)
        return import_as_lead(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)

    done = send()
    assert done.verdicts == [("waiting", "several_places")]
    assert told(UnplacedFact, done.run, "candidates") == [([home.pk for home in doors],)]
    assert told(UnplacedFact, done.run, "day", "span_end", "time") == [paris]
    with acting_as(world.a.lead) as scope:
        assert services.place(scope, UnplacedFact.objects.get(), doors[chosen]) == 1
    assert told(Incident, done.run, "day", "span_end", "time") == [(paris, reunion)[chosen]]
    assert send().verdicts == [("unchanged", "already_recorded")]


def test_a_fact_that_waits_overseas_has_the_days_of_the_place_suggested(world, doors):
    with system_scope("seeding"):
        doors[0].delete()
        f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=doors[1].commune),
            commune=doors[1].commune, label=doors[1].label, match_key=doors[1].match_key,
        )  # fmt: skip
    content = csv_file(QUEUED, "q-1;Tags;2026-07-14T21:30:00Z;;;;12 rue des Meuniers;00100")
    done = import_as_lead(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    assert told(UnplacedFact, done.run, "day", "time") == [(d(15), dt.time(1, 30))]
