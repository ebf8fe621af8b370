"""Test the settings with which production refuses to start, and its messages."""

import importlib
import os

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from config import start
from config.checks import database_role_is_bound, environment_is_fit
from config.database import OWNER_ROLE
from config.environment import READ
from config.management.commands.bootstrap_database import PASSWORDS
from tests.conftest import point_django_at

FIT = {
    "SECRET_KEY": "k3" * 20 + "aB-9_xYz" * 5, "ALLOWED_HOSTS": "palier.exemple.invalid",
    "DATABASE_URL": "postgresql://palier@127.0.0.1/nowhere", "CELERY_BROKER_URL": "redis://127.0.0.1:1/0",
}  # fmt: skip


@pytest.fixture
def production(settings, monkeypatch, tmp_path):
    """Return a function that gives the refusals for an environment changed from a fit one."""
    settings.PRODUCTION = True
    settings.ALLOWED_HOSTS = ["palier.exemple.invalid"]
    settings.VAR_DIR = tmp_path
    settings.SECOND_FACTOR_ASKED_OF = None
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        setattr(settings, name, True)

    def refusals(**changed: str) -> list[str]:
        for name in list(os.environ):
            if name.startswith("PALIER_") or name in READ - {"DJANGO_SETTINGS_MODULE"}:
                monkeypatch.delenv(name)
        for name, value in (FIT | changed).items():
            monkeypatch.setenv(name, value)
        return [problem.msg for problem in environment_is_fit()]

    return refusals


def test_a_fit_environment_is_not_refused(production):
    assert production() == []
    assert production(METRICS_BIND="127.0.0.1:9464", GEOCODER_URL="https://adresse.exemple.invalid/") == []


@pytest.mark.parametrize(("name", "value"), [
    ("SECRET_KEY", ""), ("SECRET_KEY", "short"), ("SECRET_KEY", "demo-only-fictional-data-" + "0" * 40),
    ("SECRET_KEY", "a" * 80), ("DATABASE_URL", ""), ("DATABASE_URL", "sqlite:///palier.db"),
    ("CELERY_BROKER_URL", ""), ("CELERY_BROKER_URL", "filesystem://"), ("GEOCODER_URL", "adresse.exemple.invalid"),
    ("GEOCODER_URL", "file:///etc/passwd"),
    ("TRUSTED_PROXIES", "one"), ("ALOWED_HOSTS", "x"), ("SECRETKEY", "x"), ("PALIER_SECRET", "x"),
    ("GEOCODER_URI", "x"), ("DATABASE_URLS", "x"), ("DATABASE_POOLER", "yes"),
    ("EMAIL_HOST", "smtp.exemple.invalid:587"), ("EMAIL_HOST", "smtp://exemple.invalid"),
    ("EMAIL_PORT", "submission"), ("EMAIL_PORT", "0"), ("EMAIL_PORT", "65536"),
    ("EMAIL_USE_TLS", "yes"), ("EMAIL_USE_SSL", "true"), ("DEFAULT_FROM_EMAIL", "palier"),
    ("DEFAULT_FROM_EMAIL", "a@exemple.invalid, b@exemple.invalid"),
    ("DEFAULT_FROM_EMAIL", "Palier\nBcc: x <palier@exemple.invalid>"),
    ("EMAIL_HOST_PASSWORT", "x"),
])  # fmt: skip
def test_one_sentence_names_the_setting_the_reason_and_the_remedy(production, name, value):
    (text,) = production(**{name: value})
    assert text.startswith(f"{name} must ")
    assert text.endswith(".")
    assert "because" in text or "would" in text


@pytest.mark.parametrize(("name", "value", "beginning"), [
    ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS must name"),
    ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS must hold plain host names, and “*”"),
    ("ALLOWED_HOSTS", [".exemple.invalid"], "ALLOWED_HOSTS must hold plain host names"),
    ("ALLOWED_HOSTS", ["https://exemple.invalid"], "ALLOWED_HOSTS must hold plain host names"),
    ("DEMO", True, "DEMO and DEBUG must be off"),
    ("DEBUG", True, "DEMO and DEBUG must be off"),
    ("SECOND_FACTOR_ASKED_OF", frozenset(), "SECOND_FACTOR_ASKED_OF must be None"),
    ("SESSION_COOKIE_SECURE", False, "Pages and cookies must go over TLS"),
    ("SECURE_SSL_REDIRECT", False, "Pages and cookies must go over TLS"),
    ("VAR_DIR", "/nowhere", "VAR_DIR must be a folder"),
    ("TIME_ZONE", "Europe/Nowhere", "The time zone Europe/Nowhere must be known"),
    ("METRICS_BIND", "9464", "METRICS_BIND must be address:port"),
    ("ACCESSIBILITY_CONFORMITY", "oui", "ACCESSIBILITY_CONFORMITY must be one of none, partial, full"),
    ("ACCESSIBILITY_CONFORMITY", "partial", "ACCESSIBILITY_AUDIT must say who held the audit"),
    ("METRICS_BIND", "127.0.0.1:99999", "METRICS_BIND must be address:port"),
])  # fmt: skip
def test_unfit_settings_are_refused(production, settings, name, value, beginning):
    settings.METRICS_FOLDER = "/nowhere"
    assert production() == []
    setattr(settings, name, value)
    (text,) = production()
    assert text.startswith(beginning)


