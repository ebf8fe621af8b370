"""The engine against the worked example, its invariants and the slow oracle."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scope import system_scope
from classification import engine
from classification.engine import services
from classification.models import Finding, GridVersion, SiteLevel
from incidents.models import Confirmation, Disruption, FactType, Incident, StandingObservation
from sites.models import Address, Residence
from tests import oracle
from tests.factories import (
    AddressFactory,
    ConfirmationFactory,
    DisruptionFactory,
    IncidentFactory,
    ResidenceFactory,
    StandingObservationFactory,
)

AS_OF = dt.date(2026, 3, 31)


def days_ago(n: int) -> dt.date:
    return AS_OF - dt.timedelta(n)


@pytest.fixture
def address(seeding):
    return AddressFactory()


def evaluate():
    services.evaluate(as_of=AS_OF)


def test_worked_example_is_level_3(address):
    for n in range(0, 28, 3):
        IncidentFactory(address=address, code="LITTERING", day=days_ago(n))
        IncidentFactory(address=address, code="PETTY_DEALING", day=days_ago(n))
    IncidentFactory(address=address, code="URBAN_VIOLENCE", day=days_ago(200))
    IncidentFactory(address=address, code="DEATH_THREATS", day=days_ago(200))
    evaluate()
    assert SiteLevel.objects.get(address=address).level == 3
    levels = dict(Finding.objects.filter(address=address).values_list("fact_type__code", "level"))
    assert levels == {"LITTERING": 2, "PETTY_DEALING": 3, "URBAN_VIOLENCE": 3, "DEATH_THREATS": 2}


def test_reports_of_one_night_are_one_occurrence(address):
    for _ in range(9):
        IncidentFactory(address=address, day=days_ago(1))
    evaluate()
    assert Finding.objects.get(address=address).in_daily == 1


def test_last_28_days_are_the_day_itself_and_the_27_before(address):
    IncidentFactory(address=address, day=days_ago(0))
    IncidentFactory(address=address, day=days_ago(27))
    IncidentFactory(address=address, day=days_ago(28))
    IncidentFactory(address=address, day=AS_OF + dt.timedelta(1))
    evaluate()
    finding = Finding.objects.get(address=address)
    assert (finding.in_daily, finding.in_regular) == (2, 3)
    assert finding.days == [days_ago(28), days_ago(27), days_ago(0)]


def test_stairwells_with_noise_on_different_nights_add_up(seeding):
    residence = ResidenceFactory()
    doors = [AddressFactory(residence=residence) for _ in range(3)]
    for n in range(9):
        IncidentFactory(address=doors[n % 3], code="PETTY_DEALING", day=days_ago(n))
    evaluate()
    assert set(SiteLevel.objects.filter(address__in=doors).values_list("level", flat=True)) == {1}
    assert SiteLevel.objects.get(residence=residence, address=None).level == 3


def test_fact_of_the_whole_residence_counts_for_it_and_not_for_an_address(address):
    IncidentFactory(address=None, residence=address.residence, code="WEAPONS", day=days_ago(3))
    evaluate()
    assert SiteLevel.objects.get(address=address).level == 1
    assert SiteLevel.objects.get(residence=address.residence, address=None).level == 3


def test_month_of_facts_counts_in_proportion(address):
    # 4 facts in 31 days, 28 of which lie in the last 28: 4 × 28/31 = 3.61 → 4.
    for _ in range(4):
        IncidentFactory(address=address, day=dt.date(2026, 3, 1), span_end=AS_OF)
    evaluate()
    finding = Finding.objects.get(address=address)
    assert (finding.in_daily, finding.in_regular, finding.days) == (4, 4, [])
    assert finding.spans == [["2026-03-01", "2026-03-31", 4]]


def test_more_facts_than_days_in_a_span_are_its_days(address):
    for _ in range(5):
        IncidentFactory(address=address, day=days_ago(2), span_end=days_ago(1))
    evaluate()
    assert Finding.objects.get(address=address).in_daily == 2


def test_observation_lapses_after_90_days(address):
    observation = StandingObservationFactory(address=address, frequency=3, since=dt.date(2025, 6, 1))
    ConfirmationFactory(observation=observation, day=days_ago(90))
    evaluate()
    assert SiteLevel.objects.get(address=address).level == 3
    services.evaluate(as_of=AS_OF + dt.timedelta(1))
    assert SiteLevel.objects.get(address=address).level == 1


def test_disruption_raises_the_proposed_level_beside_the_facts(address):
    IncidentFactory(address=address, day=days_ago(3))
    DisruptionFactory(address=address, extent="partial", starts_on=days_ago(10))
    evaluate()
    site = SiteLevel.objects.get(address=address)
    assert (site.level, site.facts_level, site.impact_level) == (3, 1, 3)


@pytest.mark.parametrize(
    ("extent", "daily", "level"),
    [
        ("limited", False, 2),
        ("limited", True, 4),
        ("partial", False, 3),
        ("partial", True, 4),
        ("total", False, 4),
    ],
)
def test_a_disruption_gives_the_level_of_table_1(address, extent, daily, level):
    DisruptionFactory(address=address, extent=extent, recurs_daily=daily, starts_on=days_ago(10))
    evaluate()
    assert SiteLevel.objects.get(address=address).impact_level == level


def test_site_whose_recording_stops_is_flagged(address):
    for n in range(120, 180, 10):
        IncidentFactory(address=address, day=days_ago(n))
    evaluate()
    assert SiteLevel.objects.get(address=address).silent


@pytest.mark.parametrize(
    ("ended", "before"), [(120, 4), (210, 4), (211, 1)], ids=["that day", "its last day", "a day after"]
)
def test_the_level_before_recording_stopped_is_the_higher_of_both_tables_that_day(address, ended, before):
    for n in range(120, 180, 10):
        IncidentFactory(address=address, code="TAGS", day=days_ago(n))
    DisruptionFactory(address=address, extent="total", starts_on=days_ago(230), ends_on=days_ago(ended))
    evaluate()
    site = SiteLevel.objects.get(address=address)
    assert (site.silent, site.level_before) == (True, before)


def silent_on(day, address) -> set[bool]:
    return {place.silent for place in engine.levels(services.default_grid(), day, [address.residence_id])}


@pytest.mark.parametrize(
    ("later", "flagged"), [(0, False), (90, False), (91, True), (364, True), (2000, True)]
)
def test_silence_is_flagged_until_the_next_fact(address, later, flagged):
    for n in range(0, 200, 2):
        IncidentFactory(address=address, code="PETTY_DEALING", day=days_ago(n))
    IncidentFactory(address=address, code="TAGS", day=AS_OF + dt.timedelta(2001))
    assert silent_on(AS_OF + dt.timedelta(later), address) == {flagged}
    assert silent_on(AS_OF + dt.timedelta(2001), address) == {False}


def test_a_fact_too_rare_to_count_is_recording_all_the_same(address):
    """By a grid that asks for two days a year, a single one makes no finding, and breaks a silence."""
    version = version_of(oracle.Method(windows={3: (8, 28), 2: (6, 91), 1: (2, 365)}))

    def silent() -> set[bool]:
        return {place.silent for place in engine.levels(version, AS_OF, [address.residence_id])}

    for n in range(6):
        IncidentFactory(address=address, day=days_ago(100 + n))
    assert silent() == {True}
    fact = IncidentFactory(address=address, code="TAGS", day=days_ago(91))
    assert silent() == {True}
    Incident.objects.filter(pk=fact.pk).update(day=days_ago(90))
    assert silent() == {False}


def test_an_observation_takes_nothing_from_what_was_counted(address):
    for n in range(8):
        IncidentFactory(address=address, code="PETTY_DEALING", day=days_ago(n))
    observation = StandingObservationFactory(address=address, frequency=1, since=days_ago(50))
    ConfirmationFactory(observation=observation, day=days_ago(3))
    evaluate()
    finding = Finding.objects.get(address=address)
    assert (finding.observed, finding.frequency) == (1, 3)


def test_a_place_where_facts_were_always_rare_is_quiet_not_silent(address):
    for n in range(100, 1900, 300):
        IncidentFactory(address=address, day=days_ago(n))
    assert silent_on(AS_OF, address) == {False}


def test_an_observation_in_force_is_no_silence(address):
    for n in range(100, 120, 2):
        IncidentFactory(address=address, day=days_ago(n))
    observation = StandingObservationFactory(address=address, since=days_ago(200))
    ConfirmationFactory(observation=observation, day=days_ago(3))
    assert silent_on(AS_OF, address) == {False}


def test_many_residences_are_asked_for_as_few_are(seeding, monkeypatch):
    addresses = [AddressFactory() for _ in range(3)]
    for address in addresses:
        IncidentFactory(address=address, code="WEAPONS", day=days_ago(1))
        DisruptionFactory(address=address, starts_on=days_ago(1))
    asked = [address.residence_id for address in addresses[:2]]

    def levels():
        return set(engine.levels(services.default_grid(), AS_OF, asked))

    few = levels()
    assert {place.residence_id for place in few} == set(asked)
    monkeypatch.setattr(engine, "_MANY", 1)
    assert levels() == few


def test_cancelled_fact_counts_for_nothing(address):
    IncidentFactory(address=address, code="WEAPONS", day=days_ago(1), cancelled_at="2026-03-31T10:00Z")
    evaluate()
    assert not Finding.objects.exists()
    assert SiteLevel.objects.get(address=address).level == 1


CODES = ["NOISE", "PETTY_DEALING", "VANDALISM", "WEAPONS"]
DISTURBED = [(s, e) for s in ("lift", "waste", "staff_presence") for e in ("limited", "partial", "total")]
DISTURBED.append(("staff_presence", "impossible"))
PLACES = st.sampled_from([(0, None), (0, 0), (0, 1), (1, 0), (1, None)])
EVERYWHERE = [(0, None), (0, 0), (0, 1), (1, None), (1, 0), (1, 1)]
BACK = st.one_of(st.integers(0, 35), st.integers(0, 120), st.integers(-3, 400))


@st.composite
def records(draw):
    def facts():
        (residence, address), code, back = draw(PLACES), draw(st.sampled_from(CODES)), draw(BACK)
        length = draw(st.sampled_from([0, 0, 0, 1, 3, 30]))
        day = days_ago(back)
        return oracle.Fact(residence, address, code, day, day + dt.timedelta(length) if length else None)

    def observations():
        (residence, address), code = draw(PLACES), draw(st.sampled_from(CODES))
        since = days_ago(draw(st.integers(-5, 200)))
        confirmed = {since + dt.timedelta(n) for n in draw(st.lists(st.integers(0, 200), max_size=2))}
        return oracle.Observation(
            residence, address, code, draw(st.integers(1, 3)), since, tuple(sorted(confirmed | {since})),
            draw(st.sampled_from([None, None, since + dt.timedelta(20)])),
        )  # fmt: skip

    def disturbances():
        (residence, address), start = draw(PLACES), draw(st.integers(-3, 200))
        end = draw(st.sampled_from([None, 0, 5, 100]))
        service, extent = draw(st.sampled_from(DISTURBED))
        return oracle.Disturbance(
            residence, address, service, extent, days_ago(start),
            None if end is None else days_ago(start) + dt.timedelta(end), draw(st.booleans()),
        )  # fmt: skip

    burst, before = draw(st.integers(0, 12)), draw(st.sampled_from([0, 0, 70, 120, 340, 900]))
    base = draw(st.sampled_from(CODES))
    return oracle.Records(
        facts=[facts() for _ in range(draw(st.integers(0, 12)))]
        + [oracle.Fact(0, n % 2, base, days_ago(before + 3 * n)) for n in range(burst)],
        observations=[observations() for _ in range(draw(st.integers(0, 2)))],
        disturbances=[disturbances() for _ in range(draw(st.integers(0, 2)))],
        closed={
            draw(PLACES): days_ago(draw(st.sampled_from([-1, 0, 1, 40, 200])))
            for _ in range(draw(st.sampled_from([0, 0, 1, 2])))
        },
    )


@pytest.fixture(scope="module")
def estate(django_db_setup, django_db_blocker):
    """Two residences of two addresses, shared by every example of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        with system_scope("seeding"):
            residences = [ResidenceFactory() for _ in range(2)]
            yield residences, [[AddressFactory(residence=r) for _ in range(2)] for r in residences]
        transaction.set_rollback(True)


