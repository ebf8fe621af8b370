"""A lead confirms a proposed level or retains another one; the decision stands until its ground changes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.decisions.services import EndedMeanwhileError, confirm, decide
from classification.engine.services import evaluate
from classification.models import Decision, SiteLevel
from core.versions import StaleError
from sites.models import Residence
from tests import factories as f
from tests.deciding import (
    decides,
    decision_now,
    raise_to_3,
    residence_at,
    site_of,
    takes_back,
    version_for,
)

WHY = "La rue voisine compte davantage que le hall."


@pytest.fixture
def calm(world):
    return residence_at(world.a.landlord, world.commune, 1, name="Calme")


@pytest.fixture
def troubled(world):
    return residence_at(world.a.landlord, world.commune, 3, name="Troublée")


def _shown(residence):
    site = site_of(residence)
    return (site.level, site.retained, site.mark, site.decided_on)


def _entries(world, decision):
    with acting_as(world.a.lead):
        rows = AuditEntry.objects.filter(object_type="classification.decision", object_id=str(decision.pk))
        return [(row.action, row.organisation_id, row.detail) for row in rows.order_by("pk")]


def test_what_is_confirmed_keeps_its_level_and_says_since_when(world, troubled):
    assert _shown(troubled) == (3, None, 3, None)
    decision = decides(world.a.lead, troubled)
    assert _shown(troubled) == (3, 3, 3, timezone.localdate())
    assert (decision.proposed, decision.retained, decision.confirms, decision.decided_by_id) == (
        3, 3, True, world.a.lead.pk,
    )  # fmt: skip
    told = {"residence": troubled.pk, "confirms": True, "departs": False, "replaces": False}
    assert _entries(world, decision) == [("create", world.a.landlord.pk, told)]


def test_a_site_is_shown_with_the_level_that_was_retained(world, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    assert _shown(troubled) == (3, 4, 4, timezone.localdate())
    assert _entries(world, decision)[0][2]["departs"] is True


def test_another_level_than_the_proposed_one_needs_a_reason(world, troubled):
    with pytest.raises(IntegrityError, match="decision_says_why_it_departs"):
        decides(world.a.lead, troubled, 2)


def test_a_decision_outlives_evaluations_that_change_nothing(world, troubled):
    decides(world.a.lead, troubled, 4, WHY)
    with system_scope("seeding"):
        f.IncidentFactory(address=troubled.addresses.get(), code="LITTERING", day=timezone.localdate())
    evaluate([troubled.pk])
    assert _shown(troubled) == (3, 4, 4, timezone.localdate())


def test_a_decision_is_of_the_day_in_france_also_once_its_level_is_stored_again(world, troubled):
    at = dt.datetime.combine(
        timezone.localdate() - dt.timedelta(1), dt.time(0, 30), timezone.get_default_timezone()
    )
    with acting_as(world.a.lead) as scope:
        decide(scope, troubled.pk, retained=3, reason="", version=version_for(troubled), at=at)
    assert _shown(troubled)[3] == at.date()
    evaluate([troubled.pk])
    assert _shown(troubled)[3] == at.date()


@pytest.mark.parametrize("everything", [False, True])
def test_a_decision_lapses_when_the_proposed_level_moves(world, calm, troubled, everything):
    moved, stays = decides(world.a.lead, calm), decides(world.a.lead, troubled)
    raise_to_3(calm)
    if everything:
        evaluate()
    ended = decision_now(moved)
    assert (ended.ending, ended.ended_on, ended.ended_by_id, ended.lapsed_level, ended.lapsed_silent) == (
        "lapsed", timezone.localdate(), None, 3, False,
    )  # fmt: skip
    assert _shown(calm) == (3, None, 3, None)
    assert decision_now(stays).ended_on is None


def test_a_full_evaluation_lapses_what_moved_and_keeps_the_rest(world, calm, troubled):
    moved, stays = decides(world.a.lead, calm), decides(world.a.lead, troubled, 4, WHY)
    evaluate(as_of=timezone.localdate() + dt.timedelta(3))
    assert decision_now(stays).ended_on is None
    evaluate(as_of=timezone.localdate() + dt.timedelta(400))
    ended = decision_now(stays)
    assert (ended.ending, ended.lapsed_level, ended.ended_on) == (
        "lapsed", 1, timezone.localdate() + dt.timedelta(400),
    )  # fmt: skip
    assert decision_now(moved).ended_on is None


def test_a_decision_lapses_when_recording_stops_at_the_same_level(world):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        address = f.AddressFactory(residence=residence)
        for back in range(8):
            f.IncidentFactory(
                address=address, code="LITTERING", day=timezone.localdate() - dt.timedelta(40 + 5 * back)
            )
    evaluate([residence.pk])
    decision = decides(world.a.lead, residence)
    evaluate(as_of=timezone.localdate() + dt.timedelta(80))
    ended = decision_now(decision)
    assert (decision.proposed, decision.silent) == (1, False)
    assert (ended.ending, ended.lapsed_level, ended.lapsed_silent) == ("lapsed", 1, True)


def test_a_decision_lapses_with_its_residence(world, troubled):
    decision = decides(world.a.lead, troubled)
    with system_scope("seeding"):
        Residence.objects.filter(pk=troubled.pk).update(closed_on=timezone.localdate())
    evaluate([troubled.pk])
    ended = decision_now(decision)
    assert (ended.ending, ended.lapsed_level, ended.lapsed_silent) == ("lapsed", None, None)


def test_a_silent_site_is_decided_with_a_reason_and_never_shown_as_quiet(world):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        address = f.AddressFactory(residence=residence)
        for back in range(8):
            f.IncidentFactory(
                address=address, code="LITTERING", day=timezone.localdate() - dt.timedelta(100 + 5 * back)
            )
    evaluate([residence.pk])
    assert site_of(residence).silent
    with transaction.atomic(), pytest.raises(IntegrityError, match="decision_says_why_it_departs"):
        decides(world.a.lead, residence, 1)
    decides(world.a.lead, residence, 1, WHY)
    assert _shown(residence) == (1, 1, 0, timezone.localdate())
    decides(world.a.lead, residence, 3, WHY)
    assert _shown(residence) == (1, 3, 3, timezone.localdate())


def test_another_decision_replaces_the_one_that_stands(world, troubled):
    first = decides(world.a.lead, troubled, 4, WHY)
    second = decides(world.a.lead, troubled, 2, WHY)
    ended = decision_now(first)
    assert (ended.ending, ended.ended_by_id, ended.ended_on) == (
        "replaced", world.a.lead.pk, timezone.localdate(),
    )  # fmt: skip
    assert _shown(troubled)[1:3] == (2, 2)
    assert _entries(world, second)[0][2]["replaces"] is True


def test_the_same_decision_sent_twice_is_one(world, troubled):
    version = version_for(troubled)
    first = decides(world.a.lead, troubled, 4, WHY, version)
    assert decides(world.a.lead, troubled, 4, WHY, version) == first
    with system_scope("evaluation"):
        assert Decision.objects.filter(residence=troubled).count() == 1


def test_a_decision_on_another_level_than_the_one_shown_is_refused(world, calm):
    version = version_for(calm)
    raise_to_3(calm)
    with pytest.raises(StaleError):
        decides(world.a.lead, calm, 1, WHY, version)
    assert _shown(calm) == (3, None, 3, None)


def test_a_decision_over_one_that_was_not_shown_is_refused(world, troubled):
    version = version_for(troubled)
    decides(world.a.lead, troubled, 4, WHY)
    with pytest.raises(StaleError):
        decides(world.a.lead, troubled, 2, WHY, version)


def test_a_decision_taken_back_leaves_the_proposed_level(world, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    takes_back(world.a.lead, decision, "Mauvaise résidence.")
    ended = decision_now(decision)
    assert (ended.ending, ended.end_reason, ended.ended_by_id) == (
        "withdrawn", "Mauvaise résidence.", world.a.lead.pk,
    )  # fmt: skip
    assert _shown(troubled) == (3, None, 3, None)
    assert _entries(world, decision)[1] == ("cancel", world.a.landlord.pk, {"residence": troubled.pk})
    with pytest.raises(EndedMeanwhileError):
        takes_back(world.a.lead, decision)
    evaluate([troubled.pk])
    assert _shown(troubled) == (3, None, 3, None)


def _confirm(lead, *residences):
    versions = {residence.pk: version_for(residence) for residence in residences}
    with acting_as(lead) as scope:
        return confirm(scope, versions)


def test_several_are_confirmed_at_once(world, calm, troubled):
    found = _confirm(world.a.lead, calm, troubled)
    assert sorted((one.residence_id, one.retained, one.reason) for one in found.decisions) == sorted(
        [(calm.pk, 1, ""), (troubled.pk, 3, "")]
    )
    assert (_shown(calm)[1:], _shown(troubled)[1:]) == (
        (1, 1, timezone.localdate()), (3, 3, timezone.localdate()),
    )  # fmt: skip
    assert [len(_entries(world, one)) for one in found.decisions] == [1, 1]


def test_what_moved_since_it_was_shown_is_not_confirmed_with_the_rest(world, calm, troubled):
    versions = {residence.pk: version_for(residence) for residence in (calm, troubled)}
    raise_to_3(calm)
    with acting_as(world.a.lead) as scope:
        found = confirm(scope, versions)
    assert ([one.residence_id for one in found.decisions], found.changed, found.contested) == (
        [troubled.pk], ["Calme"], [],
    )  # fmt: skip
    assert _shown(calm)[1] is None


def test_what_is_contested_is_not_confirmed_with_the_rest(world, calm, troubled):
    decides(world.a.lead, calm, 2, WHY)
    raise_to_3(calm)
    with system_scope("seeding"):
        f.DisruptionFactory(address=troubled.addresses.get(), extent="limited", seen_at=None)
    evaluate([troubled.pk])
    found = _confirm(world.a.lead, calm, troubled)
    assert (found.decisions, sorted(found.contested)) == ([], ["Calme", "Troublée"])


def test_a_decided_level_is_not_confirmed_over(world, troubled):
    standing = decides(world.a.lead, troubled, 4, WHY)
    assert _confirm(world.a.lead, troubled).contested == ["Troublée"]
    assert decision_now(standing).ended_on is None


def test_nobody_decides_about_another_landlords_sites(world, troubled):
    version = version_for(troubled)
    with acting_as(world.b.lead) as scope:
        assert confirm(scope, {troubled.pk: version}).decisions == []
        with pytest.raises(SiteLevel.DoesNotExist):
            decide(scope, troubled.pk, retained=3, reason="", version=version)


def test_a_decision_is_never_rewritten(world, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    for changed in ({"retained": 1}, {"reason": "Autre."}, {"proposed": 2}, {"decided_by": world.b.lead}):
        with (
            acting_as(world.a.lead),
            transaction.atomic(),
            pytest.raises(Exception, match="Cannot update rows"),
        ):
            Decision.objects.filter(pk=decision.pk).update(**changed)
    takes_back(world.a.lead, decision)
    with acting_as(world.a.lead), transaction.atomic(), pytest.raises(Exception, match="Cannot update rows"):
        Decision.objects.filter(pk=decision.pk).update(ended_on=None, ending="")
    with acting_as(world.a.lead):
        assert Decision.objects.filter(pk=decision.pk).delete()[0] == 0


def test_each_level_confirmed_with_others_is_in_the_journal(world, calm, troubled):
    found = _confirm(world.a.lead, calm, troubled)
    for decision in found.decisions:
        told = {"residence": decision.residence_id, "confirms": True, "departs": False, "replaces": False}
        assert _entries(world, decision) == [("create", world.a.landlord.pk, told)]
    assert len(found.decisions) == 2


def test_a_decision_stands_beside_addresses_of_another_level(world, troubled):
    with system_scope("seeding"):
        quiet = f.AddressFactory(residence=troubled)
    evaluate([troubled.pk])
    decision = decides(world.a.lead, troubled, 4, WHY)
    evaluate([troubled.pk])
    assert (decision_now(decision).ended_on, _shown(troubled)[1:3]) == (None, (4, 4))
    with system_scope("evaluation"):
        doors = SiteLevel.objects.filter(residence=troubled).exclude(address=None)
        assert set(doors.values_list("level", "retained")) == {(3, None), (1, None)}
        assert doors.get(address=quiet).mark == 1
