"""Every URL × every person × every method, over planted rows of other landlords and circles."""

from collections.abc import Iterator
from functools import partial

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.enums import Role
from accounts.journal.reading import subject
from accounts.models import AuditEntry, Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from tests import factories as f
from tests.access import MATRIX, arguments
from tests.access.accounts import PASSWORD
from tests.access.people import ANONYMOUS, PROGRAM, STRANGER
from tests.walk import EVERYBODY, PAGES, Clients, answers

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_DONE = {200, 201, 202, 204, 302}
# A form view of the login that takes a PUT for a POST, or anything of who is logged in.
_LENIENT = {400, 422, "login"}


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}"
        else:
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _names(pattern, namespace + inner)


NAMES = sorted(set(_names(get_resolver())))


def test_every_url_is_declared_and_every_declaration_is_a_url():
    assert set(MATRIX) == set(NAMES)


@pytest.fixture
def clients(world, monkeypatch):
    """The clients of each role of side A, a stranger, nobody, and landlord A's program.

    The pages that refuse are answered without their words: a quarter of all answers here, of which the status counts.
    """
    monkeypatch.setattr(
        "portal.errors.render", lambda _request, _page, _context=None, *, status: HttpResponse(status=status)
    )
    password = make_password(PASSWORD)
    people = [*world.people.values(), world.stranger]
    for user in people:
        user.password = password
    with system_scope("seeding"):
        User.objects.filter(pk__in=[user.pk for user in people]).update(password=password)
    return Clients(world)


def _ask(client: Client, method: str, url: str, row: dict, world) -> int | str:
    """Send one request, undo what it wrote, and return its status, or "login" when sent there."""
    data = {}
    if method == "GET" and "query" in row:
        data = row["query"](world)
    elif method == "POST" and "data" in row:
        data = row["data"](world)
    with transaction.atomic():
        answer = _send(client, method, url, row, data)
        transaction.set_rollback(True)
    return answer


def _send(client: Client, method: str, url: str, row: dict, data: dict) -> int | str:
    send = getattr(client, method.lower())
    if method in {"GET", "POST"}:
        send = partial(send, data=data)
    if method == "POST" and row.get("api"):
        send = partial(send, content_type="application/json")
    response = send(url)
    for part in getattr(response, "streaming_content", ()):
        assert part is not None
    sent_to_login = response.status_code == 302 and response.headers["Location"].startswith(
        reverse("account_login")
    )
    return "login" if sent_to_login else response.status_code


def _expected(row: dict, method: str, who: str) -> set[int | str]:
    allowed = row.get(method, set())
    if who == PROGRAM and not row.get("api"):
        who = ANONYMOUS
    if who in allowed:
        return _DONE if method == "GET" else _DONE | _LENIENT
    if row.get("api"):
        return {403 if allowed else 405} if who == PROGRAM else {401}
    if who == ANONYMOUS:
        return {"login", 405}
    return {403} if allowed else {403, 405}


def _asking(row: dict, method: str) -> set:
    """Return who tries a method: everybody where the row names it or where a page may read or write by it.

    What nobody may send, a view refuses by the method or by the person: one of those who may send others tries
    it, one who may send none, nobody, and a program.
    """
    if method in row or method in {"GET", "POST"}:
        return {*Role, STRANGER, ANONYMOUS, PROGRAM}
    allowed = set().union(*(row.get(known, set()) for known in METHODS))
    people = sorted({*Role, STRANGER}, key=str)
    return {
        *[who for who in people if who in allowed][:1],
        *[who for who in people if who not in allowed][:1],
        ANONYMOUS,
        PROGRAM,
    }


@pytest.mark.parametrize("name", [name for name in NAMES if name in MATRIX])
def test_each_method_answers_those_declared_and_nobody_else(name, world, clients):
    """Who may read or write it is answered in the tests below."""
    row = MATRIX[name]
    url = reverse(name, kwargs=row["kwargs"](world) if "kwargs" in row else None)
    wrong = {
        (method, str(who)): answer
        for method in METHODS
        for who in sorted(_asking(row, method))
        if (method not in {"GET", "POST"} or who not in row.get(method, ()))
        and (answer := _ask(clients[who], method, url, row, world)) not in _expected(row, method, who)
    }
    assert wrong == {}