SECRET = "le-mot-de-passe-du-relais"
RELAY = {
    "EMAIL_HOST": "smtp.exemple.invalid", "EMAIL_PORT": "587", "EMAIL_HOST_USER": "palier",
    "EMAIL_HOST_PASSWORD": SECRET, "EMAIL_USE_TLS": "1", "DEFAULT_FROM_EMAIL": "Palier <palier@exemple.invalid>",
}  # fmt: skip


@pytest.mark.parametrize(("changed", "beginning"), [
    ({"EMAIL_USE_SSL": "1"}, "EMAIL_USE_TLS must not be set beside EMAIL_USE_SSL"),
    ({"EMAIL_HOST_USER": ""}, "EMAIL_HOST_USER must be set where EMAIL_HOST_PASSWORD is"),
    ({"EMAIL_HOST_PASSWORD": ""}, "EMAIL_HOST_PASSWORD must be set where EMAIL_HOST_USER is"),
    ({"EMAIL_USE_TLS": ""}, "EMAIL_USE_TLS must be 1 where a password is sent to another machine"),
    ({"EMAIL_USE_TLS": "0"}, "EMAIL_USE_TLS must be 1 where a password is sent to another machine"),
])  # fmt: skip
def test_a_relay_is_refused_that_would_take_no_mail_or_tell_its_password(production, changed, beginning):
    (text,) = production(**RELAY | changed)
    assert (text.startswith(beginning), SECRET in text) == (True, False)


@pytest.mark.parametrize("changed", [
    {}, {"EMAIL_USE_TLS": "", "EMAIL_USE_SSL": "1", "EMAIL_PORT": "465"},
    {"EMAIL_HOST": "127.0.0.1", "EMAIL_USE_TLS": ""}, dict.fromkeys(RELAY, ""),
])  # fmt: skip
def test_every_usual_relay_is_fit(production, changed):
    assert production(**RELAY | changed) == []


def test_production_hands_its_mail_to_the_relay_of_the_environment(monkeypatch):
    for name, value in RELAY.items():
        monkeypatch.setenv(name, value)
    mail = importlib.reload(importlib.import_module("config.settings.mail"))
    assert (mail.EMAIL_HOST, mail.EMAIL_PORT) == ("smtp.exemple.invalid", 587)
    assert (mail.EMAIL_HOST_USER, mail.EMAIL_HOST_PASSWORD) == ("palier", SECRET)
    assert (mail.EMAIL_USE_TLS, mail.EMAIL_USE_SSL) == (True, False)
    assert mail.DEFAULT_FROM_EMAIL == "Palier <palier@exemple.invalid>"
    for name in RELAY:
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("EMAIL_USE_SSL", "1")
    mail = importlib.reload(mail)
    assert (mail.EMAIL_HOST, mail.EMAIL_PORT, mail.EMAIL_USE_TLS, mail.EMAIL_USE_SSL) == (
        "localhost", 25, False, True,
    )  # fmt: skip


def test_figures_of_several_processes_need_a_folder(production, settings):
    settings.METRICS_BIND, settings.METRICS_FOLDER = "127.0.0.1:9464", ""
    (text,) = production()
    assert text.startswith("PROMETHEUS_MULTIPROC_DIR must be set where METRICS_BIND is")


def test_what_kubernetes_says_of_services_is_nobodys_setting(production):
    links = {
        "PALIER_SERVICE_HOST": "10.0.0.7", "PALIER_SERVICE_PORT": "8000", "PALIER_SERVICE_PORT_HTTP": "8000",
        "PALIER_PORT": "tcp://10.0.0.7:8000", "PALIER_PORT_8000_TCP": "tcp://10.0.0.7:8000",
        "PALIER_PORT_8000_TCP_PROTO": "tcp", "PALIER_PORT_8000_TCP_PORT": "8000",
        "PALIER_PORT_8000_TCP_ADDR": "10.0.0.7", "PALIER_WEB_2_SERVICE_HOST": "10.0.0.8",
        "PALIER_DB_PASSWORD_SERVICE_HOST": "10.0.0.9",
    }  # fmt: skip
    assert production(**links) == []


@pytest.mark.parametrize(("name", "value"), [
    ("PALIER_PORT", "8000"), ("PALIER_HOST", "10.0.0.7"), ("PALIER_SERVICE", "x"), ("PALIER_SERVICE_HOSTS", "x"),
    ("PALIER_PORT_TCP", "tcp://10.0.0.7:8000"), ("PALIER_DB_PASSWORT", "x"), ("PALIER_URL", "tcp://10.0.0.7:8000"),
    ("PALIER_8000_TCP", "x"),
])  # fmt: skip
def test_what_only_looks_like_it_is_refused(production, name, value):
    (text,) = production(**{name: value})
    assert text.startswith(f"{name} must not be set, because nothing reads it")


