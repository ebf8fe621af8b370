"""A role is taken once from one accepted proposal, and nobody gets round whoever must confirm it: as SQL, and on the pages."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Mail, Membership, Proposal, User
from accounts.people.services import end_membership, set_active
from accounts.proposals import answering
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from tests import factories as f

ACCEPT = "UPDATE accounts_proposal SET state = 'accepted', answered_at = now() WHERE id = %s"
TAKE = "INSERT INTO accounts_membership (user_id, organisation_id, role, starts_on, ends_on) VALUES (%s, %s, %s, %s, %s)"


def _done(user, *statements) -> bool:
    """Run statements as ``user`` in one transaction; say whether each was carried out."""
    try:
        with transaction.atomic(), acting_as(user), connection.cursor() as cursor:
            return all(cursor.execute(*statement).rowcount for statement in statements)
    except DatabaseError:
        return False


def _proposed(world, user, **values) -> Proposal:
    with system_scope("seeding"):
        return f.ProposalFactory(
            user=user, **{"organisation": world.a.landlord, "proposed_by": world.a.lead} | values
        )


def _take(user, landlord, role="agent", starts=None, ends=None):
    return TAKE, [user.pk, landlord.pk, role, starts or timezone.localdate(), ends]


def _facts(user, world) -> int:
    with acting_as(user):
        return Incident.objects.filter(landlord=world.a.landlord).count()


def test_an_accepted_proposal_is_used_up_by_one_role_that_begins_today(world):
    user, today, day = world.stranger, timezone.localdate(), dt.timedelta(1)
    accepted = (ACCEPT, [_proposed(world, user).pk])
    for dates in ({"starts": today - day}, {"starts": today + day}, {"ends": today + day}):
        assert not _done(user, accepted, _take(user, world.a.landlord, **dates))
    assert _done(user, accepted, _take(user, world.a.landlord))
    with system_scope("seeding"):
        held = Membership.objects.get(user=user)
        assert [proposal.membership for proposal in Proposal.objects.filter(user=user)] == [held]
    assert _done(
        world.a.lead, ("UPDATE accounts_membership SET ends_on = %s WHERE id = %s", [today, held.pk])
    )
    assert not _done(user, _take(user, world.a.landlord))
    assert _facts(user, world) == 0


def test_an_accepted_proposal_is_linked_to_no_other_role(world):
    user = world.stranger
    assert _done(user, (ACCEPT, [_proposed(world, user).pk]))
    link = "UPDATE accounts_proposal SET membership_id = %s WHERE user_id = %s"
    assert not _done(user, (link, [world.a.agent_membership.pk, user.pk]))


def test_nobody_deletes_a_role_or_has_it_end_in_the_past(world):
    today = timezone.localdate()
    end = "UPDATE accounts_membership SET ends_on = %s WHERE user_id = %s"
    for user in (world.admin, world.a.lead):
        assert not _done(
            user, ("DELETE FROM accounts_membership WHERE id = %s", [world.a.agent_membership.pk])
        )
        assert not _done(user, (end, [today - dt.timedelta(1), world.a.agent.pk]))


@pytest.mark.parametrize("side", ["agent", "dpo of the police, later"])
def test_the_sides_stay_apart_whatever_the_person_sees_of_the_organisation(world, side):
    today = timezone.localdate()
    if side == "agent":
        user, organisation, role = world.a.agent, world.a.police, "dpo"
    else:
        with system_scope("seeding"):
            tomorrow = today + dt.timedelta(1)
            user = f.MembershipFactory(organisation=world.a.police, role=Role.DPO, starts_on=tomorrow).user
        organisation, role = world.a.landlord, "agent"
    proposal = _proposed(
        world, user, organisation=organisation, role=role, proposed_by=world.admin, inviting=world.operator
    )
    assert not _done(user, (ACCEPT, [proposal.pk]), _take(user, organisation, role))


def test_an_agent_sees_no_more_than_was_foreseen_until_the_lead_says_so(world, sign_in):
    user = world.stranger
    proposal = _proposed(world, user, prepared={"residences": [world.a.residence.pk]})
    assert _done(user, (ACCEPT, [proposal.pk]), _take(user, world.a.landlord))
    assert _facts(user, world) == 0
    with system_scope("seeding"):
        agent = Membership.objects.get(user=user)
    page = sign_in(world.a.lead)
    url = reverse("sites:assignments", args=[agent.pk])
    form = page.get(url).context["form"]
    page.post(url, {"residences": [], "everywhere": "on", "version": form["version"].value()})
    assert _facts(user, world) == 10


def test_only_a_lead_says_what_is_foreseen(world):
    proposal = _proposed(world, world.stranger, prepared={"residences": [world.a.residence.pk]})
    widen = ("UPDATE accounts_proposal SET prepared = '{}' WHERE id = %s", [proposal.pk])
    assert [_done(user, widen) for user in (world.admin, world.stranger, world.b.lead)] == [False] * 3
    assert _done(world.a.lead, widen)


def test_an_administrator_changes_the_kind_of_no_organisation_that_served(world):
    kind = "UPDATE accounts_organisation SET kind = 'municipality' WHERE id = %s"
    assert not _done(world.admin, (kind, [world.a.landlord.pk]))


def _by_admin(world, sign_in, user, role=Role.LEAD, organisation=None) -> Proposal:
    organisation = organisation or world.a.landlord
    url = reverse("accounts:add_membership", args=[user.pk])
    sign_in(world.admin).post(url, {"organisation": organisation.pk, "role": role})
    with system_scope("seeding"):
        return Proposal.objects.get(user=user)


def _without_lead(world, how: str) -> None:
    today = timezone.localdate()
    with system_scope("seeding"):
        held = Membership.objects.filter(user=world.a.lead)
        if how == "closed":
            User.objects.filter(pk=world.a.lead.pk).update(is_active=False)
        else:
            held.update(ends_on=today - dt.timedelta(30 if how == "long ago" else 29))


@pytest.mark.parametrize(
    ("how", "asked"),
    [("there", "awaited"), ("closed", "officer"), ("lately", "officer"), ("long ago", "nobody")],
)
def test_a_lead_who_left_lately_or_whose_account_is_closed_opens_no_door(world, sign_in, how, asked):
    if how != "there":
        _without_lead(world, how)
    proposal = _by_admin(world, sign_in, world.stranger)
    assert proposal.confirmation == asked
    sign_in(world.stranger).post(reverse("accounts:accept_offer", args=[proposal.pk]))
    assert bool(_facts(world.stranger, world)) is (asked == "nobody")


def test_the_officer_confirms_where_the_lead_left_lately_and_not_where_one_is_there(world, sign_in):
    proposal = _by_admin(world, sign_in, world.stranger)
    confirm, officer = reverse("accounts:confirm_proposal", args=[proposal.pk]), sign_in(world.dpo)
    assert officer.post(confirm).status_code == 403
    _without_lead(world, "lately")
    with system_scope("seeding"):
        new = f.UserFactory()
    proposal = _by_admin(world, sign_in, new)
    officer = sign_in(world.dpo)
    with system_scope("mail"):
        told = list(Mail.objects.order_by("pk").values_list("user", "kind"))
    # The lead of the first proposal, then the officer: whoever waits is told once it is confirmed.
    assert told == [(world.a.lead.pk, "awaited"), (world.dpo.pk, "awaited")]
    confirm = reverse("accounts:confirm_proposal", args=[proposal.pk])
    assert confirm in officer.get(reverse("accounts:journal")).text
    officer.post(confirm)
    with system_scope("mail"):
        assert Mail.objects.get(user=new).kind == "invitation"
    with acting_as(new) as scope:
        answering.accept(scope, proposal=proposal)
    assert _facts(new, world) > 0


def _given_word(officer, proposal) -> bool:
    word = "UPDATE accounts_proposal SET confirmation = 'given', confirmed_by_id = %s WHERE id = %s"
    return _done(officer, (word, [officer.pk, proposal.pk]))


@pytest.mark.parametrize("how", ["role", "account"])
def test_the_officer_is_asked_once_the_last_lead_is_gone_and_told_so(world, sign_in, how):
    proposal, officer = _by_admin(world, sign_in, world.stranger), sign_in(world.dpo)
    confirm = reverse("accounts:confirm_proposal", args=[proposal.pk])
    asked = confirm in officer.get(reverse("accounts:journal")).text
    assert (proposal.confirmation, asked, _given_word(world.dpo, proposal)) == ("awaited", False, False)
    with system_scope("seeding"):
        lead = Membership.objects.get(user=world.a.lead)
    with acting_as(world.admin) as scope:
        if how == "role":
            end_membership(scope, membership=lead)
        else:
            set_active(scope, user=world.a.lead, active=False)
    with system_scope("mail"):
        assert Mail.objects.filter(user=world.dpo, kind="awaited").count() == 1
    assert confirm in officer.get(reverse("accounts:journal")).text
    officer.post(confirm)
    with system_scope("seeding"):
        proposal.refresh_from_db()
    assert (proposal.confirmation, proposal.confirmed_by_id) == ("given", world.dpo.pk)


def test_a_lead_who_leaves_beside_another_one_leaves_the_word_to_them(world, sign_in):
    with system_scope("seeding"):
        other = f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD)
    proposal = _by_admin(world, sign_in, world.stranger)
    with acting_as(world.admin) as scope:
        before = _awaited()
        end_membership(scope, membership=other)
    assert (_awaited(), world.dpo.pk in before) == (before, False)
    assert not _given_word(world.dpo, proposal)


def _awaited() -> list[int]:
    with system_scope("mail"):
        return sorted(Mail.objects.filter(kind="awaited").values_list("user_id", flat=True))


@pytest.mark.parametrize("who", ["lead", "dpo"])
def test_a_role_of_data_protection_officer_needs_the_word_of_the_organisation(world, sign_in, who):
    proposal = _by_admin(world, sign_in, world.stranger, Role.DPO)
    assert proposal.confirmation == "awaited"
    confirms = world.a.lead if who == "lead" else world.dpo
    sign_in(confirms).post(reverse("accounts:confirm_proposal", args=[proposal.pk]))
    with system_scope("seeding"):
        proposal.refresh_from_db()
    assert (proposal.confirmation, proposal.confirmed_by_id) == ("given", confirms.pk)


def test_the_name_that_another_wrote_is_not_that_of_an_account(world, sign_in):
    for side, name in ((world.b, "Écrit par B"), (world.a, "Écrit par A")):
        typed = {
            "email": "neuve@exemple.invalid",
            "full_name": name,
            "organisation": side.landlord.pk,
            "role": "agent",
        }
        sign_in(side.lead).post(reverse("accounts:invite"), typed)
    with system_scope("seeding"):
        first, second = Proposal.objects.select_related("user").order_by("pk")
    assert (first.user.full_name, first.full_name) == ("", "Écrit par B")
    with acting_as(second.user) as scope:
        answering.accept(scope, proposal=second, full_name="Mon nom")
        answering.accept(scope, proposal=first, full_name="Un autre")
    with system_scope("seeding"):
        assert User.objects.get(pk=first.user_id).full_name == "Mon nom"
