"""The indicators: each figure beside a slow and obvious count, the days at the edge of a period, and what is not shared."""

import datetime as dt
import random
from collections import Counter
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.indicators import periods
from classification.indicators.asked import Asked
from classification.indicators.counting import MOST
from classification.indicators.periods import Period
from classification.indicators.reading import STAFF_VIOLENCE, indicators
from incidents.enums import PlaceKind, Source
from incidents.models import Confirmation, Disruption, FactType, Horizon, Incident, StandingObservation
from sites.models import Address, Commune, Residence
from tests import factories as f

# Both are over, whatever today is.
QUARTER, YEAR_BEFORE = periods.read("2025-T3"), periods.read("2024-T3")
ONE_DAY = dt.timedelta(1)


def read(user, period=QUARTER, compared=YEAR_BEFORE, *, family="", **places):
    with acting_as(user) as scope:
        facts = Incident.objects.current().filter(**places)
        return indicators(
            Asked(
                facts=facts.filter(fact_type__family=family) if family else facts,
                places=places, family=family, period=period, compared=compared,
                reads_own=scope.has(Role.LEAD, Role.AGENT),
            )
        )  # fmt: skip


def _pairs(found):
    return {key: (pair.now, pair.before) for key, pair in dict(found).items() if pair.now or pair.before}


def _plant(side, number, seed):
    """Plant facts of every kind around both periods, at the two residences of a landlord."""
    rng = random.Random(seed)
    types = [*FactType.objects.order_by("pk"), *[FactType.objects.get(code=STAFF_VIOLENCE)] * 5]
    for _ in range(number):
        first = rng.choice([QUARTER, YEAR_BEFORE]).first - dt.timedelta(20)
        day = first + dt.timedelta(rng.randrange(130))
        address = rng.choice([side.address, side.other_address])
        complaint = rng.random() < 0.3
        f.IncidentFactory(
            address=address, fact_type=rng.choice(types), day=day,
            span_end=day + dt.timedelta(rng.randrange(1, 9)) if rng.random() < 0.2 else None,
            time=dt.time(rng.randrange(24), 30) if rng.random() < 0.6 else None,
            place_kind=rng.choice([*PlaceKind.values, ""]), source=rng.choice(Source.values),
            complaint_filed=complaint, damage_cost=rng.choice([None, Decimal("12.50"), Decimal(900)]),
            cancelled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if rng.random() < 0.1 else None,
        )  # fmt: skip


def _counted(facts, period):
    """Return the facts that may have happened in a period."""
    return [
        fact for fact in facts
        if fact.cancelled_at is None and fact.day <= period.last and (fact.span_end or fact.day) >= period.first
    ]  # fmt: skip


def _oracle(landlords, key):
    """Count facts by a key in both periods, one after the other; a key that is None counts nowhere."""
    with system_scope("seeding"):
        facts = list(Incident.objects.filter(landlord__in=landlords).select_related("fact_type"))
    now, before = (Counter(map(key, _counted(facts, one))) for one in (QUARTER, YEAR_BEFORE))
    return {value: (now[value], before[value]) for value in now.keys() | before.keys() if value is not None}


@pytest.fixture
def recorded(world):
    """Facts of three landlords in both periods: only those of A are shared with territory A."""
    with system_scope("seeding"):
        for side, number, seed in ((world.a, 150, 1), (world.b, 60, 2)):
            _plant(side, number, seed)
            f.IncidentFactory(address=side.address, day=YEAR_BEFORE.first)
        for side in (world.c, world.d):
            for day in (QUARTER.first, YEAR_BEFORE.first, QUARTER.last):
                f.IncidentFactory(address=side.address, code=STAFF_VIOLENCE, day=day, complaint_filed=True)
    return world


