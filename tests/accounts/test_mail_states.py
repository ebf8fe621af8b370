"""What became of a mail: on its way, delivered to the relay, or failed because."""

import datetime as dt
import smtplib
import ssl

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailKind, MailProblem, MailState, Role
from accounts.mail.services import send_invitation
from accounts.mail.tasks import deliver
from accounts.models import Mail, Proposal, User
from accounts.scope import acting_as, system_scope
from tests import factories as f
from tests.blind import insert

SITE = "https://palier.example"
SECRET = "mot-de-passe-du-relais"
_failing: list[Exception] = []


class Relay(BaseEmailBackend):
    """A relay that fails with what a test plants."""

    def send_messages(self, email_messages):
        if _failing:
            raise _failing[0]
        mail.outbox.extend(email_messages)
        return len(email_messages)


@pytest.fixture(autouse=True)
def relay(settings):
    settings.EMAIL_BACKEND = f"{__name__}.{Relay.__name__}"
    _failing.clear()
    return _failing


@pytest.fixture
def invited(world) -> User:
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.landlord, role=Role.AGENT).user


@pytest.fixture
def asked(world, invited) -> Mail:
    """An invitation by the lead of landlord A that no worker has taken yet."""
    with acting_as(world.a.lead) as scope:
        return _ask(scope, invited, world)


def _ask(scope, user, world) -> Mail:
    send_invitation(
        scope, user=user, site_url=SITE, organisation=world.a.landlord, role=Role.AGENT,
        inviting_id=world.a.landlord.pk,
    )  # fmt: skip
    return _stored(user=user)


def _stored(**which) -> Mail:
    with system_scope("mail"):
        return Mail.objects.filter(**which).order_by("-pk").first()


def _state(asked) -> tuple:
    stored = _stored(pk=asked.pk)
    return stored.state, stored.problem, stored.ended_at is not None


def _page(world, sign_in, user) -> str:
    return " ".join(sign_in(world.a.lead).get(reverse("accounts:user", args=[user.pk])).text.split())


def test_a_mail_is_on_its_way_until_the_relay_has_it(world, sign_in, asked, invited):
    assert _state(asked) == ("waiting", "", False)
    page = _page(world, sign_in, invited)
    assert ("Invitation : en route" in page, "remis au serveur" in page) == (True, False)
    deliver(asked.pk, SITE)
    assert _state(asked) == ("delivered", "", True)
    assert "Invitation : remis au serveur de messagerie le " in _page(world, sign_in, invited)
    rows = sign_in(world.a.lead).get(reverse("accounts:users")).text
    assert "remis au serveur de messagerie le" in rows


def test_a_task_that_arrives_twice_sends_once(asked, invited):
    deliver(asked.pk, SITE)
    deliver(asked.pk, SITE)
    assert [message.to for message in mail.outbox] == [[invited.email]]


REFUSED = {"x@exemple.invalid": (550, f"no such user, {SECRET}".encode())}
LATER = {"x@exemple.invalid": (450, b"greylisted")}
FAILURES = [
    (ConnectionRefusedError(SECRET), MailProblem.UNREACHABLE, True),
    (TimeoutError(SECRET), MailProblem.UNREACHABLE, True),
    (smtplib.SMTPServerDisconnected(SECRET), MailProblem.UNREACHABLE, True),
    (smtplib.SMTPConnectError(421, SECRET), MailProblem.LATER, True),
    (ssl.SSLCertVerificationError(SECRET), MailProblem.ENCRYPTION, True),
    (smtplib.SMTPNotSupportedError("STARTTLS extension not supported"), MailProblem.ENCRYPTION, True),
    (smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported"), MailProblem.LOGIN, True),
    (smtplib.SMTPAuthenticationError(535, SECRET.encode()), MailProblem.LOGIN, True),
    (smtplib.SMTPSenderRefused(553, SECRET.encode(), "palier"), MailProblem.SENDER, True),
    (smtplib.SMTPDataError(451, SECRET.encode()), MailProblem.LATER, True),
    (smtplib.SMTPRecipientsRefused(LATER), MailProblem.LATER, True),
    (smtplib.SMTPRecipientsRefused(REFUSED), MailProblem.RECIPIENT, False),
    (smtplib.SMTPDataError(554, SECRET.encode()), MailProblem.REFUSED, False),
    (ValueError(SECRET), MailProblem.UNEXPECTED, False),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda each: f"{type(each[0]).__name__}-{each[1].value}")
def test_a_failure_is_said_where_the_person_is_without_its_text(
    world, sign_in, relay, asked, invited, failure
):
    error, problem, again = failure
    relay.append(error)
    try:
        deliver(asked.pk, SITE)
    except type(error):
        pass
    else:
        # An address that is refused is nothing that the operator mends.
        assert problem == MailProblem.RECIPIENT
    assert _state(asked) == ("waiting" if again else "failed", problem.value, not again)
    page = _page(world, sign_in, invited)
    assert (f"{problem.label}" in page, "échec" in page, SECRET in page) == (True, True, False)
    assert ("nouvel essai le" in page) == again
    rows = sign_in(world.a.lead).get(reverse("accounts:users")).text
    assert (str(problem.label) in rows, SECRET in rows) == (True, False)


@pytest.mark.parametrize(("tried", "state"), [(7, "waiting"), (8, "failed")])
def test_a_relay_that_stays_away_is_tried_nine_times_and_no_more(relay, asked, tried, state):
    relay.append(ConnectionRefusedError())
    deliver.push_request(retries=tried, called_directly=True)
    try:
        with pytest.raises(ConnectionRefusedError):
            deliver.run(asked.pk, SITE)
    finally:
        deliver.pop_request()
    assert _state(asked)[0] == state


def test_a_relay_that_comes_back_takes_the_mail(relay, asked):
    relay.append(ConnectionRefusedError())
    with pytest.raises(ConnectionRefusedError):
        deliver(asked.pk, SITE)
    relay.clear()
    deliver(asked.pk, SITE)
    assert _state(asked) == ("delivered", "", True)


def test_sending_again_replaces_what_still_waits(world, sign_in, relay, asked, invited):
    again = sign_in(world.a.lead).post(reverse("accounts:invite_again", args=[invited.pk]))
    assert again.headers["Location"] == reverse("accounts:user", args=[invited.pk])
    latest = _stored(user=invited)
    assert (latest.pk > asked.pk, latest.organisation_id, latest.role, latest.asked_by_id) == (
        True, world.a.landlord.pk, Role.AGENT, world.a.lead.pk,
    )  # fmt: skip
    assert _state(asked) == ("dropped", "", True)
    deliver(asked.pk, SITE)
    assert mail.outbox == []


@pytest.mark.parametrize("why", ["password chosen", "account closed"])
def test_an_invitation_without_object_is_not_sent(world, sign_in, asked, invited, why):
    with system_scope("seeding"):
        if why == "password chosen":
            invited.set_password("une phrase tranquille")
        else:
            invited.is_active = False
        invited.save()
    deliver(asked.pk, SITE)
    assert (_state(asked), mail.outbox) == (("dropped", "", True), [])
    page = _page(world, sign_in, invited)
    assert ("sans objet" in page, "Renvoyer l’invitation" in page) == (False, False)


def test_a_mail_that_nobody_takes_says_so(world, sign_in, asked, invited):
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=9), tick=False):
        assert "pas encore parti" not in _page(world, sign_in, invited)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11), tick=False):
        assert "pas encore parti depuis le" in _page(world, sign_in, invited)


