"""Test that every outgoing connection has a timeout."""

import ast

import pytest
from django.conf import settings
from django.core.mail import get_connection
from django.db import connection

from config.database import ROOT
from sites.geocoding.services import NationalAddressApi


def test_the_database_and_the_server_of_mail_have_a_time_to_answer():
    assert 0 < settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] <= 10
    assert 0 < get_connection("django.core.mail.backends.smtp.EmailBackend").timeout <= 30


def test_the_connection_has_it(db):
    assert connection.connection.info.get_parameters()["connect_timeout"] == "5"


def test_the_geocoder_is_not_connected_to_for_as_long_as_it_may_answer(monkeypatch):
    asked = {}

    def post(url, **options):
        asked.update(options)
        raise RuntimeError

    monkeypatch.setattr("sites.geocoding.services.httpx.post", post)
    with pytest.raises(RuntimeError):
        NationalAddressApi("http://127.0.0.1:9").locate([])
    assert (asked["timeout"].connect, asked["timeout"].read) == (5, 60)


def _calls_without_timeout() -> list[str]:
    asking = {"get", "post", "put", "request", "stream", "Client", "from_url"}
    found = []
    for app in ("core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config"):
        for file in (ROOT / app).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                of = ast.unparse(node.func.value)
                named = {keyword.arg for keyword in node.keywords}
                outgoing = of in {"httpx", "redis.Redis"} and node.func.attr in asking
                if outgoing and not named & {"timeout", "socket_timeout"}:
                    found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return found


def test_every_request_that_goes_out_names_its_timeout():
    assert _calls_without_timeout() == []