def _check_structured(found, landlord):
    by = found.by
    assert (found.facts.now, found.facts.before) == _oracle([landlord], lambda _: 1)[1]
    assert _pairs((one.code, pair) for one, pair in by.types) == _oracle(
        [landlord], lambda i: i.fact_type.code
    )
    assert _pairs(by.families) == _oracle([landlord], lambda i: i.fact_type.family)
    assert _pairs(by.gravities) == _oracle([landlord], lambda i: i.fact_type.gravity)
    assert _pairs(by.place_kinds) == _oracle([landlord], lambda i: i.place_kind)
    known = _oracle([landlord], lambda i: None if i.span_end else i.day.isoweekday())
    assert (_pairs(by.weekdays), len(by.weekdays)) == (known, 7)
    assert by.unknown_day == _oracle([landlord], lambda i: 1 if i.span_end else None)[1]
    trafficking = _oracle([landlord], lambda i: i.fact_type.family)["trafficking"]
    assert (found.trafficking.now, found.trafficking.before) == trafficking
    staff = _oracle([landlord], lambda i: i.fact_type.code)[STAFF_VIOLENCE]
    assert (found.staff.now, found.staff.before) == staff
    places = _oracle([landlord], lambda i: i.residence_id)
    assert {one.pk: (one.pair.now, one.pair.before) for one in found.places} == places
    assert [(one.pk, one.pair.now) for one in found.landlords] == [(landlord.pk, found.facts.now)]
    assert min(found.facts.now, *staff, *trafficking) > 0


def test_counts_ones_own_facts_as_one_by_one(recorded):
    world, landlord = recorded, recorded.a.landlord
    found = read(world.a.lead)
    _check_structured(found, landlord)
    own = found.own
    assert (own.complaints.now, own.complaints.before) == _oracle([landlord], lambda i: i.complaint_filed)[
        True
    ]
    assert _pairs(own.by_source) == _oracle([landlord], lambda i: i.source)
    hours = _oracle(
        [landlord], lambda i: (i.time and not i.span_end and (i.day.isoweekday(), i.time.hour)) or None
    )
    assert own.by_moment == {moment: now for moment, (now, _before) in hours.items() if now}
    assert own.without_hour == found.facts.now - sum(own.by_moment.values())
    stated = _oracle([landlord], lambda i: i.damage_cost)
    for which in (0, 1):
        numbers = {cost: pair[which] for cost, pair in stated.items()}
        assert own.cost[which].amount == sum(cost * number for cost, number in numbers.items())
        assert own.cost[which].stated == sum(numbers.values())
        shares = _oracle(
            [landlord], lambda i: (i.fact_type.code == STAFF_VIOLENCE and i.complaint_filed) or None
        )
        assert own.staff_complaints[which].part == shares.get(True, (0, 0))[which]
        assert own.staff_complaints[which].whole == (found.staff.now, found.staff.before)[which]


def test_a_coordinator_counts_what_is_shared_and_nothing_else(recorded):
    found = read(recorded.a.coordinator)
    _check_structured(found, recorded.a.landlord)
    # Complaints, costs, hours and sources are not even read.
    assert found.own is None
    assert (found.residences, found.rate.dwellings) == (2, 80)
    with acting_as(recorded.a.coordinator), CaptureQueriesContext(connection) as taken:
        facts = Incident.objects.current()
        indicators(Asked(facts, {}, "", QUARTER, YEAR_BEFORE, reads_own=False))
    sql = next(query["sql"] for query in taken.captured_queries if "GROUPING" in query["sql"])
    for column in ("source", "time", "complaint_filed", "damage_cost"):
        assert f'"incidents_incident"."{column}"' not in sql


def test_whoever_leads_and_coordinates_reads_the_rest_of_ones_own_alone(recorded):
    with system_scope("seeding"):
        f.MembershipFactory(user=recorded.b.lead, organisation=recorded.a.town, role=Role.COORDINATOR)
    found = read(recorded.b.lead)
    both = [recorded.a.landlord, recorded.b.landlord]
    assert (found.facts.now, found.facts.before) == _oracle(both, lambda _: 1)[1]
    assert found.own.complaints.now == _oracle([recorded.b.landlord], lambda i: i.complaint_filed)[True][0]
    assert _pairs(found.own.by_source) == _oracle([recorded.b.landlord], lambda i: i.source)
    assert found.own.facts == _oracle([recorded.b.landlord], lambda _: 1)[1][0]
    assert found.own.cost[0].stated == sum(
        now for now, _before in _oracle([recorded.b.landlord], lambda i: i.damage_cost).values()
    )


