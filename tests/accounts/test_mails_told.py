"""Mails without content tell what awaits a person: each can be turned off, and none is kept longer than 90 days."""

import datetime as dt
import re
from contextlib import contextmanager, nullcontext
from functools import partial

import pytest
from django.core import mail as sent
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailKind, MailState, Role
from accounts.mail.purging import forget_mails
from accounts.mail.services import send_told
from accounts.mail.tasks import deliver
from accounts.models import AuditEntry, Mail, Membership, User
from accounts.people.services import end_membership
from accounts.scope import acting_as, system_scope
from core.jobs import JobError
from core.versions import version_of
from incidents.models import Confirmation, StandingObservation
from incidents.ongoing import lapsing
from partners.circles.services import end_circle, end_mandate, state_of, update_circle
from partners.models import Circle, Mandate
from sites.enums import ImportKind
from sites.imports import tasks
from sites.models import ImportRun, ResidenceAssignment
from tests import factories as f
from tests.joining import invited

PAGE = reverse("accounts:mails")
# The method's own duration, where no territory has chosen another.
COUNTS_DAYS = 90


def mailed(kind) -> list[int]:
    """Return the ids of the people of whom a mail of that kind was asked."""
    with system_scope("mail"):
        return sorted(Mail.objects.filter(kind=kind).values_list("user_id", flat=True))


def test_each_is_turned_off_and_on_again_by_whom_it_may_reach(world, sign_in):
    client, lead = sign_in(world.a.lead), world.a.lead
    assert len(re.findall(r'name="mail"[^>]* checked', client.get(PAGE).text)) == 4
    client.post(PAGE, {"mail": ["change", "observation"]})
    with system_scope("seeding"):
        now = User.objects.get(pk=lead.pk)
    assert [now.wants(kind) for kind in ("change", "import", "observation")] == [True, False, True]
    assert (send_told(user=now, kind=MailKind.IMPORT), mailed("import")) == (False, [])
    client.post(PAGE, {"mail": ["import"]})
    with system_scope("seeding"):
        now = User.objects.get(pk=lead.pk)
    assert [now.wants(kind) for kind in ("change", "import", "observation")] == [False, True, False]
    assert (send_told(user=now, kind=MailKind.IMPORT), mailed("import")) == (True, [lead.pk])
    now.is_active = False
    assert (send_told(user=now, kind=MailKind.IMPORT), mailed("import")) == (False, [lead.pk])
    # What is not offered to a role is left as it is.
    agent = sign_in(world.a.agent)
    assert agent.get(PAGE).text.count('name="mail"') == 1
    agent.post(PAGE, {})
    with system_scope("seeding"):
        assert User.objects.get(pk=world.a.agent.pk).mails_off == ["observation"]
        assert User.objects.get(pk=world.a.agent.pk).told_by_mail


def _ends(world):
    with system_scope("seeding"):
        mandate = Mandate.objects.select_related("circle__territory", "proposal").get(pk=world.a.mandate.pk)
    return {
        "role": (world.a.agent, world.a.lead, partial(end_membership, membership=world.a.agent_membership)),
        "mandate": (world.a.partner, world.a.coordinator, partial(end_mandate, mandate=mandate)),
        "circle": (world.a.partner, world.a.coordinator, partial(end_circle, circle=mandate.circle)),
        "circle by its date": (world.a.partner, world.a.coordinator, partial(_end_by_date, mandate.circle)),
    }


def _end_by_date(circle, scope):
    held = Circle.objects.select_related("territory").get(pk=circle.pk)
    version, held.ends_on = version_of(held, state_of(held)), timezone.localdate()
    update_circle(scope, held, version=version)


@pytest.mark.parametrize("what", ["role", "mandate", "circle", "circle by its date"])
def test_an_end_that_somebody_else_gave_is_told_once_and_without_content(
    what, world, django_capture_on_commit_callbacks
):
    person, ends, end = _ends(world)[what]
    # Whoever is merely invited loses no access.
    invited(world.a, world.stranger.email)
    sent.outbox.clear()
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True), acting_as(ends) as scope:
            end(scope)
    assert mailed("ended") == [person.pk]
    [message] = sent.outbox
    assert (message.to, message.subject) == ([person.email], "Un de vos accès dans Palier est terminé")
    named = [
        name
        for name in map(str, (world.a.landlord, world.a.circle, world.a.territory))
        if name in message.body
    ]
    assert named == []


def test_an_invitation_that_is_taken_back_ends_nothing(world):
    pk = invited(world.a, world.stranger.email).pk
    with acting_as(world.a.coordinator) as scope:
        end_mandate(scope, Mandate.objects.select_related("circle__territory", "proposal").get(pk=pk))
    assert mailed("ended") == []


