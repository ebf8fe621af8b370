"""Test that a page without a session can read no account."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import ApiToken, Membership, Organisation, User
from accounts.scope import system_scope
from accounts.tokens.services import digest
from tests.access import MATRIX
from tests.access.people import ANONYMOUS
from tests.test_perimeter import OPEN, READ_BY_ALL

PASSWORD = "une phrase tranquille"
PROTECTED = [model for model in apps.get_models() if model._meta.db_table not in OPEN | READ_BY_ALL]
_seen: list[tuple[str, dict[str, int]]] = []


class CountingMiddleware:
    """Counts, at the door of each view, the rows of every protected table, and names its scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT palier_system()")
            system = cursor.fetchone()[0]
        counts = {model._meta.label: model.objects.count() for model in PROTECTED}
        _seen.append((system or "", {label: rows for label, rows in counts.items() if rows}))


@pytest.fixture
def counting(settings):
    """Return what was counted, after the middleware that sends people to the login."""
    _seen.clear()
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.CountingMiddleware"]
    return _seen


def _views(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, Callable]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern.callback
        else:
            yield from _views(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


PUBLIC = sorted(name for name, view in _views(get_resolver()) if not getattr(view, "login_required", True))


@pytest.mark.parametrize("name", PUBLIC)
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_public_page_runs_in_a_scope_or_sees_a_row(world, client, counting, name, method):
    kwargs = MATRIX[name].get("kwargs")
    client.raise_request_exception = False
    getattr(client, method)(reverse(name, kwargs=kwargs(world) if kwargs else None))
    assert counting == [("", {})]


def test_every_page_declared_for_somebody_unknown_is_among_those_counted():
    declared = {name for name, row in MATRIX.items() if row.get("api") or ANONYMOUS in row.get("GET", ())}
    assert declared - set(PUBLIC) == set() != declared


def test_a_page_with_login_sees_what_its_reader_may(world, sign_in, counting):
    sign_in(world.a.lead).get(reverse("home"))
    [(system, rows)] = counting
    # Oneself, the own agent and the own officer for data protection.
    assert (system, rows["accounts.User"]) == ("", 3)


def test_the_scope_of_a_look_up_writes_no_account_and_lists_no_role_nor_token(world):
    _token(world)
    with system_scope("authentication"):
        assert User.objects.filter(pk=world.admin.pk).update(full_name="x", is_active=False) == 0
        assert Membership.objects.count() == ApiToken.objects.count() == Organisation.objects.count() == 0


def test_the_scope_of_a_token_lists_no_account_and_makes_no_token(world):
    token = _token(world)
    with system_scope("token"):
        assert User.objects.count() == Membership.objects.count() == 0
        assert ApiToken.objects.filter(pk=token.pk).delete()[0] == 0
        assert ApiToken.objects.filter(pk=token.pk).update(last_used_at=timezone.now()) == 1


def _token(world) -> ApiToken:
    with system_scope("seeding"):
        return ApiToken.objects.create(
            organisation=world.a.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest("x"), created_by=world.a.lead,
            expires_on=timezone.localdate() + dt.timedelta(1),
        )  # fmt: skip


def test_a_password_hashed_by_former_means_is_hashed_anew_at_the_next_login(world, client, settings):
    old = make_password(PASSWORD)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        *settings.PASSWORD_HASHERS,
    ]
    with system_scope("seeding"):
        User.objects.filter(pk__in=[world.a.lead.pk, world.a.agent.pk]).update(password=old)
    answer = client.post(reverse("account_login"), {"login": world.a.lead.email, "password": PASSWORD})
    with system_scope("seeding"):
        lead, agent = (User.objects.get(pk=person.pk) for person in (world.a.lead, world.a.agent))
    assert (answer.status_code, lead.password == old, agent.password == old) == (302, False, True)
    assert (lead.check_password(PASSWORD), lead.last_login is None, agent.last_login) == (True, False, None)


def test_a_closed_account_with_the_right_password_is_told_that_it_is_closed(world, client):
    with system_scope("seeding"):
        User.objects.filter(pk=world.a.lead.pk).update(password=make_password(PASSWORD), is_active=False)
    answer = client.post(reverse("account_login"), {"login": world.a.lead.email, "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("account_inactive"))