def impossible_hours(extent: str) -> dict[str, dt.time]:
    return {"hours_from": dt.time(18), "hours_until": dt.time(22)} if extent == "impossible" else {}


def plant(estate, planted: oracle.Records) -> None:
    residences, addresses = estate
    types = {t.code: t for t in FactType.objects.filter(code__in=CODES)}

    def where(record):
        residence = residences[record.residence]
        return {
            "residence": residence, "landlord_id": residence.landlord_id, "commune_id": residence.commune_id,
            "address": None if record.address is None else addresses[record.residence][record.address],
        }  # fmt: skip

    for model in (Incident, Confirmation, StandingObservation, Disruption):
        model.objects.all().delete()
    for model in (Residence, Address):
        model.objects.update(closed_on=None)
    for (residence, door), day in planted.closed.items():
        place = residences[residence] if door is None else addresses[residence][door]
        type(place).objects.filter(pk=place.pk).update(closed_on=day)
    Incident.objects.bulk_create(
        Incident(**where(f), fact_type=types[f.fact_type], day=f.day, span_end=f.span_end)
        for f in planted.facts
    )
    for o in planted.observations:
        observation = StandingObservation.objects.create(
            **where(o),
            fact_type=types[o.fact_type],
            frequency=o.frequency,
            since=o.since,
            ended_on=o.ended_on,
        )
        Confirmation.objects.bulk_create(Confirmation(observation=observation, day=d) for d in o.confirmed)
    Disruption.objects.bulk_create(
        Disruption(
            **where(d), service=d.service, extent=d.extent, starts_on=d.starts_on, ends_on=d.ends_on,
            recurs_daily=d.recurs_daily, **impossible_hours(d.extent),
        )
        for d in planted.disturbances
    )  # fmt: skip


