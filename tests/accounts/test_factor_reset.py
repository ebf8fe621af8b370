"""Test how a lost second factor is erased: two people, the person told, and nothing left open."""

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.enums import Role
from accounts.factors.services import answer_reset, ask_reset
from accounts.models import AuditEntry, FactorReset, User
from accounts.scope import acting_as, system_scope
from tests import factories as f

SITE = "https://palier.exemple.invalid"


@pytest.fixture
def second(world):
    """A second lead of the landlord."""
    with system_scope("seeding"):
        Authenticator.objects.create(user=world.a.agent, type="totp", data={"secret": "x"})
        Authenticator.objects.create(user=world.b.agent, type="totp", data={"secret": "x"})
        return f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user


def ask(by, person):
    with acting_as(by) as scope:
        return ask_reset(scope, user=person, reason="lost", site_url=SITE)


def answer(by, reset, *, confirm=True):
    with acting_as(by) as scope:
        answer_reset(scope, reset=reset, confirm=confirm, site_url=SITE)


def holders():
    with system_scope("authentication"):
        return set(Authenticator.objects.values_list("user", flat=True))


def test_nobody_asks_to_erase_the_factor_of_who_has_not_entered_yet(world, sign_in):
    client = sign_in(world.admin)

    def offered(person):
        return (
            reverse("accounts:ask_factor_reset", args=[person.pk])
            in client.get(reverse("accounts:user", args=[person.pk])).text
        )

    with system_scope("seeding"):
        User.objects.filter(pk=world.a.lead.pk).update(password="one")
    assert (offered(world.a.agent), offered(world.a.lead)) == (False, True)


def test_two_people_erase_a_factor_and_end_the_sessions(
    world, second, sign_in, django_capture_on_commit_callbacks
):
    client = sign_in(world.a.agent)
    with django_capture_on_commit_callbacks(execute=True):
        reset = ask(world.a.lead, world.a.agent)
    assert holders() == {world.a.agent.pk, world.b.agent.pk}
    with django_capture_on_commit_callbacks(execute=True):
        answer(second, reset)
    assert holders() == {world.b.agent.pk}
    assert client.get(reverse("incidents:list")).headers["Location"].startswith(reverse("account_login"))
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([world.a.agent.email], "Votre second facteur dans Palier")
    ] * 2
    with acting_as(world.a.lead):
        told = AuditEntry.objects.filter(object_type="accounts.factorreset").order_by("pk")
        assert [(entry.actor_id, entry.detail) for entry in told] == [
            (world.a.lead.pk, {"person": world.a.agent.pk, "reason": "lost"}),
            (second.pk, {"person": world.a.agent.pk, "state": "done"}),
        ]


def test_nobody_confirms_what_they_asked_for(world, second):
    reset = ask(world.a.lead, world.a.agent)
    with pytest.raises(ValidationError):
        answer(world.a.lead, reset)
    assert world.a.agent.pk in holders()


def test_nobody_asks_or_confirms_for_oneself(world, second):
    with pytest.raises(ValidationError):
        ask(second, second)
    reset = ask(world.admin, second)
    with pytest.raises(ValidationError):
        answer(second, reset)


def test_a_request_that_was_refused_erases_nothing_and_is_answered_once(world, second):
    reset = ask(world.a.lead, world.a.agent)
    answer(second, reset, confirm=False)
    with pytest.raises(ValidationError):
        answer(world.admin, reset)
    assert world.a.agent.pk in holders()
    answer(second, ask(world.a.lead, world.a.agent))
    assert world.a.agent.pk not in holders()


def test_another_landlords_lead_neither_asks_nor_sees_nor_answers(world, second):
    with pytest.raises(ProgrammingError), transaction.atomic():
        ask(world.b.lead, world.a.agent)
    reset = ask(world.a.lead, world.a.agent)
    with pytest.raises(FactorReset.DoesNotExist):
        answer(world.b.lead, reset)


def test_two_leads_of_one_landlord_erase_no_factor_that_keeps_anothers_content(world, second):
    """The lead of B works for A too: an administrator confirms what a lead of A asks for."""
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.a.landlord, role=Role.AGENT, user=world.b.lead)
        Authenticator.objects.create(user=world.b.lead, type="totp", data={"secret": "x"})
    reset = ask(world.a.lead, world.b.lead)
    with pytest.raises(ValidationError, match="Un administrateur doit confirmer"):
        answer(second, reset)
    assert world.b.lead.pk in holders()
    answer(world.admin, reset)
    assert world.b.lead.pk not in holders()


@pytest.mark.parametrize("change", [
    {"state": "done", "answered_by_id": "asker"}, {"state": "done", "answered_by_id": "other"}, {"reason": "stolen"},
])  # fmt: skip
def test_the_database_itself_wants_a_second_person(world, second, change):
    reset = ask(world.a.lead, world.a.agent)
    people = {"asker": world.a.lead.pk, "other": second.pk}
    change = {name: people.get(value, value) for name, value in change.items()}
    with pytest.raises(ProgrammingError), acting_as(world.a.lead):
        FactorReset.objects.filter(pk=reset.pk).update(**change)


def test_the_system_scope_erases_nothing_that_two_people_have_not_decided(world, second):
    ask(world.a.lead, world.a.agent)
    with system_scope("factor_reset"):
        assert Authenticator.objects.all().delete()[0] == 0


def test_the_page_of_an_account_asks_and_confirms(world, second, sign_in):
    page = reverse("accounts:user", args=[world.a.agent.pk])
    asker, other = sign_in(world.a.lead), sign_in(second)
    asker.post(reverse("accounts:ask_factor_reset", args=[world.a.agent.pk]), {"reason": "stolen"})
    shown = [client.get(page).content.decode() for client in (asker, other)]
    assert ['name="confirm"' in text for text in shown] == [False, True]
    other.post(
        reverse("accounts:answer_factor_reset", args=[other.get(page).context["reset"].pk]), {"confirm": "1"}
    )
    assert world.a.agent.pk not in holders()
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.b.landlord, role=Role.LEAD)
    asker.post(reverse("accounts:ask_factor_reset", args=[world.a.agent.pk]), {"reason": "stolen"})
    shown = [client.get(page).content.decode() for client in (other, sign_in(world.admin))]
    assert ['name="confirm"' in text for text in shown] == [False, True]
