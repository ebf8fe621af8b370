"""The levels at the ends of months: what the method says of each, worked out at night where it is not known or changed."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import default_grid, evaluate
from classification.history import nightly
from classification.history.nightly import MONTHS, remember, remember_everything
from classification.history.stale import note_stale
from classification.models import GridAdoption, GridVersion, MonthLevel, SiteLevel
from config.settings import celery
from core.dates import month_ends
from core.versions import version_of as version_of_record
from incidents.facts.services import Fact, cancel_incident, record_incident, state_of
from incidents.models import FactType, Incident
from sites.geocoding import placing
from sites.models import Residence
from tests import factories as f
from tests import oracle
from tests.campaigning import merged
from tests.classification import test_engine
from tests.classification.test_engine import AS_OF, methods, plant, records, version_of

estate = test_engine.estate
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ends(months=MONTHS):
    return month_ends(timezone.localdate(), months)


def stored(*residences):
    """What is stored of residences: the mark and whether a fact had been heard, by residence and day."""
    with system_scope("evaluation"):
        rows = MonthLevel.objects.filter(residence__in=[one.pk for one in residences])
        return {(row.residence_id, row.day): (row.mark, row.heard) for row in rows}


def is_stale(residence):
    with system_scope("evaluation"):
        rows = MonthLevel.objects.filter(residence=residence, stale=True)
        return {row.day for row in rows}


@pytest.fixture
def place(world):
    """An address of landlord A with a serious fact a year ago, whose months are known."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Ancienne")
        address = f.AddressFactory(residence=residence)
        f.IncidentFactory(address=address, code="WEAPONS", day=ends(12)[0])
    evaluate([residence.pk])
    remember_everything()
    return address


@FEW
@given(planted=records(), method=methods())
def test_each_end_of_month_has_what_the_oracle_says(estate, seeding, planted, method):
    homes = estate[0]
    with transaction.atomic():
        plant(estate, planted)
        gravity = dict(FactType.objects.values_list("code", "gravity"))
        version = version_of(method)
        version.name = "Toute grille"
        version.save()
        for home in homes:
            territory = f.TerritoryFactory(communes=[home.commune])
            GridAdoption.objects.create(territory=territory, grid_version=version)
        remember([home.pk for home in homes], today=AS_OF)
        expected = {}
        for day in month_ends(AS_OF, MONTHS):
            counting = oracle.at_open_places(planted, day)
            for number, home in enumerate(homes):
                where = (number, None)
                if oracle.is_closed(planted, where, day):
                    continue
                level = max(oracle.level(counting, where, gravity, day, method))
                silent = oracle.stopped_on(counting, where, day, method) is not None
                heard = any(fact.residence == number and fact.day <= day for fact in planted.facts)
                expected[home.pk, day] = (0 if silent and level == 1 else level, heard)
        found = stored(*homes)
        transaction.set_rollback(True)
    assert found == expected


def test_a_night_after_which_nothing_changed_works_nothing_out(world, place, monkeypatch):
    before = stored(place.residence)
    monkeypatch.setattr(engine, "residence_marks", None)
    assert remember_everything() == 0
    assert stored(place.residence) == before != {}


def test_the_months_are_those_of_two_years_and_older_ones_go(world, place):
    with system_scope("evaluation"):
        row = MonthLevel.objects.filter(residence=place.residence).first()
        row.pk, row.day = None, ends(MONTHS + 1)[0]
        row.save()
    remember_everything()
    assert {day for _residence, day in stored(place.residence)} == set(ends())


def test_a_fact_of_this_month_leaves_the_past_as_it_is(world, place):
    with acting_as(world.a.lead) as scope:
        record_incident(scope=scope, fact=_fact(place, timezone.localdate()))
    assert is_stale(place.residence) == set()


def test_a_late_fact_has_the_months_since_worked_out_again(world, place):
    home, day = world.a.other, ends(3)[0] - dt.timedelta(2)
    before = stored(home)
    with acting_as(world.a.lead) as scope:
        record_incident(scope=scope, fact=_fact(world.a.other_address, day))
    assert is_stale(home) == set(ends(3))
    assert stored(home) == before
    assert remember_everything() == 3
    assert stored(home) == before | {(home.pk, end): (3, True) for end in ends(3)} != before
    assert is_stale(home) == set()


def test_a_cancelled_fact_has_all_months_worked_out_again(world, place):
    with acting_as(world.a.lead) as scope:
        fact = Incident.objects.get(address=place)
        version = version_of_record(fact, state_of(fact))
        cancel_incident(scope=scope, incident=fact, reason="Saisi deux fois.", version=version)
    assert is_stale(place.residence) == set(ends())
    remember_everything()
    assert set(stored(place.residence).values()) == {(1, False)}


