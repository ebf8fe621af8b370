"""Test the second factor: its enrolment, the login, what it closes, and its secrets."""

import datetime as dt
import json
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import ResolverMatch, URLPattern, get_resolver, reverse
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from accounts.enums import AuditAction, Role
from accounts.models import AuditEntry, User
from accounts.scope import Scope, acting_as, system_scope
from portal.factors.middleware import OPEN, FactorMiddleware
from tests import factories as f
from tests.access import MATRIX

PASSWORD = "une phrase tranquille"
WITH_CONTENT = [Role.LEAD, Role.COORDINATOR, Role.PARTNER, Role.ADMIN, Role.DPO]


@pytest.fixture(autouse=True)
def _asked_of_everybody(settings):
    """Ask everybody, at one moment: a code changes twice a minute."""
    settings.SECOND_FACTOR_ASKED_OF = None
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def lead(world):
    return with_password(world.a.lead)


def with_password(person):
    with system_scope("seeding"):
        person.set_password(PASSWORD)
        person.save()
    return person


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client, person):
    return client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})


def give(client, code: str):
    return client.post(reverse("mfa_authenticate"), {"factor-code": code})


def enrolled(client, person) -> str:
    """Log a person in who then enrols an application; return its secret."""
    log_in(client, person)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret, -1)})
    assert answer.headers["Location"] == reverse("mfa_view_recovery_codes")
    return secret


def test_a_lead_without_a_factor_is_led_to_its_enrolment_and_then_to_the_page_asked_for(lead, client):
    assert log_in(client, lead).headers["Location"] == reverse("home")
    led = client.get("/faits/?q=rue")
    assert led.headers["Location"] == "/compte/second-facteur/?next=%2Ffaits%2F%3Fq%3Drue"
    assert client.get(led.headers["Location"]).status_code == 200
    enrolled(client, lead)
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert (len(codes.context["unused_codes"]), codes.context["next_page"]) == (10, "/faits/?q=rue")
    assert client.get("/faits/").status_code == 200
    hidden = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert set(hidden) == {"****"}


def test_the_enrolment_is_in_the_journal_without_its_secret(lead, client):
    secret = enrolled(client, lead)
    with acting_as(lead):
        told = AuditEntry.objects.filter(action=AuditAction.UPDATE).latest("pk").detail
    assert told == {"factor": "totp", "done": "added"}
    assert secret not in json.dumps(told)


def test_every_change_of_a_factor_is_told_by_mail(lead, client, django_capture_on_commit_callbacks):
    told = []

    def mailed() -> int:
        """How many mails there are since the last time."""
        new, told[:] = mail.outbox[len(told) :], mail.outbox
        assert {(message.to[0], message.subject) for message in new} <= {
            (lead.email, "Ce qui ouvre votre compte Palier a changé")
        }
        return len(new)

    with django_capture_on_commit_callbacks(execute=True):
        enrolled(client, lead)
    added = mailed()
    with system_scope("seeding"):
        key = Authenticator.objects.create(user=lead, type="webauthn", data={"name": "Clé", "credential": {}})
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_generate_recovery_codes"))
    replaced = mailed()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("mfa_remove", args=[key.pk]))
    assert (added, replaced, mailed()) == (1, 1, 1)


def test_a_secret_is_encrypted_in_its_row_and_in_the_session(lead, client):
    log_in(client, lead)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    # A page that is loaded again shows the key that the telephone has scanned.
    assert client.get(reverse("mfa_activate_totp")).context["form"].secret == secret
    assert secret not in str(dict(client.session))
    client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    with acting_as(lead), connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator WHERE type = 'totp'")
        assert [secret in data for (data,) in cursor.fetchall()] == [False]


def test_a_secret_stays_readable_when_the_key_is_replaced_and_opens_nothing_without_it(lead, settings):
    client = Client()
    secret = enrolled(client, lead)
    client.post(reverse("account_logout"))
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-only-" + "1" * 40
    log_in(client, lead)
    assert give(client, code_of(secret)).status_code == 422
    settings.SECRET_KEY_FALLBACKS = [former]
    assert give(client, code_of(secret, 1)).status_code == 302


