"""A team puts a residence to rest on its own list, with a reason and until a day, and takes it back."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.foresight import retention
from classification.foresight.services import TakenBackError, at_rest, put_to_rest, state_of, take_back
from classification.models import Rest
from core.versions import StaleError, version_of
from tests import factories as f
from tests.watching import WHY, in_days, named, rested, watched

LIST = "/a-surveiller/"


def test_what_is_at_rest_leaves_the_list_of_its_team_alone(world, sign_in):
    watched(world.a)
    for person in (world.a.lead, world.a.coordinator):
        assert named(sign_in(person)) == ["Résidence A"]
    rested(world.a)
    assert named(sign_in(world.a.lead)) == []
    assert named(sign_in(world.a.coordinator)) == ["Résidence A"]
    answer = sign_in(world.a.lead).get(f"{LIST}?state=veille")
    assert named(sign_in(world.a.lead), "?state=veille") == ["Résidence A"]
    assert WHY in answer.content.decode()


def test_a_coordinators_rest_is_the_towns_and_its_reason_is_not_the_landlords_to_read(world, sign_in):
    rest = rested(world.a, Role.COORDINATOR)
    assert rest.organisation_id == world.a.town.pk
    assert named(sign_in(world.a.coordinator)) == []
    assert named(sign_in(world.a.lead)) == ["Résidence A"]
    with acting_as(world.a.lead):
        assert not Rest.objects.exists()
    assert WHY not in sign_in(world.a.lead).get(f"{LIST}?state=veille").content.decode()


def test_it_is_of_the_council_that_the_landlord_shares_with(world):
    """Whoever coordinates two councils over one commune puts to rest for the one whose agreement opens the residence."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.town, role=Role.COORDINATOR)
        f.MembershipFactory(user=world.b.coordinator, organisation=world.a.town, role=Role.COORDINATOR)
    assert rested(world.a, Role.COORDINATOR).organisation_id == world.a.town.pk
    assert rested(world.b, Role.COORDINATOR).organisation_id == world.b.town.pk


def _past(side) -> Rest:
    """A rest whose last day was yesterday, and that nobody took back."""
    residence = watched(side)
    with system_scope("seeding"):
        return Rest.objects.create(
            residence=residence, landlord=side.landlord, commune_id=residence.commune_id, organisation=side.landlord,
            reason=WHY, since=in_days(-30), until=in_days(-1),
        )  # fmt: skip


def test_after_its_day_the_residence_is_watched_again_and_can_be_put_to_rest_anew(world, sign_in):
    past = _past(world.a)
    assert named(sign_in(world.a.lead)) == ["Résidence A"]
    assert rested(world.a).pk != past.pk
    with acting_as(world.a.lead):
        assert Rest.objects.filter(at_rest()).count() == 1
        assert Rest.objects.get(pk=past.pk).ended_by_id == world.a.lead.pk


def test_its_last_day_is_one_of_rest(world):
    rested(world.a, until=in_days(1))
    with acting_as(world.a.lead):
        rests = [Rest.objects.filter(at_rest(in_days(number))).count() for number in (0, 1, 2)]
    assert rests == [1, 1, 0]


def test_taking_back_watches_it_again_and_is_in_the_journal(world, sign_in):
    rest = rested(world.a)
    client = sign_in(world.a.lead)
    answer = client.post(reverse("classification:rest_end", args=[rest.pk]), follow=True)
    assert "est de nouveau surveillé" in answer.content.decode()
    assert named(client) == ["Résidence A"]
    with acting_as(world.a.lead):
        told = AuditEntry.objects.filter(object_type="classification.rest").order_by("pk")
        assert [(row.action, row.organisation_id) for row in told] == [
            ("create", world.a.landlord.pk), ("cancel", world.a.landlord.pk),
        ]  # fmt: skip
        assert WHY not in str([row.detail for row in told])
    again = client.post(reverse("classification:rest_end", args=[rest.pk]), follow=True)
    assert "rien n’a été changé" in again.content.decode()