@PAGES
@pytest.mark.parametrize("who", EVERYBODY)
def test_each_page_opens_to_those_it_is_declared_for(who, world):
    opened = {page: answer.status for page, answer in answers(world, who).items()}
    assert {page: status for page, status in opened.items() if status not in _DONE} == {}


@pytest.fixture
def journals(world):
    """A function that returns the entries of all journals, by id.

    Nobody reads the whole journal: it is read as somebody who is data-protection officer everywhere.
    """
    with system_scope("seeding"):
        officer = f.UserFactory()

    def read() -> dict[int, AuditEntry]:
        with system_scope("seeding"):
            watched = Membership.objects.filter(user=officer).values("organisation_id")
            for organisation in Organisation.objects.exclude(pk__in=watched):
                Membership.objects.create(user=officer, organisation=organisation, role=Role.DPO)
        with acting_as(officer):
            return AuditEntry.objects.in_bulk()

    return read


@pytest.mark.parametrize("name", [name for name in NAMES if MATRIX.get(name, {}).get("POST")])
def test_an_allowed_post_works_and_is_in_the_journals_it_belongs_to(name, world, clients, journals):
    row = MATRIX[name]
    done = {who: _done(name, row, world, who, clients[who], journals) for who in row["POST"]}
    answers = {who: answer for who, (answer, _told, _expected) in done.items()}
    works = {"login"} if row.get("closes") else _DONE
    assert {who: answer for who, answer in answers.items() if answer not in works} == {}
    assert {who: told for who, (_answer, told, _expected) in done.items()} == {
        who: expected for who, (_answer, _told, expected) in done.items()
    }


def _done(name, row, world, who, client, journals) -> tuple[int | str, set[int], set[int]]:
    """Send an allowed POST and undo it; return the answer, whose journals tell of it, and whose should.

    Each entry names its subject and whoever acted, in their role, in words.
    """
    with transaction.atomic():
        kwargs = arguments(name, world, who)
        data = row["data_for"](world, who) if "data_for" in row else row.get("data", lambda _world: {})(world)
        before = journals()
        answer = _send(client, "POST", reverse(name, kwargs=kwargs), row, data)
        new = [entry for pk, entry in journals().items() if pk not in before]
        told = {entry.organisation_id for entry in new}
        assert [entry for entry in new if not _is_in_words(entry, row, who)] == []
        declared = row["journal"]
        expected = set() if isinstance(declared, str) else declared(world, who)
        transaction.set_rollback(True)
    return answer, told, expected


def _is_in_words(entry: AuditEntry, row, who) -> bool:
    """Say whether an entry names its subject, and whoever acted: with a role, unless they answer for themselves."""
    named = entry.subject != "" and entry.object_id not in entry.subject if entry.object_id else True
    said = subject(entry) not in {"", entry.object_type}
    if entry.actor_id is None:
        return named and said
    role = who if isinstance(who, Role) and not row.get("as_oneself") else ""
    return (
        named
        and said
        and entry.actor_name != ""
        and (entry.role, entry.acting_name != "") == (role, role != "")
    )


@pytest.mark.parametrize("name", [name for name in NAMES if "foreign" in MATRIX.get(name, {})])
def test_what_is_anothers_does_not_exist(name, world, clients):
    row = MATRIX[name]
    url = reverse(name, kwargs=row["foreign"](world))
    answers = {
        (method, str(who)): _ask(clients[who], method, url, row, world)
        for method in METHODS
        for who in row.get(method, set()) & set(row.get("foreign_to", EVERYBODY))
    }
    assert answers == dict.fromkeys(answers, 404) != {}


@pytest.mark.parametrize("name", [name for name in NAMES if "kwargs" in MATRIX.get(name, {})])
def test_every_object_has_a_foreign_twin_unless_everything_is_the_roles_own(name):
    """Administrators alone have no outside: for all others a row must plant one."""
    row = MATRIX[name]
    roles = set().union(*(row.get(method, set()) for method in METHODS))
    assert "foreign" in row or roles <= {Role.ADMIN, ANONYMOUS} or row.get("public_object")
