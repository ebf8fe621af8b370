"""The levels on past days that pages compare with: stored by the evaluation, and equal to the engine's."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.nightly import evaluate_everything
from classification.engine.services import HALF_YEAR_DAYS, MOVED_DAYS, PAST_DAYS, default_grid, evaluate
from classification.home.movements import landlords_recording, levels_on
from classification.models import GridAdoption, GridVersion, PastLevel, SiteLevel
from core.versions import version_of as version_of_record
from incidents.facts.services import Fact, cancel_incident, correct_incident, record_incident, state_of
from incidents.models import FactType
from incidents.ongoing.services import end_observation
from sites.models import Residence
from tests import factories as f
from tests import oracle
from tests.classification import test_engine
from tests.classification.test_engine import AS_OF, EXAMPLES, methods, plant, records, version_of

estate = test_engine.estate
PAGES = {
    "lead": (reverse("classification:home"), MOVED_DAYS),
    "coordinator": (reverse("partners:dashboard"), HALF_YEAR_DAYS),
}
# The first CTE of the engine's statement, which no other has.
OF_THE_ENGINE = "counted AS ("


def _days_ago(days):
    return timezone.localdate() - dt.timedelta(days)


def _stored(**which):
    with system_scope("evaluation"):
        rows = PastLevel.objects.filter(**which)
        return {
            (residence, day): level for residence, day, level in rows.values_list("residence", "day", "level")
        }


def _computed(*residences, as_of=None):
    """Return what the engine says of the residences, each with the grid of its level now."""
    as_of = as_of or timezone.localdate()
    with system_scope("evaluation"):
        found = {}
        for site in SiteLevel.objects.filter(residence__in=residences, address=None):
            for back in PAST_DAYS:
                day = as_of - dt.timedelta(back)
                level = engine.residence_levels(site.grid_version, day, [site.residence_id])[
                    site.residence_id
                ]
                found[site.residence_id, day] = level
        return found


def _everywhere():
    with system_scope("evaluation"):
        return list(Residence.objects.values_list("pk", flat=True))


@pytest.fixture
def strict(db):
    """A grid by which any fact that counts gives level 4."""
    cells = {key: [4, "local"] for key in default_grid().cells}
    with system_scope("seeding"):
        return GridVersion.objects.create(name="Sévère", cells=cells, thresholds=default_grid().thresholds)


@settings(EXAMPLES, max_examples=60)
@given(planted=records(), method=methods())
def test_stored_levels_are_those_the_engine_gives(estate, seeding, reference_written, planted, method):
    with transaction.atomic():
        plant(estate, planted)
        ids = [residence.pk for residence in estate[0]]
        commune = estate[0][0].commune
        version = version_of(method)
        version.name = "Toute grille"
        version.save()
        territory = f.TerritoryFactory(communes=[commune])
        GridAdoption.objects.create(territory=territory, grid_version=version)
        evaluate(ids, as_of=AS_OF)
        stored = _stored(residence__in=ids)
        with system_scope("evaluation"):
            grids = [version if home.commune == commune else default_grid() for home in estate[0]]
            computed = {
                (pk, day): engine.residence_levels(grids[place], day, [pk])[pk]
                for day in (AS_OF - dt.timedelta(back) for back in PAST_DAYS)
                for place, pk in enumerate(ids)
                if not oracle.is_closed(planted, (place, None), day)
            }
        transaction.set_rollback(True)
    assert stored == computed


def test_the_whole_pass_and_the_night_store_two_days_of_every_residence(world):
    expected = {(pk, _days_ago(back)) for pk in _everywhere() for back in PAST_DAYS}
    for run in (evaluate, evaluate_everything):
        with system_scope("evaluation"):
            PastLevel.objects.all().delete()
        run()
        assert set(_stored()) == expected
        assert _stored() == _computed(*_everywhere())


def test_days_that_are_past_are_not_kept(world):
    evaluate(as_of=_days_ago(1))
    evaluate()
    assert {day for _residence, day in _stored()} == {_days_ago(back) for back in PAST_DAYS}


def test_one_residence_is_written_anew_and_no_other(world):
    with system_scope("evaluation"):
        PastLevel.objects.update(level=4)
    evaluate([world.a.residence.pk])
    assert _stored(residence=world.a.residence) == _computed(world.a.residence.pk)
    assert set(_stored(residence=world.a.other).values()) == {4}


def _levels_of(residence):
    return [_stored()[residence.pk, _days_ago(back)] for back in PAST_DAYS]


def test_a_late_fact_its_correction_and_its_cancelling_change_the_past(world):
    place, weapons = world.a.other, FactType.objects.get(code="WEAPONS")
    assert _levels_of(place) == [1, 1]
    late = Fact(place=place, fact_type=weapons, day=_days_ago(HALF_YEAR_DAYS))
    with acting_as(world.a.lead) as scope:
        fact, _new = record_incident(scope=scope, fact=late)
    assert _levels_of(place) == [3, 3]
    with acting_as(world.a.lead) as scope:
        version = version_of_record(fact, state_of(fact))
        moved = replace(late, day=_days_ago(MOVED_DAYS))
        assert correct_incident(scope=scope, incident=fact, fact=moved, version=version)
    assert _levels_of(place) == [3, 1]
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=fact, reason="doublon")
    assert _levels_of(place) == [1, 1] == list(_computed(place.pk).values())


def test_an_observation_found_to_have_ended_before_changes_the_past(world):
    place = world.a.other
    with system_scope("seeding"):
        observation = f.StandingObservationFactory(
            address=world.a.other_address, code="WEAPONS", since=_days_ago(60)
        )
        f.ConfirmationFactory(observation=observation, day=_days_ago(MOVED_DAYS))
    evaluate([place.pk])
    assert _levels_of(place) == [4, 1]
    with acting_as(world.a.lead) as scope:
        end_observation(scope=scope, observation=observation, on=_days_ago(MOVED_DAYS + 1))
    assert _levels_of(place) == [1, 1] == list(_computed(place.pk).values())


def test_a_grid_is_asked_for_by_its_own_levels(world, strict):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, day=_days_ago(MOVED_DAYS))
        evaluate([world.a.other.pk])
    assert _levels_of(world.a.other) == [1, 1]
    with system_scope("seeding"):
        GridAdoption.objects.create(territory=world.a.territory, grid_version=strict)
    with system_scope("evaluation"):
        # As of a visit between the adoption and the evaluation of the past days.
        SiteLevel.objects.filter(residence=world.a.other).update(grid_version=strict)
    assert _read(world.a.lead, world.a.other) == 4
    evaluate()
    assert _levels_of(world.a.other) == [4, 1]
    assert _stored(residence=world.a.other) == _computed(world.a.other.pk)
    assert _read(world.a.lead, world.a.other) == 4


def test_a_residence_that_moved_is_seen_where_it_is(world):
    place = world.a.other
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, code="WEAPONS", day=_days_ago(MOVED_DAYS))
        Residence.objects.filter(pk=place.pk).update(commune=world.c.commune)
    evaluate([place.pk])
    assert _stored(residence=place) == _computed(place.pk)
    assert _read(world.a.lead, place) == 3
    with acting_as(world.a.coordinator):
        assert not PastLevel.objects.filter(residence=place).exists()


def _read(person, residence, back=MOVED_DAYS):
    with acting_as(person):
        sites = SiteLevel.objects.filter(residence=residence, address=None)
        return levels_on(_days_ago(back), sites).get(residence.pk)


@pytest.mark.parametrize("back", [*PAST_DAYS, 31])
@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_what_is_read_is_what_the_engine_gives_who_asks(world, who, back):
    """Of landlords that recorded by then alone; stored, or not stored for that day."""
    with system_scope("seeding"):
        for side in (world.a, world.c):
            f.IncidentFactory(address=side.address, code="WEAPONS", day=_days_ago(back))
        evaluate()
    day, person = _days_ago(back), getattr(world.a, who)
    with acting_as(person):
        sites = list(SiteLevel.objects.filter(address=None))
        recording = landlords_recording(day)
        known = [site.residence_id for site in sites if site.landlord_id in recording]
        assert levels_on(day, sites) == engine.residence_levels(default_grid(), day, known)
        assert levels_on(day, sites) == {world.a.residence.pk: 3, world.a.other.pk: 1}
    with acting_as(world.b.lead):
        assert levels_on(day, SiteLevel.objects.filter(address=None)) == {}


def test_only_what_is_not_stored_is_computed(world, monkeypatch):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=_days_ago(100))
        evaluate()
    with system_scope("evaluation"):
        PastLevel.objects.filter(residence=world.a.other).delete()
        PastLevel.objects.filter(residence=world.a.residence).update(level=4)
    asked = []
    real = engine.residence_levels

    def residence_levels(version, day, ids):
        asked.extend(ids)
        return real(version, day, ids)

    monkeypatch.setattr(engine, "residence_levels", residence_levels)
    with acting_as(world.a.lead):
        levels = levels_on(_days_ago(MOVED_DAYS), SiteLevel.objects.filter(address=None))
    assert asked == [world.a.other.pk]
    assert levels == {world.a.residence.pk: 4, world.a.other.pk: 1}


def _statements(client, url):
    """Return what a visit runs; prepared statements included, which Django's own log leaves out."""
    told = []

    def keep(execute, sql, params, many, context):
        told.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        assert client.get(url).status_code == 200
    return told