def test_the_login_asks_for_the_code_and_opens_nothing_before(lead, client):
    secret = enrolled(client, lead)
    client.post(reverse("account_logout"))
    assert log_in(client, lead).headers["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    assert client.get("/faits/").headers["Location"].startswith(reverse("account_login"))
    wrong = give(client, "000000")
    assert (wrong.status_code, bool(wrong.context["form"].errors)) == (422, True)
    assert give(client, code_of(secret)).headers["Location"] == reverse("home")
    assert client.get("/faits/").status_code == 200


def test_whoever_entered_a_password_may_leave_before_the_code(lead, client):
    enrolled(client, lead)
    client.post(reverse("account_logout"))
    log_in(client, lead)
    assert client.post(reverse("mfa_authenticate"), {"leave": "1"}).headers["Location"] == reverse(
        "account_login"
    )
    assert client.get(reverse("account_login")).status_code == 200


def test_a_code_serves_once_however_long_it_is_accepted(lead, client):
    """A code is accepted in the step before its own and in the one after: 80 seconds apart it is refused as used."""
    secret = enrolled(client, lead)
    step = int(time.time()) // 30 + 2
    code = format_hotp_value(hotp_value(secret, step))
    for moment, expected in ((step * 30 - 25, 302), (step * 30 + 55, 422)):
        with time_machine.travel(moment, tick=False):
            client.post(reverse("account_logout"))
            log_in(client, lead)
            assert give(client, code).status_code == expected


def test_a_code_is_accepted_a_step_after_its_own(lead, client):
    secret = enrolled(client, lead)
    step = int(time.time()) // 30 + 2
    with time_machine.travel(step * 30 + 55, tick=False):
        client.post(reverse("account_logout"))
        log_in(client, lead)
        assert give(client, format_hotp_value(hotp_value(secret, step))).status_code == 302


def test_a_recovery_code_opens_once(lead, client):
    enrolled(client, lead)
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    for expected in (302, 422):
        client.post(reverse("account_logout"))
        log_in(client, lead)
        assert give(client, codes[3]).status_code == expected


def test_wrong_codes_close_the_account_for_a_while_and_say_how_long(lead, client):
    secret = enrolled(client, lead)
    client.post(reverse("account_logout"))
    log_in(client, lead)
    for _attempt in range(5):
        give(client, "000000")
    refused = give(client, code_of(secret))
    assert refused.context["form"].errors["code"] == ["Trop d’essais. Réessayez dans 5 minutes."]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        assert give(client, code_of(secret)).status_code == 302


@pytest.mark.parametrize(
    "answer", ["[]", '{"id": 1}', '{"id": "a", "response": {}}', "null", '"a"', "{", "[" * 9000]
)
def test_what_is_no_answer_of_a_key_is_refused(lead, client, answer):
    enrolled(client, lead)
    client.post(reverse("account_logout"))
    log_in(client, lead)
    assert client.post(reverse("mfa_authenticate"), {"factor-credential": answer}).status_code == 422


@pytest.mark.parametrize("answer", ["[]", '{"id": 1}', '{"id": "a", "response": {}}', '"a"', "{", "[" * 9000])
def test_what_is_no_new_key_is_refused(lead, client, answer):
    log_in(client, lead)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), {"name": "Clé", "credential": answer}).status_code == 422