def test_narrows_to_a_family_and_to_a_residence(recorded):
    found = read(recorded.a.lead, family="property", residence=recorded.a.other.pk)
    of_it = _oracle(
        [recorded.a.landlord],
        lambda i: i.fact_type.code if i.residence_id == recorded.a.other.pk and i.fact_type.family == "property" else None,
    )  # fmt: skip
    assert of_it
    assert _pairs((one.code, pair) for one, pair in found.by.types) == of_it
    assert (found.residences, found.rate.dwellings, found.rate.facts) == (1, 40, found.facts.now)


@pytest.mark.parametrize(
    ("first", "last", "counted"),
    [
        (QUARTER.first, None, True),
        (QUARTER.last, None, True),
        (QUARTER.first - ONE_DAY, None, False),
        (QUARTER.last + ONE_DAY, None, False),
        (QUARTER.first - ONE_DAY, QUARTER.first, True),
        (QUARTER.last, QUARTER.last + ONE_DAY, True),
        (QUARTER.first - dt.timedelta(40), QUARTER.last + dt.timedelta(40), True),
        (QUARTER.first - dt.timedelta(5), QUARTER.first - ONE_DAY, False),
        (QUARTER.last + ONE_DAY, QUARTER.last + dt.timedelta(5), False),
    ],
)
def test_a_period_holds_its_first_and_its_last_day(world, first, last, counted):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=first, span_end=last)
    found = read(world.a.lead)
    assert (found.facts.now, sum(found.course[0])) == (counted, counted)
    # Compared with itself: a fact may be in both periods.
    assert read(world.a.lead, YEAR_BEFORE, QUARTER).facts.before == counted
    assert read(world.a.lead, QUARTER, QUARTER).facts.before == counted


def test_the_course_has_each_fact_in_its_part(world):
    days = {
        QUARTER.first: 0,
        QUARTER.first + dt.timedelta(6): 0,
        QUARTER.first + dt.timedelta(7): 1,
        QUARTER.last: 12,
    }
    year = periods.read("2025")
    with system_scope("seeding"):
        for day in days:
            f.IncidentFactory(address=world.a.address, day=day)
        f.IncidentFactory(
            address=world.a.address, day=QUARTER.first - dt.timedelta(9), span_end=QUARTER.first + dt.timedelta(20)
        )  # fmt: skip
    found = read(world.a.lead)
    assert (found.part_days, found.course[0]) == (7, [3, 1, *[0] * 10, 1])
    monthly = read(world.a.lead, year, YEAR_BEFORE)
    assert (monthly.part_days, monthly.course) == (0, ([0] * 5 + [1, 3, 0, 1, 0, 0, 0], [0, 0, 0]))
    daily = read(world.a.lead, periods.read("2025-09"), periods.read("2024-02"))
    assert (daily.part_days, daily.course) == (1, ([0] * 29 + [1], [0] * 29))


def _disrupted(world, disruptions, today):
    """Count the days of disruption of residences one by one, by service and of any."""
    days = set()
    for row in disruptions:
        closed = min(
            (d for d in (row.residence.closed_on, row.address and row.address.closed_on) if d),
            default=dt.date.max,
        )
        end = min(row.ends_on or today, today)
        days |= {
            (row.residence_id, row.service, row.starts_on + dt.timedelta(n))
            for n in range((end - row.starts_on).days + 1)
            if row.starts_on + dt.timedelta(n) < closed and row.cancelled_at is None
        }
    counted = {}
    for which, period in enumerate((QUARTER, YEAR_BEFORE)):
        inside = [one for one in days if period.first <= one[2] <= period.last]
        for service in {None, *(service for _place, service, _day in days)}:
            alike = {(place, day) for place, said, day in inside if service in {None, said}}
            counted.setdefault(service, [0, 0])[which] = len(alike)
    return {service: tuple(pair) for service, pair in counted.items() if any(pair)}