def test_mails_are_read_by_whoever_may_invite_there(world, asked, invited):
    reads = {}
    for name, person in {"lead": world.a.lead, "admin": world.admin, "other": world.b.lead,
                         "agent": world.a.agent, "town": world.a.coordinator, "dpo": world.dpo,
                         "partner": world.a.partner, "self": invited}.items():  # fmt: skip
        with acting_as(person):
            reads[name] = Mail.objects.count()
    assert reads == {"lead": 1, "admin": 1} | dict.fromkeys(
        ("other", "agent", "town", "dpo", "partner", "self"), 0
    )


def test_the_other_landlord_of_a_person_learns_nothing_of_the_first(world, sign_in, asked, invited):
    with system_scope("seeding"):
        f.MembershipFactory(user=invited, organisation=world.b.landlord, role=Role.AGENT)
    client = sign_in(world.b.lead)
    page = client.get(reverse("accounts:user", args=[invited.pk])).text
    assert (world.a.landlord.name in page, "en route" in page) == (False, False)
    client.post(reverse("accounts:invite_again", args=[invited.pk]))
    assert _stored(user=invited).organisation_id == world.b.landlord.pk


def test_nobody_but_the_product_writes_what_became_of_a_mail(world, asked):
    for person in (world.admin, world.a.lead):
        with acting_as(person):
            assert Mail.objects.filter(pk=asked.pk).update(state=MailState.DELIVERED) == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                insert(Mail(user=person, kind=MailKind.TRIAL))


def test_a_partner_whose_invitation_failed_is_sent_another_from_the_circle(
    world, sign_in, relay, django_capture_on_commit_callbacks
):
    client = sign_in(world.a.coordinator)
    relay.append(smtplib.SMTPRecipientsRefused(REFUSED))
    url, email = reverse("partners:circle", args=[world.a.circle.pk]), "capitaine@exemple.invalid"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("partners:mandate_create", args=[world.a.circle.pk]),
            {"email": email, "full_name": "Capitaine", "organisation": world.a.police.pk,
             "starts_on": timezone.localdate()},
        )  # fmt: skip
    assert str(MailProblem.RECIPIENT.label) in client.get(url).text
    relay.clear()
    with system_scope("mail"):
        proposal = Proposal.objects.get(email=email)
    again = reverse("accounts:send_proposal_again", args=[proposal.pk])
    assert again in client.get(url).text
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(again, {"next": url}).headers["Location"] == url
    assert "remis au serveur de messagerie le" in client.get(url).text
    (message,) = mail.outbox
    for part in (message.body, message.alternatives[0].content):
        assert (world.a.circle.purpose in part, world.a.town.name in part) == (True, True)


def test_a_coordinator_sends_nothing_to_people_of_no_circle_of_theirs(world, sign_in, invited):
    answer = sign_in(world.a.coordinator).post(reverse("accounts:invite_again", args=[invited.pk]))
    assert answer.status_code == 404
