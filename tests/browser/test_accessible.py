"""Every page at 320, 768 and 1440 px, in light and dark: accessible, and no wider than a phone.

A theme changes colours alone, and they hardly depend on the width: each page is measured once at each width, its colours
in one theme on the phone and in the other on the desk, half of the pages the other way round than the other half.

A page that several roles open is measured in full for the first of them: at a glance for the others in the
demonstration, and not again over planted rows.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.enums import Role
from tests.access import MATRIX, arguments
from tests.access.people import ANONYMOUS, STRANGER
from tests.browser import axe
from tests.browser.pages import PAGES, PUBLIC, view_of

WHO = ["visitor", *PAGES]


@pytest.fixture
def seen(request) -> set[str]:
    """The views that were measured in full in this process."""
    return request.config.__dict__.setdefault("_measured_in_full", set())


def _looks(view: str, seen: set[str]) -> tuple[axe.Look, ...]:
    looks = axe.GLANCE if view in seen else axe.matrix_of(view)
    seen.add(view)
    return looks


def _assert_nothing(found: dict[str, list[str]]) -> None:
    lines = [f"{name} {problem}" for name, problems in found.items() for problem in problems]
    assert found
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("role", WHO)
def test_pages_of_the_demonstration(role, visitor, seen):
    person = visitor("" if role == "visitor" else role, reduced_motion="reduce")
    found = {}
    for name, where in (PUBLIC if role == "visitor" else PAGES[role]).items():
        person.go(person.find(where))
        view = view_of(person.page.url)
        found[name] = axe.problems(person.page, _looks(view, seen))
    _assert_nothing(found)


def _pages_for(who: str) -> list[str]:
    public = {name for name, row in MATRIX.items() if ANONYMOUS in row.get("GET", ())}
    if who == ANONYMOUS:
        return sorted(public)
    return sorted(name for name, row in MATRIX.items() if who in row.get("GET", ()) and name not in public)


@pytest.mark.parametrize("who", [*Role, STRANGER, ANONYMOUS])
def test_every_page_over_planted_rows(who, world, sign_in, client, bridge, seen):
    """By the access matrix: a page to come is measured as soon as its URL is declared."""
    people = {STRANGER: world.stranger, **world.people}
    asking = sign_in(people[who]) if who in people else client
    found = {}
    for name in _pages_for(who):
        row = MATRIX[name]
        if name in seen:
            continue
        with transaction.atomic():
            path = reverse(name, kwargs=arguments(name, world, who))
            answer = asking.get(path, row["query"](world) if "query" in row else {})
            if answer.status_code == 200 and b"<html" in b"".join(answer):
                bridge.open(asking, answer.wsgi_request.get_full_path())
                found[name] = axe.problems(bridge.page, _looks(name, seen))
                bridge.leave()
            transaction.set_rollback(True)
    assert seen.issuperset(found)
    assert not [f"{name} {problem}" for name, problems in found.items() for problem in problems]
