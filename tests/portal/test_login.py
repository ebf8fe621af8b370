"""Test the login: its journal entry, the throttling of attempts, idle sessions, the first account."""

import datetime as dt
import importlib
import io
import re

import pytest
import time_machine
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.mail.tasks import NOBODY, send_password_link
from accounts.models import AuditEntry, User
from accounts.scope import acting_as, system_scope

PASSWORD = "une phrase tranquille"


@pytest.fixture
def with_password(world):
    with system_scope("seeding"):
        for person in (world.a.lead, world.a.agent):
            person.set_password(PASSWORD)
            person.save()
    return world


def _login(client, user, password=PASSWORD):
    return client.post(reverse("account_login"), {"login": user.email, "password": password})


def test_a_login_is_an_entry_of_the_journal_in_ones_own_name(with_password, client):
    lead = with_password.a.lead
    assert _login(client, lead).status_code == 302
    with acting_as(lead):
        entries = AuditEntry.objects.filter(action=AuditAction.LOGIN).values_list("actor", "organisation")
        assert list(entries) == [(lead.pk, with_password.a.landlord.pk)]


def test_five_wrong_passwords_close_the_account_to_the_right_one_for_a_while(with_password, client):
    lead = with_password.a.lead
    for _attempt in range(5):
        assert _login(client, lead, "un autre mot").status_code == 422
    assert _login(client, lead).status_code in {422, 429}
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        assert _login(client, lead).status_code == 302


def test_one_persons_wrong_passwords_close_nothing_to_others_at_their_address(with_password, client):
    lead = with_password.a.lead
    refused = [_login(client, lead, "un autre mot") for _attempt in range(8)][-1]
    assert refused.context["form"].non_field_errors() == ["Trop d’essais. Réessayez dans 5 minutes."]
    assert _login(client, with_password.a.agent).status_code == 302


def test_wrong_passwords_behind_the_proxy_slow_down_their_own_address_alone(with_password, client, settings):
    limits = settings.ACCOUNT_RATE_LIMITS
    assert limits["login_failed"] == "5/5m/key,50/5m/ip"
    settings.ACCOUNT_RATE_LIMITS = limits | {"login_failed": "5/5m/key,5/5m/ip"}
    production = importlib.import_module("config.settings.production")
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = production.ALLAUTH_TRUSTED_PROXY_COUNT
    for n in range(5):
        wrong = {"login": f"inconnu{n}@exemple.invalid", "password": "un autre mot"}
        client.post(reverse("account_login"), wrong, headers={"X-Forwarded-For": "192.0.2.1"})
    right = {"login": with_password.a.lead.email, "password": PASSWORD}
    answers = [
        # What a visitor pretends stands before what the proxy saw.
        client.post(reverse("account_login"), right, headers={"X-Forwarded-For": address}).status_code
        for address in ("192.0.2.1", "192.0.2.9, 192.0.2.1", "192.0.2.2")
    ]
    assert [status == 302 for status in answers] == [False, False, True]


@pytest.mark.parametrize(("who", "idle", "inside"), [
    ("lead", dt.timedelta(minutes=29), True),
    ("lead", dt.timedelta(minutes=31), False),
    ("agent", dt.timedelta(hours=11), True),
    ("agent", dt.timedelta(hours=13), False),
])  # fmt: skip
def test_an_idle_session_ends(with_password, client, settings, who, idle, inside):
    settings.SESSION_KEPT_EVERY_S = 60
    _login(client, getattr(with_password.a, who))
    client.get(reverse("home"))
    with time_machine.travel(timezone.now() + idle):
        answer = client.get(reverse("incidents:list"))
    assert answer.status_code == (200 if inside else 302)


def test_a_session_in_use_goes_on(with_password, client, settings):
    settings.SESSION_KEPT_EVERY_S = 60
    _login(client, with_password.a.lead)
    for minutes in (20, 40, 60):
        with time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes)):
            assert client.get(reverse("incidents:list")).status_code == 200