def test_every_fault_is_told_at_once(production):
    assert len(production(SECRET_KEY="", CELERY_BROKER_URL="", PALIER_MODE="x")) == 3


def test_elsewhere_nothing_is_refused(production, settings):
    settings.PRODUCTION = False
    assert production(SECRET_KEY="") == []
    assert database_role_is_bound(databases=["default"]) == []
    assert start.refuse_unfit() is None


def test_the_role_of_the_product_is_bound(db, settings):
    settings.PRODUCTION = True
    with connections["default"].cursor() as cursor:
        # Not limited in the tests (config.settings.test).
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1min'")
    assert database_role_is_bound(databases=["default"]) == []


@pytest.fixture
def with_role(superuser_uri, clone_database, django_db_setup, django_db_blocker, settings):
    """Return a function that gives the refusals for a connection in the role of a name."""
    settings.PRODUCTION = True
    name = clone_database("palier_roles")

    def refusals(role: str) -> list[str]:
        with django_db_blocker.unblock(), point_django_at(superuser_uri, name):
            connection = connections["default"]
            connection.settings_dict["USER"] = role
            return [problem.msg for problem in database_role_is_bound(databases=["default"])]

    return refusals


@pytest.mark.parametrize(("role", "why"), [("postgres", "is a superuser"), (OWNER_ROLE, "owns tables")])
def test_a_role_the_policies_do_not_bind_is_refused(with_role, role, why):
    (text,) = with_role(role)
    assert text.startswith(f"DATABASE_URL connects as {role}, which {why}, so the policies")


def test_a_database_that_does_not_answer_is_refused(with_role):
    (text,) = with_role("nobody_of_that_name")
    assert text.startswith("The database of DATABASE_URL does not answer")


@pytest.mark.parametrize("owner", [
    "postgresql://palier_owner:one@127.0.0.1/nowhere", "postgresql://palier:two@127.0.0.1/nowhere",
], ids=["one password", "one role"])  # fmt: skip
def test_one_secret_for_both_roles_is_refused(production, owner):
    serving = "postgresql://palier:one@127.0.0.1/nowhere"
    (text,) = production(DATABASE_URL=serving, DATABASE_OWNER_URL=owner)
    assert text.startswith(
        "DATABASE_OWNER_URL must name another role than DATABASE_URL, with another password"
    )


def test_two_secrets_are_not_refused(production):
    owner = "postgresql://palier_owner:two@127.0.0.1/nowhere"
    assert (
        production(DATABASE_URL="postgresql://palier:one@127.0.0.1/nowhere", DATABASE_OWNER_URL=owner) == []
    )
    assert production(DATABASE_OWNER_URL="postgresql://palier_owner@127.0.0.1/nowhere") == []


@pytest.mark.parametrize("equal", [
    ("PALIER_DB_PASSWORD", "PALIER_DB_OWNER_PASSWORD"), ("PALIER_DB_OWNER_PASSWORD", "PALIER_DB_BACKUP_PASSWORD"),
    ("PALIER_DB_PASSWORD", "PALIER_DB_BACKUP_PASSWORD"),
])  # fmt: skip
def test_passwords_that_are_equal_are_given_to_no_role(monkeypatch, equal):
    monkeypatch.setenv("SUPERUSER_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    for name in PASSWORDS.values():
        monkeypatch.setenv(name, "same" if name in equal else name)
    with pytest.raises(CommandError, match=r"must differ"):
        call_command("bootstrap_database")


def test_a_password_that_is_missing_is_named(monkeypatch):
    monkeypatch.setenv("SUPERUSER_DATABASE_URL", "postgresql://postgres@127.0.0.1:1/postgres")
    monkeypatch.setenv("PALIER_DB_PASSWORD", "one")
    for name in ("PALIER_DB_OWNER_PASSWORD", "PALIER_DB_BACKUP_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CommandError, match=r"^PALIER_DB_OWNER_PASSWORD must be set in the environment\.$"):
        call_command("bootstrap_database")


@pytest.mark.parametrize("name", sorted(start._KEYS))
def test_every_key_is_refused_to_a_process_that_serves(monkeypatch, name):
    for other in start._KEYS:
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, "something")
    with pytest.raises(CommandError, match=f"^{name} must not be set for a process that serves"):
        start._refuse_keys()


def test_a_process_that_serves_holds_no_keys(monkeypatch):
    for name in start._KEYS:
        monkeypatch.delenv(name, raising=False)
    start._refuse_keys()


def test_a_key_that_the_database_does_not_know_is_refused(db, settings):
    start._refuse_unknown_seal()
    settings.SCOPE_KEY = "another"
    with pytest.raises(
        CommandError, match=r"^SECRET_KEY is not the one that the database checks scopes with"
    ):
        start._refuse_unknown_seal()