def test_what_stands_is_replaced_and_kept_as_history(world, sign_in):
    former = rested(world.a)
    client, url = sign_in(world.a.lead), reverse("classification:rest", args=[world.a.residence.pk])
    version = client.get(url).context["form"]["version"].value()
    client.post(
        url, {"reason": "La ronde est prolongée.", "until": in_days(60).isoformat(), "version": version}
    )
    with acting_as(world.a.lead):
        assert [row.reason for row in Rest.objects.filter(at_rest())] == ["La ronde est prolongée."]
        assert Rest.objects.get(pk=former.pk).ended_at is not None
    assert WHY in client.get(url).content.decode()


def test_two_who_put_it_to_rest_at_once_do_not_undo_each_other(world):
    rested(world.a)
    with acting_as(world.a.lead) as scope:
        stale = version_of(world.a.residence, state_of(None))
        with pytest.raises(StaleError):
            put_to_rest(scope, world.a.residence, reason="Autre motif.", until=in_days(9), version=stale)
        # The same sent twice is the same.
        put_to_rest(scope, world.a.residence, reason=WHY, until=in_days(30), version=stale)
        assert Rest.objects.count() == 1


@pytest.mark.parametrize("days", [0, -1, 183])
def test_a_rest_lasts_from_tomorrow_to_half_a_year(world, sign_in, days):
    watched(world.a)
    client, url = sign_in(world.a.lead), reverse("classification:rest", args=[world.a.residence.pk])
    sent = {
        "reason": WHY,
        "until": in_days(days).isoformat(),
        "version": client.get(url).context["form"]["version"].value(),
    }
    answer = client.post(url, sent)
    assert (answer.status_code, "le site serait oublié" in answer.content.decode()) == (422, True)
    with acting_as(world.a.lead):
        assert not Rest.objects.exists()


def test_a_reason_names_nobody(world, sign_in):
    watched(world.a)
    client, url = sign_in(world.a.lead), reverse("classification:rest", args=[world.a.residence.pk])
    sent = {"reason": "Madame Durand s’en occupe.", "until": in_days(9).isoformat(), "version": client.get(url).context["form"]["version"].value()}  # fmt: skip
    assert client.post(url, sent).status_code == 422


def test_a_row_is_changed_but_to_end_and_only_once(world):
    rest = rested(world.a)
    with acting_as(world.a.lead) as scope:
        for change in ({"reason": "Autre."}, {"until": in_days(9)}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Rest.objects.filter(pk=rest.pk).update(**change)
        take_back(scope, rest)
        with pytest.raises(DatabaseError), transaction.atomic():
            Rest.objects.filter(pk=rest.pk).update(ended_at=timezone.now())
        with pytest.raises(TakenBackError):
            take_back(scope, rest)


def test_a_coordinator_cannot_write_for_a_landlord_nor_an_agent_for_anybody(world):
    said = {
        "residence": world.a.residence, "landlord": world.a.landlord, "commune": world.commune,
        "reason": WHY, "until": in_days(9),
    }  # fmt: skip
    for person, organisation in (
        (world.a.coordinator, world.a.landlord), (world.a.agent, world.a.landlord), (world.b.lead, world.b.landlord),
        (world.b.coordinator, world.b.town),
    ):  # fmt: skip
        with acting_as(person), pytest.raises(DatabaseError), transaction.atomic():
            Rest.objects.create(**said, organisation=organisation, made_by=person)


def test_it_is_erased_at_the_term_of_facts(world):
    residence = watched(world.a)
    long_ago = timezone.localdate() - dt.timedelta(6 * 365)
    with system_scope("seeding"):
        Rest.objects.create(
            residence=residence, landlord=world.a.landlord, commune_id=residence.commune_id,
            organisation=world.a.landlord, reason=WHY, since=long_ago, until=long_ago + dt.timedelta(9),
            ended_at=timezone.now(),
        )  # fmt: skip
    kept = rested(world.a)
    today = timezone.localdate()
    assert retention.RULE.due(today) == {world.a.landlord.pk: 1}
    retention.RULE.erase(today)
    with acting_as(world.a.lead):
        assert [row.pk for row in Rest.objects.all()] == [kept.pk]
