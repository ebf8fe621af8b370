"""The engine's statements are planned once by a connection, and by none behind a pooler."""

import os
import subprocess
import sys

import pytest
from django.db import connection
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import default_grid
from config.database import ROOT


def prepared():
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE NOT from_sql")
        return [statement for (statement,) in cursor.fetchall()]


def planned_anew():
    """How many times prepared statements were planned for the very values they were run with."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(custom_plans)::int FROM pg_prepared_statements WHERE NOT from_sql")
        return cursor.fetchone()[0]


def ask(world, times=3):
    with acting_as(world.a.lead):
        version = default_grid()
        return [
            engine.residence_levels(version, timezone.localdate(), [world.a.residence.pk])
            for _ in range(times)
        ]


@pytest.fixture
def fresh(world):
    """A connection that has prepared nothing yet."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    threshold = connection.connection.prepare_threshold
    yield
    connection.connection.prepare_threshold = threshold


def test_a_statement_for_one_place_is_planned_once(world, fresh):
    threshold = connection.connection.prepare_threshold
    connection.connection._prepared.clear()
    assert ask(world) == [{world.a.residence.pk: 3}] * 3
    assert len(prepared()) == 1
    assert planned_anew() == 0
    assert connection.connection.prepare_threshold == threshold
    for _ in range(20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", [1])
    assert len(prepared()) == 1


@pytest.mark.parametrize(
    ("places", "statements"), [(None, 0), (engine._FEW + 1, 0), (engine._FEW, 2), (1, 2)]
)
def test_a_plan_made_once_serves_few_places_alone(world, fresh, places, statements):
    """The statement that stores levels and the one that stores past levels, beside those that delete them."""
    connection.connection._prepared.clear()
    with system_scope("evaluation"):
        ids = None if places is None else range(world.a.residence.pk, world.a.residence.pk + places)
        engine.store(default_grid(), timezone.localdate(), ids)
        engine.store_past(default_grid(), timezone.localdate(), [30], ids)
    assert len([one for one in prepared() if one.startswith("WITH")]) == statements


def test_where_the_connection_forbids_it_nothing_is_prepared(world, fresh):
    connection.connection._prepared.clear()
    connection.connection.prepare_threshold = None
    assert ask(world) == [{world.a.residence.pk: 3}] * 3
    assert prepared() == []
    assert connection.connection.prepare_threshold is None


@pytest.mark.parametrize(
    ("variable", "expected"), [({}, "False False"), ({"DATABASE_POOLER": "1"}, "True True")]
)
def test_a_pooler_leaves_nothing_in_a_connection(variable, expected):
    code = (
        "from config.settings import base; d = base.DATABASES['default'];"
        "print(d['OPTIONS']['prepare_threshold'] is None, d['DISABLE_SERVER_SIDE_CURSORS'])"
    )
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_POOLER"}
    url = {"DATABASE_URL": "postgresql://palier@db/palier?sslmode=require"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=kept | url | variable,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == expected


def test_a_function_that_writes_the_scope_is_volatile(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, provolatile FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            " AND prosrc ~ 'palier_hold|palier_open|INSERT INTO palier_seal'"
        )
        found = dict(cursor.fetchall())
    assert {"palier_enter", "palier_leave", "palier_scope_person", "palier_scope_sites"} <= set(found)
    assert set(found.values()) == {"v"}
