"""What each answer tells browsers and caches: to store nothing, run nothing of others, show it nowhere else."""

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from tests.access.people import PROGRAM
from tests.walk import PAGES, answers

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'nonce-…'",
    "style-src": "'self' 'nonce-…'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# What anybody may keep: the map's background is nobody's in particular, the worker's script holds no data.
KEPT = {"sites:vector_tile", "sites:raster_tile", "sites:neighbourhoods", "worker", "manifest"}


def _policy(answer) -> dict[str, str]:
    header = answer.headers["Content-Security-Policy"]
    parts = (part.strip().split(" ", 1) for part in header.split(";") if part.strip())
    # The nonce is there where the page took one.
    return {name: re.sub(r" ?'nonce-[^']+'", "", value) for name, value in parts}


@PAGES
@pytest.mark.parametrize("who", [*map(str, Role), PROGRAM])
def test_no_answer_to_somebody_known_is_stored(world, who):
    said = {page: answer.headers.get("Cache-Control", "") for page, answer in answers(world, who).items()}
    kept = {page: told for page, told in said.items() if "no-store" not in told}
    assert {page: told for page, told in kept.items() if page not in KEPT} == {}


@PAGES
@pytest.mark.parametrize("who", [Role.LEAD, Role.COORDINATOR])
def test_every_page_runs_what_is_its_own_alone_and_is_shown_nowhere_else(world, who):
    without_nonce = {name: value.replace(" 'nonce-…'", "") for name, value in POLICY.items()}
    for page, answer in answers(world, who).items():
        assert (page, _policy(answer)) == (page, without_nonce)
        headers = {key: answer.headers[key] for key in ("X-Frame-Options", "X-Content-Type-Options")}
        assert (page, headers) == (page, {"X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff"})


def test_the_policy_names_a_nonce_where_a_page_needs_one(world, sign_in):
    header = sign_in(world.a.lead).get(reverse("classification:map")).headers["Content-Security-Policy"]
    found = re.findall(r"(\S+-src) 'self' 'nonce-[^']+'", header)
    assert set(found) <= {"script-src", "style-src"}


def test_no_script_reads_the_cookies(world, client, settings):
    from tests.test_anonymous import PASSWORD

    world.a.lead.set_password(PASSWORD)
    from accounts.scope import system_scope

    with system_scope("seeding"):
        world.a.lead.save(update_fields=["password"])
    client.post(reverse("account_login"), {"login": world.a.lead.email, "password": PASSWORD})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