def views(resolver, namespace=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}", pattern.callback
        else:
            yield from views(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


@pytest.mark.parametrize("role", WITH_CONTENT)
def test_every_address_is_closed_to_a_role_with_content_without_a_factor(rf, role):
    """What is public or a program's stays open to whoever is not logged in, and to nobody more."""
    ask = FactorMiddleware(lambda _request: HttpResponse()).process_view
    opened = set()
    for name, view in views(get_resolver()):
        request = rf.get("/")
        request.user, request.session = User(pk=1, email="a@exemple.invalid"), {}
        request.scope, request.htmx = Scope(1, {role: [1]}), HtmxDetails(request)
        request.resolver_match = ResolverMatch(view, (), {}, url_name=name)
        answer = ask(request, view, (), {})
        if answer is None:
            opened.add(name)
        else:
            assert answer.headers["Location"] == "/compte/second-facteur/?next=%2F"
    public = {name for name, row in MATRIX.items() if row.get("api") or "anonymous" in row.get("GET", ())}
    # The description of the interface reads no row.
    assert opened == public | {
        "account_logout", "account_reauthenticate", "accounts:language", "incidents:api_schema", "mfa_activate_totp",
        "mfa_add_webauthn", "mfa_authenticate", "mfa_enrol", "mfa_reauthenticate",
    }  # fmt: skip


@pytest.mark.parametrize("role", WITH_CONTENT)
def test_a_role_with_content_opens_nothing_without_a_factor(world, sign_in, role):
    client = sign_in(world.people[role])
    assert client.get(reverse("home")).headers["Location"] == "/compte/second-facteur/?next=%2F"
    assert client.post(reverse("accounts:mails")).headers["Location"].startswith(reverse("mfa_enrol"))


def test_what_stays_open_without_a_factor_shows_nothing_of_the_content(world, sign_in):
    assert set(MATRIX) >= OPEN
    client = sign_in(world.a.lead)
    shown = {name: client.get(reverse(name)) for name in OPEN if MATRIX[name].get("GET")}
    assert {name for name, answer in shown.items() if b"shell-nav" in answer.content} == set()


def test_a_part_of_a_page_leads_the_whole_page_to_the_enrolment(world, sign_in):
    page = "http://testserver/journal/?page=2"
    answer = sign_in(world.a.lead).get("/journal/", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.headers["HX-Redirect"] == "/compte/second-facteur/?next=%2Fjournal%2F%3Fpage%3D2"


def test_what_was_typed_before_a_role_was_given_is_not_lost(world, sign_in):
    client = sign_in(world.a.agent)
    assert client.get("/faits/").status_code == 200
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.a.landlord, role=Role.LEAD)
    assert client.get("/faits/").headers["Location"].startswith(reverse("mfa_enrol"))
    typed = {"comment": "un mot", "more": ["a", "b"]}
    kept = client.post(reverse("incidents:create"), typed, headers={"Sec-Fetch-Site": "same-origin"})
    assert (kept.status_code, kept.content.count(b'name="more"')) == (403, 2)
    assert b'value="un mot"' in kept.content


def test_an_agent_may_have_a_factor_and_need_not(world, client):
    agent = with_password(world.a.agent)
    log_in(client, agent)
    assert client.get("/faits/").status_code == 200
    enrolled(client, agent)
    client.post(reverse("account_logout"))
    assert log_in(client, agent).headers["Location"] == reverse("mfa_authenticate")


def test_whoever_has_a_factor_that_this_session_has_not_given_is_asked_for_it(lead, client, sign_in):
    secret = enrolled(client, lead)
    other = sign_in(lead)
    led = other.get("/faits/", follow=True)
    assert led.redirect_chain[-1][0] == "/compte/second-facteur/confirmer/?next=/faits/"
    answer = other.post(led.redirect_chain[-1][0], {"factor-code": code_of(secret)})
    assert answer.headers["Location"] == "/faits/"
    assert other.get("/faits/").status_code == 200


def test_the_setting_asks_those_it_names_alone(world, sign_in, settings):
    settings.SECOND_FACTOR_ASKED_OF = frozenset({world.a.lead.email})
    answers = [sign_in(person).get("/faits/").status_code for person in (world.a.lead, world.a.coordinator)]
    assert answers == [302, 200]


def test_the_last_factor_stays_where_one_is_compulsory(lead, client):
    enrolled(client, lead)
    with acting_as(lead):
        factor = Authenticator.objects.get(type="totp")
    client.post(reverse("mfa_remove", args=[factor.pk]))
    with system_scope("seeding"):
        assert Authenticator.objects.filter(pk=factor.pk).exists()
        Authenticator.objects.create(user=lead, type="webauthn", data={"name": "Clé", "credential": {}})
    client.post(reverse("mfa_remove", args=[factor.pk]))
    with system_scope("seeding"):
        assert set(Authenticator.objects.values_list("type", flat=True)) == {"webauthn", "recovery_codes"}
    again = client.post(reverse("mfa_remove", args=[factor.pk]), follow=True)
    assert (again.redirect_chain[0], "déjà traité." in again.text) == ((reverse("mfa_index"), 302), True)
    assert client.post(reverse("mfa_remove", args=[987654321])).status_code == 404


def test_an_old_session_gives_the_password_before_a_first_factor_and_the_factor_before_a_second(lead, client):
    log_in(client, lead)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=16)):
        asked = client.get(reverse("mfa_activate_totp")).headers["Location"]
        assert asked.startswith(reverse("account_reauthenticate"))
        assert client.post(asked, {"password": "un autre mot"}).status_code == 422
        assert client.post(asked, {"password": PASSWORD}).headers["Location"] == reverse("mfa_activate_totp")
        secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
        client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=40)):
        client.get("/faits/")
        asked = client.get(reverse("mfa_add_webauthn")).headers["Location"]
        assert asked.startswith(reverse("mfa_reauthenticate"))