def test_an_end_that_one_gives_oneself_is_not_mailed(world):
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.operator, role=Role.ADMIN)
        own = Membership.objects.get(user=world.admin, role=Role.ADMIN)
    with acting_as(world.admin) as scope:
        end_membership(scope, membership=own)
    assert mailed("ended") == []


@pytest.mark.parametrize("error", [JobError("Fichier illisible"), RuntimeError("secret")])
def test_a_failed_import_is_told_to_who_asked_for_it_without_content(world, monkeypatch, error):
    @contextmanager
    def running(_job):
        raise error
        yield

    monkeypatch.setattr(tasks, "running", running)
    with system_scope("seeding"):
        run = ImportRun.objects.create(
            organisation=world.a.landlord,
            created_by=world.a.lead,
            filename="secret.csv",
            kind=ImportKind.STOCK,
        )
    with nullcontext() if isinstance(error, JobError) else pytest.raises(RuntimeError):
        tasks.run_import(run.pk)
    with system_scope("mail"):
        [asked] = Mail.objects.filter(kind="import")
    deliver(asked.pk, "https://palier.example")
    [message] = sent.outbox
    told = message.subject + message.body + message.alternatives[0].content
    assert (message.to, "secret" in told, world.a.landlord.name in told) == (
        [world.a.lead.email],
        False,
        False,
    )


@pytest.fixture
def lapsing_in(world):
    """Return a function that plants an observation of landlord A which lapses in some days."""

    def plant(days, **values):
        with system_scope("seeding"):
            made = f.StandingObservationFactory(address=world.a.address, **values)
            Confirmation.objects.filter(observation=made).delete()
            day = timezone.localdate() - dt.timedelta(COUNTS_DAYS - days)
            f.ConfirmationFactory(observation=made, day=day)
        return made

    return plant


def test_who_may_confirm_an_observation_is_told_once_fourteen_days_before_it_lapses(world, lapsing_in):
    with system_scope("seeding"):
        StandingObservation.objects.all().delete()
        elsewhere = f.MembershipFactory(organisation=world.a.landlord, role="agent")
        ResidenceAssignment.objects.create(membership=elsewhere, residence=world.a.other)
    lapsing_in(15)
    assert (lapsing.tell_of_lapsing(), mailed("observation")) == (0, [])
    made = lapsing_in(14)
    people = sorted([world.a.lead.pk, world.a.agent.pk])
    assert (lapsing.tell_of_lapsing(), mailed("observation")) == (2, people)
    # Once for each confirmation.
    assert lapsing.tell_of_lapsing() == 0
    with system_scope("seeding"):
        f.ConfirmationFactory(observation=made, day=timezone.localdate())
    later = timezone.localdate() + dt.timedelta(COUNTS_DAYS - 14)
    assert [lapsing.tell_of_lapsing(day) for day in (later - dt.timedelta(1), later, later)] == [0, 2, 0]


@pytest.mark.parametrize("state", ["ended", "cancelled", "lapsed"])
def test_what_is_not_to_be_confirmed_any_more_is_not_told(world, lapsing_in, state):
    with system_scope("seeding"):
        StandingObservation.objects.all().delete()
    values = {
        "ended": {"ended_on": timezone.localdate()},
        "cancelled": {"cancelled_at": timezone.now(), "cancel_reason": "Doublon"},
    }
    lapsing_in(-1 if state == "lapsed" else 5, **values.get(state, {}))
    assert (lapsing.tell_of_lapsing(), mailed("observation")) == (0, [])


def test_mails_are_forgotten_after_ninety_days_and_the_journal_says_how_many(world):
    now = timezone.now()
    with system_scope("mail"):
        for days, state in ((91, "delivered"), (91, "failed"), (89, "delivered"), (91, "waiting")):
            ended = None if state == "waiting" else now
            one = Mail.objects.create(user=world.a.lead, kind="trial", state=state, ended_at=ended)
            Mail.objects.filter(pk=one.pk).update(asked_at=now - dt.timedelta(days))
    assert (forget_mails(), forget_mails()) == (2, 0)
    with system_scope("mail"):
        assert set(Mail.objects.values_list("state", flat=True)) == {MailState.DELIVERED, MailState.WAITING}
    with acting_as(world.a.lead):
        [entry] = AuditEntry.objects.filter(object_type="accounts.mail")
    assert (entry.action, entry.detail) == ("cancel", {"forgotten": 2})
    with acting_as(world.b.lead):
        assert not AuditEntry.objects.filter(object_type="accounts.mail").exists()