def test_days_of_disruption_are_counted_once_for_a_residence(world):
    rng = random.Random(3)
    with system_scope("seeding"):
        shut = f.AddressFactory(residence=world.a.other)
        Address.objects.filter(pk=shut.pk).update(closed_on=QUARTER.first + dt.timedelta(30))
        for _ in range(40):
            start = rng.choice([QUARTER, YEAR_BEFORE]).first + dt.timedelta(rng.randrange(-60, 120))
            f.DisruptionFactory(
                address=rng.choice([world.a.address, world.a.other_address, shut]),
                service=rng.choice(["lift", "lighting", "waste"]), starts_on=start,
                ends_on=start + dt.timedelta(rng.randrange(12)) if rng.random() < 0.95 else None,
                cancelled_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC) if rng.random() < 0.1 else None,
            )  # fmt: skip
        f.DisruptionFactory(
            address=world.b.address, starts_on=QUARTER.first, ends_on=QUARTER.last, service="heating"
        )
        rows = Disruption.objects.filter(landlord=world.a.landlord).select_related("residence", "address")
        expected = _disrupted(world, list(rows), timezone.localdate())
    assert len(expected) == 4
    for user in (world.a.lead, world.a.coordinator):
        assert read(user).disruption_days == expected


@pytest.mark.parametrize(
    ("department", "moment", "days"),
    [
        ("974", dt.datetime(2026, 11, 30, 21, 30, tzinfo=dt.UTC), (30, 1)),
        ("75", dt.datetime(2026, 11, 30, 21, 30, tzinfo=dt.UTC), (30, 0)),
        ("971", dt.datetime(2026, 12, 1, 0, 30, tzinfo=dt.UTC), (30, 0)),
        ("75", dt.datetime(2026, 12, 1, 0, 30, tzinfo=dt.UTC), (30, 1)),
    ],
)
def test_a_disruption_goes_on_until_today_at_its_place(world, department, moment, days):
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(department=department)
        f.DisruptionFactory(address=world.a.address, starts_on=dt.date(2026, 10, 31))
        Disruption.objects.filter(pk=world.a.disruption.pk).delete()
    with time_machine.travel(moment, tick=False):
        found = read(world.a.lead, periods.read("2026-11"), periods.read("2026-12"))
    assert found.disruption_days[None] == days


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, 1),
        ({"since": QUARTER.last}, 1),
        ({"since": QUARTER.last + ONE_DAY}, 0),
        ({"ended_on": QUARTER.last}, 1),
        ({"ended_on": QUARTER.last - ONE_DAY}, 0),
        ({"cancelled_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, 0),
        ({"confirmed": QUARTER.last - dt.timedelta(90)}, 1),
        ({"confirmed": QUARTER.last - dt.timedelta(91)}, 0),
        ({"confirmed": QUARTER.last + ONE_DAY}, 0),
        ({"closed": QUARTER.last + ONE_DAY}, 1),
        ({"closed": QUARTER.last}, 0),
    ],
)
def test_an_observation_is_in_force_on_the_last_day(world, change, counted):
    change = dict(change)
    confirmed, closed = change.pop("confirmed", QUARTER.last), change.pop("closed", None)
    with system_scope("seeding"):
        for side in (world.a, world.b):
            row = f.StandingObservationFactory(address=side.address, **{"since": QUARTER.first} | change)
            f.ConfirmationFactory(observation=row, day=confirmed)
            Residence.objects.filter(pk=side.residence.pk).update(closed_on=closed)
    assert read(world.a.lead).in_force == (counted, 0)
    assert read(world.a.coordinator).in_force == (counted, 0)
    assert read(world.a.lead, YEAR_BEFORE, QUARTER).in_force == (0, counted)
    assert read(world.a.lead, family="property").in_force == (0, 0)