@st.composite
def methods(draw):
    """A grid that is monotone in both directions, with any thresholds, windows and durations that are ordered."""
    drawn = {(g, f): draw(st.integers(1, 4)) for g in (1, 2, 3, 4) for f in (1, 2, 3)}
    cells = {(g, f): max(drawn[h, e] for h in range(1, g + 1) for e in range(1, f + 1)) for g, f in drawn}
    windows = sorted(draw(st.sets(st.integers(1, 400), min_size=3, max_size=3)))
    return oracle.Method(
        windows={
            f: (draw(st.integers(1, min(days, 9))), days) for f, days in zip((3, 2, 1), windows, strict=True)
        },
        cells=cells,
        confirmation_days=draw(st.integers(1, 200)),
        disruption_days=draw(st.integers(1, 200)),
    )


def version_of(method: oracle.Method) -> GridVersion:
    return GridVersion(
        cells={f"{g}.{f}": [level, "local"] for (g, f), level in method.cells.items()},
        thresholds={str(f): list(needed) for f, needed in method.windows.items()},
        confirmation_days=method.confirmation_days,
        disruption_days=method.disruption_days,
    )


def computed(estate, version: GridVersion | None = None) -> dict:
    residences, addresses = estate
    places = {(r.pk, None): (i, None) for i, r in enumerate(residences)} | {
        (r.pk, a.pk): (i, j) for i, r in enumerate(residences) for j, a in enumerate(addresses[i])
    }
    return {
        places[p.residence_id, p.address_id]: (p.facts_level, p.impact_level, p.silent, p.level_before)
        for p in engine.levels(version or services.default_grid(), AS_OF, [r.pk for r in residences])
    }


