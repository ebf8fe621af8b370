"""The link by which an account is opened: to whom it is shown, and when it stops working."""

import re

import pytest
from django.urls import reverse
from django.utils.http import int_to_base36

from accounts.enums import AuditAction
from accounts.mail.links import KeyGenerator, proposal_in
from accounts.models import AuditEntry, User
from accounts.scope import acting_as, system_scope
from core.opaque import read
from tests import factories as f

NEW = "une phrase tranquille"


@pytest.fixture
def proposal(world):
    with system_scope("seeding"):
        return f.ProposalFactory(
            organisation=world.a.landlord,
            proposed_by=world.admin,
            inviting=world.operator,
            confirmation="given",
        )


def _show(client, proposal):
    return client.post(reverse("accounts:invitation_link", args=[proposal.pk]))


def _link(answer) -> str:
    assert answer.status_code == 200
    return re.search(r'value="(http://testserver/mot-de-passe/choisir/[^"]+)"', answer.text)[1]


def _offered(client, proposal) -> bool:
    page = client.get(reverse("accounts:proposal", args=[proposal.pk])).text
    return reverse("accounts:invitation_link", args=[proposal.pk]) in page


def test_a_link_is_shown_once_and_the_journal_says_to_whom(world, sign_in, client, proposal):
    reader = sign_in(world.admin)
    assert _offered(reader, proposal)
    answer = _show(reader, proposal)
    link = _link(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    opened = client.post(reverse("account_login"), {"login": proposal.user.email, "password": NEW})
    assert opened.headers["Location"] == reverse("home")
    with acting_as(world.a.lead):
        told = AuditEntry.objects.filter(object_type="accounts.proposal", actor=world.admin).get()
    assert (told.action, told.detail["invitation_link"], told.detail["person"]) == (
        AuditAction.READ, True, "Comme écrit",
    )  # fmt: skip
    assert (_offered(reader, proposal), _show(reader, proposal).status_code) == (False, 403)


def test_a_link_tells_neither_how_many_accounts_nor_how_many_proposals_there_are(world, sign_in, proposal):
    link = _link(_show(sign_in(world.admin), proposal))
    uid, key = re.fullmatch(r".*/choisir/([\w-]{32})-(.+)/", link).groups()
    assert (read("account", uid), proposal_in(key)) == (proposal.user_id, proposal.pk)
    named = (
        str(proposal.pk),
        str(proposal.user_id),
        int_to_base36(proposal.pk),
        int_to_base36(proposal.user_id),
    )
    assert [number for number in named if number in link] == []


def test_a_link_that_was_sent_before_its_numbers_were_hidden_still_opens(world, client, proposal):
    with system_scope("mail"):
        key = KeyGenerator(proposal.pk).make_token(proposal.user)
    former = f"{int_to_base36(proposal.user_id)}-{proposal.pk}.{key.rpartition('.')[2]}"
    page = client.get(f"/mot-de-passe/choisir/{former}/", follow=True)
    assert page.context["offer"] == proposal


@pytest.mark.parametrize("what", ["a role of another's", "another role of another's", "a role that counts"])
def test_an_administrator_is_shown_no_link_to_what_another_proposed(world, sign_in, proposal, what):
    reader = sign_in(world.admin)
    with system_scope("seeding"):
        if what == "a role of another's":
            proposal = f.ProposalFactory(organisation=world.a.landlord, proposed_by=world.a.lead)
        elif what == "a role that counts":
            f.MembershipFactory(user=proposal.user, organisation=world.b.landlord, role="agent")
        else:
            f.ProposalFactory(user=proposal.user, organisation=world.b.landlord, proposed_by=world.b.lead)
    assert (_offered(reader, proposal), _show(reader, proposal).status_code) == (False, 403)


def test_a_lead_is_shown_no_link_whose_proposal_it_is(world, sign_in, proposal):
    client = sign_in(world.a.lead)
    assert (_offered(client, proposal), _show(client, proposal).status_code) == (False, 403)


def test_a_link_opens_nothing_that_is_proposed_after_it(world, sign_in, client, proposal):
    link = _link(_show(sign_in(world.admin), proposal))
    with system_scope("seeding"):
        f.ProposalFactory(user=proposal.user, organisation=world.b.landlord, proposed_by=world.b.lead)
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    with acting_as(proposal.user) as scope:
        assert {pk for ids in scope.roles.values() for pk in ids} == {world.a.landlord.pk}


@pytest.mark.parametrize("why", ["closed", "opened"])
def test_the_link_of_an_account_that_is_closed_or_has_a_password_is_shown_to_nobody(
    world, sign_in, proposal, why
):
    values = {"is_active": False} if why == "closed" else {"password": "set"}
    with system_scope("seeding"):
        User.objects.filter(pk=proposal.user_id).update(**values)
    assert _show(sign_in(world.admin), proposal).status_code == 403