def test_rates_leave_out_residences_whose_dwellings_are_not_known(world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.other.pk).update(dwellings=0)
        for address, number in ((world.a.address, 10), (world.a.other_address, 4)):
            f.IncidentFactory.create_batch(number, address=address, day=QUARTER.first)
    found = read(world.a.lead)
    assert (found.facts.now, found.rate.facts, found.rate.dwellings, found.without_dwellings) == (
        14,
        10,
        40,
        1,
    )
    low, high = found.rate.interval.low, found.rate.interval.high
    assert (found.rate.value, round(low, 2), round(high, 2)) == (25, 11.99, 45.98)
    rates = {one.pk: one.rate.value for one in found.places}
    assert rates == {world.a.residence.pk: 25, world.a.other.pk: None}
    with system_scope("seeding"):
        # Closed before the period began: neither its dwellings nor its facts are in the rate.
        Residence.objects.filter(pk=world.a.residence.pk).update(closed_on=QUARTER.first)
    found = read(world.a.lead)
    assert (found.rate.value, found.rate.interval, found.residences) == (None, None, 1)


def _batch(side, day, number):
    f.IncidentFactory.create_batch(number, address=side.address, day=day)


@pytest.mark.parametrize(
    ("now", "before", "told"), [(60, 25, 1), (25, 60, -1), (40, 25, 0), (0, 9, 0), (9, 0, 0)]
)
def test_tells_a_trend_only_where_it_is_more_than_chance(world, now, before, told):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=YEAR_BEFORE.first - ONE_DAY)
        _batch(world.a, QUARTER.last, now)
        _batch(world.a, YEAR_BEFORE.last, before)
    found = read(world.a.lead)
    assert (found.facts.change.told, found.facts.change.few) == (told, now + before < 10)
    assert found.places[0].pair.change.told == told


def test_tells_no_trend_of_a_landlord_that_did_not_record_then(world):
    with system_scope("seeding"):
        _batch(world.a, QUARTER.last, 60)
        f.IncidentFactory(address=world.a.address, day=YEAR_BEFORE.first + ONE_DAY)
    found = read(world.a.lead)
    assert (found.unheard, found.facts.change.told, found.facts.change.apart) == (["Bailleur A"], 0, True)
    assert [one.pair.change.apart for one in (*found.landlords, *found.places)] == [True, True]
    with system_scope("seeding"):
        Incident.objects.filter(day=YEAR_BEFORE.first + ONE_DAY).update(day=YEAR_BEFORE.first)
    found = read(world.a.lead)
    assert (found.unheard, found.facts.change.told, found.facts.change.apart) == ([], 1, False)


def test_a_landlord_that_recorded_then_is_compared_beside_one_that_did_not(world):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        f.IncidentFactory(address=world.b.address, day=YEAR_BEFORE.first - ONE_DAY)
        for side in (world.a, world.b):
            _batch(side, QUARTER.last, 60)
    found = read(world.a.coordinator)
    assert (found.unheard, found.facts.change.told) == (["Bailleur A"], 0)
    told = {one.pk: one.pair.change.told for one in found.landlords}
    assert told == {world.a.landlord.pk: 0, world.b.landlord.pk: 1}
    assert {one.landlord_id: one.pair.change.told for one in found.places} == told


def test_tells_no_trend_where_facts_were_erased(world):
    with system_scope("seeding"):
        _batch(world.a, YEAR_BEFORE.first, 60)
        _batch(world.a, QUARTER.last, 10)
    assert read(world.a.lead).facts.change.told == -1
    with system_scope("retention"):
        Horizon.objects.create(landlord=world.a.landlord, erased_until=YEAR_BEFORE.first)
    found = read(world.a.lead)
    assert (found.erased, found.facts.change.told, found.facts.change.apart) == (YEAR_BEFORE.first, 0, True)
    with system_scope("retention"):
        Horizon.objects.update(erased_until=YEAR_BEFORE.first - ONE_DAY)
    assert (read(world.a.lead).erased, read(world.a.lead).facts.change.told) == (None, -1)