def silence_of(planted, place, gravity, method=oracle.GUIDE) -> tuple[bool, int | None]:
    before = oracle.level_before(planted, place, gravity, AS_OF, method)
    return before is not None, before


EXAMPLES = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@EXAMPLES
@given(planted=records())
def test_engine_equals_the_oracle(estate, seeding, planted):
    plant(estate, planted)
    gravity = dict(FactType.objects.filter(code__in=CODES).values_list("code", "gravity"))
    counting = oracle.at_open_places(planted, AS_OF)
    expected = {
        place: (*oracle.level(counting, place, gravity, AS_OF), *silence_of(counting, place, gravity))
        for place in EVERYWHERE
        if not oracle.is_closed(planted, place, AS_OF)
    }
    assert computed(estate) == expected


@EXAMPLES
@given(planted=records(), method=methods())
def test_engine_equals_the_oracle_under_any_method(estate, seeding, planted, method):
    plant(estate, planted)
    gravity = dict(FactType.objects.filter(code__in=CODES).values_list("code", "gravity"))
    counting = oracle.at_open_places(planted, AS_OF)
    expected = {
        place: (
            *oracle.level(counting, place, gravity, AS_OF, method),
            *silence_of(counting, place, gravity, method),
        )
        for place in EVERYWHERE
        if not oracle.is_closed(planted, place, AS_OF)
    }
    assert computed(estate, version_of(method)) == expected


def never_lower(before: dict, after: dict) -> bool:
    return all(
        now >= then for place in before for now, then in zip(after[place][:2], before[place][:2], strict=True)
    )


