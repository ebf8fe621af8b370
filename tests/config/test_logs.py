"""Test that no line of the log holds personal data."""

import io
import json
import logging
import uuid
from urllib.parse import quote

import pytest
from celery import shared_task
from django.contrib.auth.decorators import login_not_required
from django.core.mail import send_mail
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from accounts.models import User
from accounts.scope import system_scope
from config.telemetry.logs import WITHHELD, EventFormatter

NAME, EMAIL, ADDRESS = "Zéphyrine Plantée", "zephyrine.plantee@exemple.invalid", "198.51.100.77"
STREET, NARRATIVE = "12 rue des Mots Plantés", "deux personnes fument au troisième étage"
PLANTED = [NAME, EMAIL, ADDRESS, STREET, NARRATIVE]


@login_not_required
def failing(request: HttpRequest, place: str) -> HttpResponse:
    """Trip over a row of the database, with everything planted at hand."""
    typed = request.POST.get("narrative", "")
    logging.getLogger("somebody.else").warning(f"{place} {typed}", extra={"route": place, "status": typed})  # noqa: G004
    logging.getLogger("somebody.else").warning("Saw %s at %s", typed, place, extra={"task": typed})
    with system_scope("seeding"), transaction.atomic():
        User.objects.create(email=EMAIL, full_name=NAME)
        User.objects.create(email=EMAIL, full_name=NAME)


@shared_task
def failing_task(person: str, text: str) -> None:
    try:
        int(text)
    except ValueError as error:
        raise KeyError(person) from error


urlpatterns = [path("echec/<str:place>/", failing, name="failing"), path("", include("config.urls"))]


@pytest.fixture
def lines():
    """What is logged, at every level, as it would be written."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(EventFormatter())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def read() -> list[dict]:
        text = written.getvalue()
        forms = {form for word in PLANTED for form in (word, json.dumps(word)[1:-1], quote(word))}
        assert [form for form in forms if form in text] == []
        return [json.loads(line) for line in text.splitlines()]

    yield read
    root.removeHandler(handler)
    root.setLevel(level)


def _of(lines: list[dict], logger: str) -> list[dict]:
    return [line for line in lines if line["logger"] == logger]


def test_a_request_is_its_route_and_figures(lines, world, sign_in):
    client = sign_in(world.a.lead)
    response = client.get(
        reverse("classification:residence", args=[world.a.residence.pk]),
        {"q": NARRATIVE},
        REMOTE_ADDR=ADDRESS,
    )
    (line,) = _of(lines(), "palier.request")
    assert line.pop("duration_ms") > 0
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info", "logger": "palier.request", "event": "request", "route": response.resolver_match.view_name,
        "method": "GET", "status": response.status_code, "request_id": response.headers["X-Request-ID"],
    }  # fmt: skip


def test_visitors_are_not_quoted(lines, world):
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=ADDRESS, headers={"User-Agent": NAME})
    form = {"login": EMAIL, "password": NARRATIVE}
    assert Client(REMOTE_ADDR=ADDRESS).post("/connexion/", form).status_code == 422
    assert client.post("/connexion/", form, headers={"Referer": STREET}).status_code == 403
    assert client.get(f"/{quote(STREET)}/?q={quote(NARRATIVE)}").status_code in {302, 404}
    assert client.get("/", headers={"Host": EMAIL}).status_code == 400
    assert client.generic("ZEPHYRINE", "/connexion/").status_code in {403, 405}
    told = [(line["route"], line["method"], line["status"]) for line in _of(lines(), "palier.request")]
    assert told[:2] == [("account_login", "POST", 422), ("account_login", "POST", 403)]
    assert told[-1][1] == "other"


def test_an_error_is_its_type_and_place(lines, db, settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False, REMOTE_ADDR=ADDRESS)
    response = client.post(f"/echec/{quote(STREET)}/?q={quote(NAME)}", {"narrative": NARRATIVE})
    told = lines()
    (error,) = [line for line in _of(told, "django.request") if "exception" in line]
    assert error["request_id"] == response.headers["X-Request-ID"]
    assert [(one["type"], one.get("sqlstate")) for one in error["exception"]] == [
        ("django.db.utils.IntegrityError", None), ("psycopg.errors.UniqueViolation", "23505"),
    ]  # fmt: skip
    assert any(place.startswith("tests/config/test_logs.py:") for place in error["exception"][0]["stack"])
    others = [(line["event"], "route" in line, "task" in line) for line in _of(told, "somebody.else")]
    assert others == [(WITHHELD, False, False), ("Saw %s at %s", False, False)]


def test_a_task_is_its_name_and_figures(lines):
    failing_task.apply(args=[NAME], kwargs={"text": NARRATIVE}, task_id="some-task", throw=False)
    told = lines()
    (line,) = _of(told, "palier.task")
    assert line.pop("duration_ms") >= 0
    assert (line["task"], line["state"], line["request_id"]) == (
        "tests.config.test_logs.failing_task",
        "failure",
        "some-task",
    )
    causes = [[one["type"] for one in line["exception"]] for line in told if "exception" in line]
    assert ["builtins.KeyError", "builtins.ValueError"] in causes


def test_mail_is_not_quoted(lines):
    assert send_mail(NAME, NARRATIVE, "palier@exemple.invalid", [EMAIL]) == 1
    lines()


@pytest.mark.parametrize(("proxies", "given", "kept"), [
    (1, "6f1c2b34-0000-4000-8000-123456789abc", True),
    (0, "6f1c2b34-0000-4000-8000-123456789abc", False),
    (1, NAME.encode().hex(), False),
    (1, "", False),
])  # fmt: skip
def test_the_number_of_a_request_is_the_trusted_proxys_or_our_own(client, settings, db, proxies, given, kept):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    answered = client.get("/connexion/", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert str(uuid.UUID(answered)) == answered
    assert (answered == given) is kept
