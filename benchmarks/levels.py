"""Levels: the full pass against DuckDB, the stored findings against COPY, one fact at two sizes."""

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from .database import prepare
from .population import LAST_DAY, populate
from .results import Figure, peak_memory

FULL = {"addresses": 600_000, "incidents": 10_000_000}
HUNDREDTH = {"addresses": 6_000, "incidents": 100_000}
AS_OF = dt.date.fromisoformat(LAST_DAY)
# Enough residences at either size, each recorded at once, by a connection that knows its statements.
_LANDLORDS = range(1, 9)
_WARM = 8

_SAME_QUERY = f"""
WITH days AS (
    SELECT DISTINCT residence_id, address_id, fact_type_id, day FROM incident
    WHERE day > DATE '{LAST_DAY}' - 365 AND day <= DATE '{LAST_DAY}'
), pooled AS (SELECT DISTINCT residence_id, fact_type_id, day FROM days
), counted AS (
    SELECT residence_id, address_id, fact_type_id, count(*) FILTER (day > DATE '{LAST_DAY}' - 28) AS in_daily,
        count(*) FILTER (day > DATE '{LAST_DAY}' - 91) AS in_regular, count(*) AS in_occasional
    FROM days GROUP BY ALL
    UNION ALL
    SELECT residence_id, 0, fact_type_id, count(*) FILTER (day > DATE '{LAST_DAY}' - 28),
        count(*) FILTER (day > DATE '{LAST_DAY}' - 91), count(*)
    FROM pooled GROUP BY ALL
), found AS (
    SELECT residence_id, address_id, max(least(4, greatest(1, gravity - 2 + CASE
        WHEN in_daily >= 8 THEN 3 WHEN in_regular >= 6 THEN 2 ELSE 1 END))) AS level
    FROM counted JOIN fact_type ON fact_type.id = fact_type_id GROUP BY ALL
), places AS (
    SELECT DISTINCT residence_id, 0 AS address_id FROM address UNION ALL SELECT * FROM address
)
SELECT coalesce(level, 1), count(*) FROM places LEFT JOIN found USING (residence_id, address_id)
GROUP BY 1 ORDER BY 1
"""


def run() -> Iterator[Figure]:
    """Yield the figures of the levels; takes some minutes, most of them to plant the rows."""
    small = _one_fact(prepare_population("bench_levels_small", HUNDREDTH))
    uri = prepare_population("bench_levels", FULL)
    yield _full_pass(uri)
    yield _stored(uri)
    large = _one_fact(uri)
    yield Figure("One new fact to its stored level, at 10 million", large, "limit", 0.010)
    yield Figure("… against the same at a hundredth of the size", large, "at 100,000", small, limit=1.2)


def prepare_population(name: str, size: dict[str, int]) -> str:
    """Return the superuser URI of a populated database that Django in this process is pointed at."""
    uri = prepare(name)
    point_django_here()
    populate(uri, **size)
    return uri


def point_django_here() -> None:
    import os

    import dj_database_url
    import django
    from django.db import connection

    django.setup()
    connection.close()
    connection.settings_dict.update(dj_database_url.parse(os.environ["DATABASE_URL"]))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def _full_pass(uri: str) -> Figure:
    from django.db import connection

    from accounts.scope import system_scope
    from classification import engine
    from classification.engine import services

    duck = _duck(uri)
    theirs, expected = min(_timed(lambda: duck.execute(_SAME_QUERY).fetchall()) for _ in range(3))
    with system_scope("evaluation"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '512MB'")
        params = engine.parameters(services.default_grid(), AS_OF, None)
        query = engine.levels_sql(None, params) + "SELECT level, count(*) FROM levels GROUP BY 1 ORDER BY 1"

        def ours() -> list[tuple[int, int]]:
            cursor.execute(query, params)
            return cursor.fetchall()

        seconds, got = min(_timed(ours) for _ in range(3))
    if got != expected:
        message = f"The two disagree: {got} here, {expected} there."
        raise AssertionError(message)
    return Figure(
        "Levels of 600,000 addresses from 10 million incidents", seconds, "DuckDB, same query and rows",
        theirs, limit=1.5, memory=peak_memory(),
    )  # fmt: skip


def _duck(uri: str) -> duckdb.DuckDBPyConnection:
    duck = duckdb.connect()
    duck.execute("SET threads = 2")
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(uri) as connection:
        for table, query in {
            "incident": "SELECT residence_id, address_id, fact_type_id, day FROM incidents_incident",
            "address": "SELECT residence_id, id AS address_id FROM sites_address",
            "fact_type": "SELECT id, gravity FROM incidents_facttype",
        }.items():
            file = Path(folder) / f"{table}.csv"
            with (
                file.open("wb") as out,
                connection.cursor().copy(f"COPY ({query}) TO STDOUT (FORMAT csv, HEADER)") as copy,
            ):
                for block in copy:
                    out.write(block)
            duck.execute(f"CREATE TABLE {table} AS FROM read_csv('{file}')")
    return duck


def _stored(uri: str) -> Figure:
    from classification.engine import services

    ours, _places = _timed(lambda: services.evaluate(as_of=AS_OF))
    with psycopg.connect(uri, autocommit=True) as connection, tempfile.TemporaryFile() as file:
        with connection.cursor().copy("COPY classification_finding TO STDOUT (FORMAT binary)") as copy:
            for block in copy:
                file.write(block)
        connection.execute("CREATE TABLE copied (LIKE classification_finding INCLUDING ALL)")
        file.seek(0)
        theirs, _none = _timed(lambda: _copy_in(connection, file))
        rows = connection.execute("SELECT count(*) FROM copied").fetchone()[0]
        connection.execute("DROP TABLE copied")
        connection.execute("VACUUM ANALYZE")
    return Figure(f"… with its {rows:,} findings stored", ours, "COPY of the same findings", theirs, limit=4)


def _copy_in(connection: psycopg.Connection, file) -> None:
    with connection.cursor().copy("COPY copied FROM STDIN (FORMAT binary)") as copy:
        while block := file.read(1 << 20):
            copy.write(block)


def _one_fact(uri: str, rounds: int = 60) -> float:
    """Return the median seconds from a fact to its committed level, acting as a landlord's lead."""
    from accounts.models import User
    from accounts.scope import acting_as, system_scope
    from classification.engine import services

    with system_scope("seeding"):
        lead = User.objects.create_user("lead@exemple.invalid", "Référent")
        for landlord in _LANDLORDS:
            lead.memberships.create(organisation_id=landlord, role="lead", starts_on=AS_OF)
    services.evaluate()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    with acting_as(lead):
        from sites.models import Address

        places = list(
            Address.objects.filter(landlord_id__in=_LANDLORDS)
            .order_by("residence_id", "id").distinct("residence_id")
            .values_list("id", "residence_id", "commune_id", "landlord_id")[: _WARM + rounds]
        )  # fmt: skip
    times = []
    for place in places:
        with acting_as(lead):
            seconds, _none = _timed(partial(_record, *place))
        times.append(seconds)
    assert len(times) == _WARM + rounds
    return statistics.median(times[_WARM:])


def _record(address: int, residence: int, commune: int, landlord: int) -> None:
    """Write a fact of today, and have its place evaluated as the form does (incidents.facts.services)."""
    from django.utils import timezone

    from incidents.changes import records_changed
    from incidents.models import Incident

    Incident.objects.create(
        landlord_id=landlord,
        commune_id=commune,
        residence_id=residence,
        address_id=address,
        fact_type_id=3,
        day=timezone.localdate(),
    )
    records_changed([residence], since=timezone.localdate())