def test_a_period_that_goes_on_is_compared_day_for_day(world):
    with time_machine.travel(dt.datetime(2026, 5, 10, 12, tzinfo=dt.UTC), tick=False):
        quarter = periods.quarter_of(dt.date(2026, 5, 10))
        before = periods.year_before(quarter, dt.date(2026, 5, 10))
        with system_scope("seeding"):
            for day in (before.first, before.last, before.last + ONE_DAY):
                f.IncidentFactory(address=world.a.address, day=day)
        found = read(world.a.lead, quarter, before)
    assert (before.first, before.last) == (dt.date(2025, 4, 1), dt.date(2025, 5, 10))
    assert (found.days, found.days_before, found.facts.before) == (40, 40, 2)


def test_lists_the_residences_with_the_most_facts(world):
    with system_scope("seeding"):
        places = [
            f.AddressFactory(residence__landlord=world.a.landlord, residence__commune=world.commune)
            for _ in range(MOST + 3)
        ]
        for number, address in enumerate(places):
            f.IncidentFactory.create_batch(number + 1, address=address, day=QUARTER.first)
    found = read(world.a.lead)
    assert [one.pair.now for one in found.places] == list(range(MOST + 3, 3, -1))
    assert found.places_counted == MOST + 3


def test_says_where_recording_stopped_and_when_the_last_fact_was(world):
    from classification.engine.services import evaluate

    with system_scope("seeding"):
        Incident.objects.filter(residence=world.a.residence).update(day=dt.date(2020, 1, 1))
        for n in range(8):
            f.IncidentFactory(address=world.a.address, day=timezone.localdate() - dt.timedelta(150 + n))
        StandingObservation.objects.all().delete()
        evaluate()
        last = Incident.objects.filter(landlord=world.a.landlord).latest("day").day
    found = read(world.a.coordinator)
    assert (found.silent, found.last_day, [one.silent for one in found.landlords]) == (1, last, [1])
    # Its facts became fewer than a year before, which is no fall.
    with system_scope("seeding"):
        Incident.objects.filter(landlord=world.a.landlord).update(day=dt.date(2020, 1, 1))
        for address, number in ((world.a.address, 60), (world.a.other_address, 60)):
            f.IncidentFactory.create_batch(number, address=address, day=YEAR_BEFORE.last)
            for n in range(10):
                f.IncidentFactory(address=address, day=QUARTER.first + dt.timedelta(n))
        f.IncidentFactory(address=world.a.other_address, day=timezone.localdate())
        evaluate()
    places = read(world.a.lead).places
    assert {one.pk: (one.silent, one.pair.change.told) for one in places} == {
        world.a.residence.pk: (True, 0), world.a.other.pk: (False, -1),
    }  # fmt: skip


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_many_facts_take_the_queries_of_one(world, who):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            read(getattr(world.a, who))
        return len(taken)

    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=QUARTER.first)
    few = queries()
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        for side in (world.a, world.b):
            _plant(side, 30, 4)
            row = f.StandingObservationFactory(address=side.address, since=QUARTER.first)
            Confirmation.objects.create(observation=row, day=QUARTER.last)
            f.DisruptionFactory(address=side.address, starts_on=QUARTER.first, service="waste")
    assert queries() == few


def test_the_longest_period_is_counted(world):
    first = dt.date(2022, 1, 1)
    longest = Period(first, first + dt.timedelta(periods.MOST_DAYS - 1))
    found = read(world.a.lead, longest, periods.before(longest))
    assert (found.facts.now, len(found.course[0]), found.days) == (0, 36, 1096)