def test_another_grid_has_all_months_worked_out_again_by_it(world, place):
    with system_scope("seeding"):
        cells = {key: [4, "local"] for key in default_grid().cells}
        grid = GridVersion.objects.create(name="Sévère", cells=cells, thresholds=default_grid().thresholds)
        GridAdoption.objects.create(territory=world.a.territory, grid_version=grid)
    remember_everything()
    assert stored(place.residence)[place.residence.pk, ends()[-1]] == (4, True)
    with system_scope("evaluation"):
        of_place = MonthLevel.objects.filter(residence=place.residence)
        assert set(of_place.values_list("grid_version", flat=True)) == {grid.pk}


def test_a_closed_residence_counts_until_it_closes_and_a_merged_one_not_at_all(world, place):
    closing = ends(6)[3]
    with system_scope("seeding"):
        Residence.objects.filter(pk=place.residence_id).update(closed_on=closing)
    remember_everything()
    assert {day for _residence, day in stored(place.residence)} == {day for day in ends() if day < closing}
    merged(world.a.lead, world.a.other, world.a.residence)
    assert is_stale(world.a.residence) == set(ends())
    remember_everything()
    assert stored(world.a.other) == {}
    assert {day for _residence, day in stored(world.a.residence)} == set(ends())


def test_a_row_follows_its_residence_and_goes_with_it(world, place):
    with system_scope("seeding"):
        Residence.objects.filter(pk=place.residence_id).update(commune=world.added)
    with system_scope("evaluation"):
        rows = MonthLevel.objects.filter(residence=place.residence_id)
        assert set(rows.values_list("commune", flat=True)) == {world.added.pk}
    with system_scope("seeding"):
        empty = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
    remember_everything()
    assert stored(empty)
    with system_scope("seeding"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM sites_residence WHERE id = %s", [empty.pk])
    assert not stored(empty)


def test_a_landlord_that_fails_keeps_its_rows_and_stops_no_other(world, place, monkeypatch):
    grids = nightly.by_grid

    def failing(ids, day):
        if world.a.residence.pk in ids:
            message = "no"
            raise RuntimeError(message)
        return grids(ids, day)

    before = stored(world.a.residence)
    note_stale([world.a.residence.pk, world.b.residence.pk])
    monkeypatch.setattr(nightly, "by_grid", failing)
    with pytest.raises(nightly.HistoryIncompleteError):
        remember_everything()
    assert stored(world.a.residence) == before != {}
    assert is_stale(world.a.residence)
    assert not is_stale(world.b.residence)


def test_nobody_but_the_evaluation_writes_them(world, place):
    for person in (world.a.lead, world.a.coordinator):
        with acting_as(person):
            assert MonthLevel.objects.count() > 0
            assert MonthLevel.objects.update(mark=1) == 0
            assert MonthLevel.objects.all().delete()[0] == 0


def test_more_residences_take_no_more_queries(world, place):
    def taken(number):
        with system_scope("seeding"):
            homes = f.ResidenceFactory.create_batch(number, landlord=world.a.landlord, commune=world.commune)
        with CaptureQueriesContext(connection) as queries:
            remember([home.pk for home in homes])
        return len(queries)

    assert taken(2) == taken(7)


def test_a_point_that_moves_leaves_the_months_as_they_are(world, place):
    with acting_as(world.a.lead) as scope:
        version = version_of_record(place, placing.state_of(place))
        placing.place(scope, place, longitude=2.0, latitude=47.0, version=version)
    with system_scope("evaluation"):
        assert SiteLevel.objects.get(address=place).longitude == 2.0
    assert is_stale(place.residence) == set()


def test_a_change_notes_all_residences_in_one_statement_and_no_month_past_its_time(world, place):
    with system_scope("evaluation"):
        row = MonthLevel.objects.filter(residence=place.residence).first()
        row.pk, row.day = None, ends(MONTHS + 1)[0]
        row.save()
    with CaptureQueriesContext(connection) as queries:
        note_stale([place.residence_id, world.a.residence.pk, world.a.other.pk])
    assert sum("UPDATE" in query["sql"] for query in queries) == 1
    assert is_stale(place.residence) == is_stale(world.a.other) == set(ends())


def test_a_transaction_locks_few_residences(world, place, monkeypatch):
    with system_scope("seeding"):
        f.ResidenceFactory.create_batch(27, landlord=world.a.landlord, commune=world.commune)
    locked = []
    monkeypatch.setattr(nightly, "lock", lambda ids: locked.append(len(ids)))
    remember_everything()
    assert max(locked) == 25


def test_it_runs_after_the_evaluation():
    jobs = celery.CELERY_BEAT_SCHEDULE
    assert jobs["remember"]["task"] == "classification.history.tasks.remember_all"
    assert min(jobs["remember"]["schedule"].hour) > min(jobs["evaluate"]["schedule"].hour)


def _fact(place, day):
    return Fact(place=place, fact_type=FactType.objects.get(code="WEAPONS"), day=day)
