"""The link by which an account is opened: to whom it is shown, and when it stops working."""

import re

import pytest
from django.urls import reverse

from accounts.enums import AuditAction, Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from tests import factories as f

NEW = "une phrase tranquille"


@pytest.fixture
def invited(world):
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.landlord, role=Role.AGENT).user


def _show(client, person):
    return client.post(reverse("accounts:invitation_link", args=[person.pk]))


def _link(answer) -> str:
    assert answer.status_code == 200
    return re.search(r'value="(http://testserver/mot-de-passe/choisir/[^"]+)"', answer.text)[1]


def _offered(client, person) -> bool:
    page = client.get(reverse("accounts:user", args=[person.pk])).text
    return reverse("accounts:invitation_link", args=[person.pk]) in page


def test_a_link_is_shown_once_and_the_journal_says_to_whom(world, sign_in, client, invited):
    reader = sign_in(world.admin)
    assert _offered(reader, invited)
    answer = _show(reader, invited)
    link = _link(answer)
    assert answer.headers["Cache-Control"] == "no-store"
    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    opened = client.post(reverse("account_login"), {"login": invited.email, "password": NEW})
    assert opened.headers["Location"] == reverse("home")
    with acting_as(world.a.lead):
        told = AuditEntry.objects.filter(
            object_type="accounts.user", object_id=str(invited.pk), actor=world.admin
        )
        assert [(entry.action, entry.detail) for entry in told] == [
            (AuditAction.READ, {"invitation_link": True})
        ]
    assert (_offered(reader, invited), _show(reader, invited).status_code) == (False, 403)


def test_a_lead_cannot_take_an_address_that_another_landlord_invites_later(world, sign_in, invited):
    """A link to an own agent's account would open what the next landlord gives that person."""
    client = sign_in(world.a.lead)
    for person in (invited, world.dpo):
        assert (_offered(client, person), _show(client, person).status_code) == (False, 403)
    assert _show(client, world.b.agent).status_code == 404
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.landlord, role=Role.AGENT, user=invited)
    assert (_offered(client, invited), _show(client, invited).status_code) == (False, 403)
    assert _offered(sign_in(world.admin), invited)


def test_a_role_given_since_makes_a_copied_link_worthless(world, sign_in, client, invited):
    link = _link(_show(sign_in(world.admin), invited))
    assert client.get(link, follow=True).context.get("token_fail", False) is False
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.landlord, role=Role.LEAD, user=invited)
    assert client.get(link, follow=True).context["token_fail"] is True


def test_the_link_of_a_closed_account_is_shown_to_nobody(world, sign_in, invited):
    with system_scope("seeding"):
        type(invited).objects.filter(pk=invited.pk).update(is_active=False)
    assert _show(sign_in(world.admin), invited).status_code == 403