@settings(EXAMPLES, max_examples=40)
@given(planted=records(), extra=records(), method=methods())
def test_adding_records_never_lowers_a_level(estate, seeding, planted, extra, method):
    plant(estate, planted)
    before = computed(estate, version_of(method))
    recorded = ("facts", "observations", "disturbances")
    more = {name: getattr(planted, name) + getattr(extra, name) for name in recorded}
    plant(estate, replace(planted, **more))
    assert never_lower(before, computed(estate, version_of(method)))


@settings(EXAMPLES, max_examples=40)
@given(planted=records(), method=methods())
def test_graver_facts_of_another_type_never_lower_a_level(estate, seeding, planted, method):
    gravity = dict(FactType.objects.filter(code__in=CODES).values_list("code", "gravity"))
    mildest, gravest = min(CODES, key=gravity.get), max(CODES, key=gravity.get)
    assert gravity[mildest] < gravity[gravest]
    alone = [f for f in planted.facts if f.fact_type != gravest]
    plant(estate, replace(planted, facts=alone, observations=[]))
    before = computed(estate, version_of(method))
    graver = [replace(f, fact_type=gravest) if f.fact_type == mildest else f for f in alone]
    plant(estate, replace(planted, facts=graver, observations=[]))
    assert never_lower(before, computed(estate, version_of(method)))


@settings(EXAMPLES, max_examples=40)
@given(planted=records(), method=methods())
def test_a_higher_frequency_never_lowers_a_level(estate, seeding, planted, method):
    plant(estate, planted)
    before = computed(estate, version_of(method))
    oftener = [replace(o, frequency=min(o.frequency + 1, 3)) for o in planted.observations]
    plant(estate, replace(planted, observations=oftener))
    assert never_lower(before, computed(estate, version_of(method)))


@settings(EXAMPLES, max_examples=60)
@given(planted=records(), method=methods())
def test_a_level_is_explained_down_to_the_days_that_made_it(estate, seeding, planted, method):
    """From the days, the spans and the observation of its findings alone, each level comes out again."""
    plant(estate, planted)
    residences, _addresses = estate
    version, ids = version_of(method), [r.pk for r in residences]
    gravity = dict(FactType.objects.values_list("pk", "gravity"))
    explained = {}
    for found in engine.findings(version, AS_OF, ids):
        facts = [oracle.Fact(0, None, "", day) for day in found["days"]]
        for first, last, number in found["spans"] or []:
            span = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
            facts += [oracle.Fact(0, None, "", *span)] * number
        counted = {f: oracle.occurrences(facts, AS_OF, days) for f, (_n, days) in method.windows.items()}
        assert counted == {3: found["in_daily"], 2: found["in_regular"], 1: found["in_occasional"]}
        reached = [f for f, (needed, _days) in method.windows.items() if counted[f] >= needed]
        # The first row that holds: the highest frequency.
        assert found["frequency"] == max([*reached, found["observed"] or 0])
        assert found["level"] == method.cells[gravity[found["fact_type_id"]], found["frequency"]]
        place = found["residence_id"], found["address_id"]
        explained[place] = max(explained.get(place, 1), found["level"])
    levels = {(p.residence_id, p.address_id): p.facts_level for p in engine.levels(version, AS_OF, ids)}
    assert levels == dict.fromkeys(levels, 1) | explained


@settings(EXAMPLES, max_examples=40)
@given(planted=records(), method=methods())
def test_residence_is_never_below_its_addresses(estate, seeding, planted, method):
    plant(estate, planted)
    got = computed(estate, version_of(method))
    for (residence, _address), levels in got.items():
        assert got[residence, None][0] >= levels[0]
        assert got[residence, None][1] >= levels[1]


@settings(EXAMPLES, max_examples=25)
@given(planted=records())
def test_replay_gives_the_same_and_stores_what_it_computes(estate, seeding, planted):
    plant(estate, planted)
    residences, _addresses = estate
    ids = [r.pk for r in residences]
    first = computed(estate)
    services.evaluate(ids, as_of=AS_OF)
    services.evaluate(ids, as_of=AS_OF)
    assert computed(estate) == first
    stored = SiteLevel.objects.filter(residence__in=ids)
    assert sorted(s.level for s in stored) == sorted(
        max(levels) for *levels, _silent, _before in first.values()
    )
    silences = sorted((silent, before or 0) for *_levels, silent, before in first.values())
    assert sorted((s.silent, s.level_before or 0) for s in stored) == silences
    for site in stored:
        found = Finding.objects.filter(residence=site.residence, address=site.address)
        assert max((f.level for f in found), default=1) == site.facts_level
        for finding in found:
            assert finding.days == sorted(set(finding.days))