def test_a_password_given_before_a_factor_was_enrolled_elsewhere_does_not_stand_for_it(lead, client):
    """Whoever knows the password alone adds no factor of their own beside the one that its person has just enrolled."""
    thief = Client()
    log_in(thief, lead)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=20), tick=False):
        assert thief.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302
        with system_scope("seeding"):
            key = Authenticator.objects.create(
                user=lead, type="webauthn", data={"name": "Clé", "credential": {}}
            )
        pages = ("mfa_add_webauthn", "mfa_activate_totp", "mfa_generate_recovery_codes")
        asked = [thief.get(reverse(page)).headers["Location"].partition("?")[0] for page in pages]
        assert asked == [reverse("mfa_reauthenticate"), reverse("mfa_reauthenticate"), reverse("mfa_enrol")]
        thief.post(reverse("mfa_remove", args=[key.pk]))
        with acting_as(lead):
            assert Authenticator.objects.filter(pk=key.pk).exists()


def test_the_first_factor_ends_the_sessions_that_were_opened_without_it(lead, client):
    phone = Client()
    for browser in (client, phone):
        log_in(browser, lead)
    enrolled(client, lead)
    assert client.get(reverse("mfa_index")).status_code == 200
    assert phone.get(reverse("mfa_enrol")).headers["Location"].startswith(reverse("account_login"))


def test_an_agents_factor_is_removed_by_no_session_that_has_not_given_it(world, client):
    """An agent need not have one; an old session on a lost phone takes none away all the same."""
    agent = with_password(world.a.agent)
    log_in(client, agent)
    with system_scope("seeding"):
        key = Authenticator.objects.create(user=agent, type="totp", data={"secret": "x"})
    assert client.post(reverse("mfa_remove", args=[key.pk])).status_code == 403
    with acting_as(agent):
        assert Authenticator.objects.filter(pk=key.pk).exists()


def test_whoever_has_passed_costs_no_query(lead, client, sign_in, settings, django_assert_num_queries):
    settings.SECOND_FACTOR_ASKED_OF = frozenset()
    spared = sign_in(lead)
    spared.get(reverse("accounts:mails"))
    with CaptureQueriesContext(connection) as made:
        spared.get(reverse("accounts:mails"))
    usual = len(made)
    settings.SECOND_FACTOR_ASKED_OF = None
    enrolled(client, lead)
    client.get(reverse("accounts:mails"))
    with django_assert_num_queries(usual):
        client.get(reverse("accounts:mails"))


def test_factors_are_their_own_persons_alone(lead, world, client):
    enrolled(client, lead)
    for other in (world.a.agent, world.a.coordinator, world.admin, world.dpo, world.b.lead):
        with acting_as(other):
            assert list(Authenticator.objects.all()) == []
    with system_scope("authentication"):
        assert Authenticator.objects.filter(user=lead).count() == 2
        assert Authenticator.objects.filter(user=lead).update(data={}) == 0