@pytest.mark.parametrize("who", PAGES)
def test_a_visit_after_an_evaluation_runs_no_engine_however_many_there_are(world, sign_in, who):
    url, back = PAGES[who]
    client = sign_in(getattr(world.a, who))
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=_days_ago(back))
        evaluate()
    _statements(client, url)
    few = _statements(client, url)
    assert [sql for sql in few if OF_THE_ENGINE in sql] == []
    with system_scope("seeding"):
        for _number in range(3):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            f.IncidentFactory(
                address=f.AddressFactory(residence=residence), code="WEAPONS", day=_days_ago(back)
            )
        evaluate()
    many = _statements(client, url)
    assert [sql for sql in many if OF_THE_ENGINE in sql] == []
    assert len(many) == len(few)


@pytest.mark.parametrize("who", PAGES)
def test_a_visit_on_a_day_before_its_first_evaluation_computes(world, sign_in, who):
    url, back = PAGES[who]
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=_days_ago(back))
    with system_scope("evaluation"):
        PastLevel.objects.all().delete()
    assert len([sql for sql in _statements(sign_in(getattr(world.a, who)), url) if OF_THE_ENGINE in sql]) == 1


def _writes_the_past(work):
    """Say whether ``work`` runs a statement that writes past levels."""
    said = []

    def note(execute, sql, params, many, context):
        said.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    return any("INSERT INTO classification_pastlevel" in sql for sql in said)


@pytest.mark.parametrize(
    ("ago", "writes"), [(0, False), (MOVED_DAYS - 1, False), (MOVED_DAYS, True), (400, True)]
)
def test_a_new_fact_costs_the_past_only_from_its_day_on(world, ago, writes):
    evaluate([world.a.residence.pk])
    fact = Fact(
        place=world.a.residence, fact_type=FactType.objects.get(code="URBAN_VIOLENCE"), day=_days_ago(ago)
    )
    with acting_as(world.a.lead) as scope:
        assert _writes_the_past(lambda: record_incident(scope=scope, fact=fact)) is writes
    assert _stored(residence=world.a.residence) == _computed(world.a.residence.pk)


def test_a_new_fact_stores_a_past_that_is_missing(world):
    with system_scope("evaluation"):
        PastLevel.objects.filter(residence=world.a.residence, day=_days_ago(HALF_YEAR_DAYS)).delete()
    fact = Fact(place=world.a.residence, fact_type=FactType.objects.get(code="NOISE"), day=_days_ago(0))
    with acting_as(world.a.lead) as scope:
        record_incident(scope=scope, fact=fact)
    assert _stored(residence=world.a.residence) == _computed(world.a.residence.pk)