def test_the_first_administrator_comes_from_the_command_line(db, client, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    call_command("create_admin", "Chef@exemple.invalid", "Chef Premier", password_stdin=True)
    with system_scope("seeding"):
        user = User.objects.get(email="chef@exemple.invalid")
    with acting_as(user) as scope:
        assert scope.has(Role.ADMIN)
    assert _login(client, user).status_code == 302


@pytest.mark.parametrize("password", ["court", "password1234", "123456789012"])
def test_a_weak_password_is_refused(db, monkeypatch, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    with pytest.raises(CommandError):
        call_command("create_admin", "chef@exemple.invalid", "Chef Premier", password_stdin=True)


def test_the_first_administrator_is_asked_for_what_the_command_line_does_not_say(db, monkeypatch, capsys):
    typed = iter(["Chef@exemple.invalid", " Chef  Premier "])
    monkeypatch.setattr("builtins.input", lambda _asked="": next(typed))
    passwords = iter(["court", PASSWORD, "une autre phrase", PASSWORD, PASSWORD])
    monkeypatch.setattr("getpass.getpass", lambda _asked: next(passwords))
    call_command("create_admin")
    said = capsys.readouterr()
    assert ("two different" in said.err, PASSWORD in said.out + said.err) == (True, False)
    with system_scope("seeding"):
        user = User.objects.get(email="chef@exemple.invalid")
    assert (user.full_name, user.check_password(PASSWORD)) == ("Chef Premier", True)
    for address, name in (
        ("chef@exemple.invalid", "Chef"),
        ("chef", "Chef"),
        ("autre@exemple.invalid", "\u202e"),
    ):
        with pytest.raises(CommandError):
            call_command("create_admin", address, name, password_stdin=True)


def test_without_anybody_to_ask_the_first_administrator_is_not_made(db, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="nobody to ask"):
        call_command("create_admin")


@pytest.fixture
def addresses(world) -> dict[str, str]:
    """The address of an account, one that has none, and that of a closed account."""
    with system_scope("seeding"):
        User.objects.filter(pk=world.a.agent.pk).update(is_active=False)
    unknown = "inconnu@exemple.invalid"
    return {"known": world.a.lead.email.upper(), "unknown": unknown, "closed": world.a.agent.email}


def _forget(client, email: str):
    return client.post(reverse("account_reset_password"), {"email": email})


@pytest.mark.parametrize("whose", ["known", "unknown", "closed"])
def test_a_forgotten_password_is_answered_alike_and_mailed_to_an_open_account_alone(
    world, client, addresses, django_capture_on_commit_callbacks, whose
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = _forget(client, addresses[whose])
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_reset_password_done"))
    known = [[world.a.lead.email]] if whose == "known" else []
    assert [message.to for message in mail.outbox] == known


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_link_for_a_forgotten_password_opens_the_page_to_choose_another(
    world, with_password, client, django_capture_on_commit_callbacks, language
):
    with acting_as(world.a.lead):
        User.objects.filter(pk=world.a.lead.pk).update(language=language)
    with django_capture_on_commit_callbacks(execute=True):
        _forget(client, world.a.lead.email)
    (message,) = mail.outbox
    subjects = {"fr": "Votre mot de passe pour Palier", "en": "Your password for Palier"}
    assert message.subject == subjects[language]
    link = next(word for word in message.body.split() if "choisir" in word)
    page = client.get(link, follow=True)
    chosen = {"password1": PASSWORD, "password2": PASSWORD}
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page.redirect_chain[-1][0], chosen)
    told = {
        "fr": "Ce qui ouvre votre compte Palier a changé",
        "en": "What opens your Palier account has changed",
    }
    assert [message.subject for message in mail.outbox[1:]] == [told[language]]
    assert _login(client, world.a.lead).headers["Location"] == reverse("home")
    assert client.get(link, follow=True).context["token_fail"] is True


class MailServerAway(BaseEmailBackend):
    """A mail server that refuses the connection."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


def _statements(queries: CaptureQueriesContext) -> list[str]:
    """Return the statements with their values and the names of their savepoints left out."""
    return [re.sub(r"'[^']*'|\"s\d+_x\d+\"|\b\d+\b", "?", query["sql"]) for query in queries]


def test_a_request_for_a_password_does_the_same_work_whatever_the_address_and_sends_nothing_itself(
    world, client, addresses, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.EMAIL_BACKEND = f"{__name__}.{MailServerAway.__name__}"
    handed, work = [], []
    monkeypatch.setattr(send_password_link, "apply_async", lambda sent, **_: handed.append(sent))
    client.get(reverse("account_reset_password"))
    for email in addresses.values():
        with CaptureQueriesContext(connection) as made, django_capture_on_commit_callbacks(execute=True):
            assert _forget(client, email).status_code == 302
        work.append(_statements(made))
    assert work[0] == work[1] == work[2]
    site = "http://testserver"
    assert handed == [[world.a.lead.pk, site], [NOBODY, site], [NOBODY, site]]


def test_the_link_of_an_account_closed_meanwhile_is_not_sent(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        send_password_link(world.a.lead.pk, "http://testserver")
    with django_capture_on_commit_callbacks(execute=True):
        send_password_link(world.a.lead.pk, "http://testserver")
        with system_scope("seeding"):
            User.objects.filter(pk=world.a.lead.pk).update(is_active=False)
        # Asked for before, and handed to the worker after: the row is there already.
    with django_capture_on_commit_callbacks(execute=True):
        send_password_link(world.a.lead.pk, "http://testserver")
        send_password_link(NOBODY, "http://testserver")
    assert [message.to for message in mail.outbox] == [[world.a.lead.email]]


def test_logging_out_ends_the_session_and_leaves_what_waits_for_a_colleague(world, sign_in):
    client = sign_in(world.a.lead)
    key = client.session.session_key
    answer = client.post(reverse("account_logout"))
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (302, '"cache", "cookies"')
    client.cookies["sessionid"] = key
    assert client.get(reverse("home")).status_code == 302
    assert client.get(reverse("incidents:list")).headers["Location"].startswith(reverse("account_login"))


def test_a_part_of_a_page_asked_for_without_a_session_leads_the_whole_page_to_the_login(db, client):
    page = "http://testserver/journal/?page=2"
    answer = client.get("/journal/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["HX-Redirect"] == "/connexion/?next=/journal/%3Fpage%3D2"


def test_an_address_that_cannot_be_read_leads_to_the_first_page(with_password, client):
    unreadable = {"next": "http://["}
    assert client.get(reverse("account_login"), unreadable).status_code == 200
    sent = {"login": with_password.a.lead.email, "password": PASSWORD} | unreadable
    assert client.post(reverse("account_login"), sent).headers["Location"] == "/"


def test_a_part_of_a_page_that_cannot_be_named_leads_to_the_login(world, client):
    part = {"HX-Request": "true", "HX-Current-URL": "http://["}
    answer = client.get(reverse("incidents:list"), headers=part)
    assert answer.headers["HX-Redirect"] == f"{reverse('account_login')}?next={reverse('incidents:list')}"


def test_the_old_password_is_guessed_five_times_and_no_more(with_password, sign_in):
    client = sign_in(with_password.a.lead)
    new = {"new_password1": "une autre phrase tranquille", "new_password2": "une autre phrase tranquille"}
    page = reverse("account_change_password")
    for _attempt in range(5):
        assert client.post(page, {"old_password": "un autre mot"} | new).status_code == 422
    refused = client.post(page, {"old_password": PASSWORD} | new)
    assert refused.context["form"].errors["old_password"] == ["Trop d’essais. Réessayez dans 5 minutes."]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        assert client.post(page, {"old_password": PASSWORD} | new).status_code == 302


@pytest.mark.parametrize("kept", ["account_reset_password", "account_login"])
def test_pages_that_ask_for_a_password_are_kept_nowhere(client, db, kept):
    assert "no-store" in client.get(reverse(kept)).headers["Cache-Control"]


def test_the_page_that_sets_a_password_is_kept_nowhere(world, client):
    with system_scope("authentication"):
        key = default_token_generator.make_token(world.a.lead)
    link = {"uidb36": user_pk_to_url_str(world.a.lead), "key": key}
    answer = client.get(reverse("account_reset_password_from_key", kwargs=link))
    form = client.get(answer.headers["Location"])
    assert ["no-store" in each.headers["Cache-Control"] for each in (answer, form)] == [True, True]


def test_who_asks_for_headers_alone_has_read_nothing(world, sign_in):
    client, page = sign_in(world.a.coordinator), reverse("partners:dashboard")

    def told() -> int:
        with acting_as(world.a.lead):
            return AuditEntry.objects.filter(actor=world.a.coordinator).count()

    assert (client.head(page).status_code, told()) == (200, 0)
    assert (client.get(page).status_code, told()) == (200, 1)


def test_who_asks_for_headers_alone_learns_no_length(world, sign_in):
    """Filter after filter, the length of a page or of a file would tell without an entry what it holds."""
    client = sign_in(world.a.coordinator)
    asked = [client.head(reverse("partners:notes"), query) for query in ({"page": "1"}, {"export": "csv"})]
    assert [(each.status_code, each.headers.get("Content-Length")) for each in asked] == [
        (200, "0"),
        (200, None),
    ]
    asked[1].close()
