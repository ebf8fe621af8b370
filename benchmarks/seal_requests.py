"""Requests for pages of the demonstration, of a database with the seal of scopes and of its copy without."""

import time
from pathlib import Path
from statistics import median

import psycopg
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client
from psycopg.conninfo import make_conninfo

from accounts.enums import Role
from accounts.models import Membership
from accounts.scope import acting_as, system_scope

_ROUNDS = 25
_PAGES = {
    Role.LEAD: ("/accueil/", "/residences/", "/faits/", "/faits/nouveau/"),
    Role.COORDINATOR: ("/tableau-de-bord/", "/residences/", "/faits/"),
}


def measures(superuser_uri: str) -> dict[str, tuple[float, float]]:
    """Return the middle of the seconds of each page: with the seal, and without."""
    settings.ALLOWED_HOSTS = ["testserver"]
    clients = {role: _client(role) for role in _PAGES}
    reached = _with_and_without(superuser_uri)
    taken: dict[str, tuple[list[float], list[float]]] = {}
    for _ in range(_ROUNDS):
        for role, path in ((role, path) for role, paths in _PAGES.items() for path in paths):
            both = taken.setdefault(f"{path} of a {role.value}", ([], []))
            # In turns, so that whatever else the machine does falls on both.
            for seconds, connections["default"] in zip(both, reached, strict=True):
                seconds.append(_seconds(clients[role], path))
    return {name: (median(with_it), median(without)) for name, (with_it, without) in taken.items()}


def _client(role: Role) -> Client:
    client = Client()
    with system_scope("seeding"):
        user = Membership.objects.filter(role=role, ends_on=None).order_by("pk")[0].user
    with acting_as(user):
        client.force_login(user)
    return client


def _with_and_without(superuser_uri: str) -> tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]:
    """Copy the database, make the scope of the copy settings, and return a connection to each."""
    connection.close()
    name = f"{connection.settings_dict['NAME']}_unsealed"
    with psycopg.connect(make_conninfo(superuser_uri, dbname="postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{connection.settings_dict["NAME"]}" OWNER palier_owner'
        )
    for database in (connection.settings_dict["NAME"], name):
        with psycopg.connect(make_conninfo(superuser_uri, dbname=database), autocommit=True) as planted:
            if database == name:
                planted.execute(Path(__file__).with_name("unsealed.sql").read_text(encoding="utf-8"))
            planted.execute("VACUUM ANALYZE")
    plain = connections.create_connection("default")
    plain.settings_dict = connection.settings_dict | {"NAME": name}
    return connections["default"], plain


def _seconds(client: Client, path: str) -> float:
    start = time.perf_counter()
    response = client.get(path)
    seconds = time.perf_counter() - start
    assert response.status_code == 200, (path, response.status_code)
    return seconds
