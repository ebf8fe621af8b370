"""Provide the fixtures of all tests: real PostgreSQL, the runtime role, policies in force, no network."""

import datetime as dt
import gc
import hashlib
import logging
import os
import pickle
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import dj_database_url
import psycopg
import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, settings
from psycopg import sql

from config.database import OWNER_ROLE, ROOT, RUNTIME_ROLE, bootstrap, embedded_url
from config.embedded import start_embedded

# What a command of the Makefile runs by the name of its folder, and nothing else does.
APART = tuple(ROOT / "tests" / name for name in ("browser", "trials"))
_SUPERUSER = "PALIER_TEST_SUPERUSER_URI"
# A folder of policies to try instead of the checkout's; see tests/mutants/.
_POLICIES = "PALIER_TEST_POLICIES"

# The same examples in every run, however slow the machine is: what others find is not found by chance in a delivery.
settings.register_profile(
    "same", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Start the test server once, in the controlling process, before Django's settings load."""
    # What is imported until the tests begin lives as long as the process.
    gc.disable()
    # Without bytecode files, each process that a test starts would compile every module again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # The browser's driver keeps an event loop in the process; our calls do not run in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    if _SUPERUSER not in os.environ:
        os.environ[_SUPERUSER] = start_server(ROOT / "var" / "postgres-test")
        if config.args_source is config.ArgsSource.TESTPATHS and not config.option.collectonly:
            _prepare_template(config)
    # Groups of tests begin early, by the order below.
    config.option.loadscopereorder = False


def _prepare_template(config: pytest.Config) -> None:
    """Migrate the database that all others are cloned from while the tests are collected."""
    migrating = Thread(target=_template, args=[os.environ[_SUPERUSER]])
    migrating.start()
    config.add_cleanup(migrating.join)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave what walks whole pages to `make browser`, and trials of whole machines to `make trial`."""
    asked = map(_asked, config.args)
    if collection_path not in APART or any(collection_path in (path, *path.parents) for path in asked):
        return None
    return True


def _asked(argument: str) -> Path:
    """Return the path of an argument of the command line, which may name a test in a file."""
    return Path(argument.partition("::")[0]).resolve()


def pytest_collection_finish() -> None:
    """Spare the collector what lives as long as the process: a fifteenth of its time."""
    gc.freeze()
    gc.set_threshold(10_000)
    gc.enable()


def start_server(data: Path) -> str:
    """Start a server for tests alone on ``data``, and return its superuser URI."""
    uri = start_embedded(data)
    with psycopg.connect(uri, autocommit=True) as connection:
        # A crash loses nothing but a test database.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return uri


def _schema_digest() -> str:
    return _digest(
        [
            *ROOT.glob("*/migrations/*.py"),
            *ROOT.glob("*/policies/*.sql"),
            ROOT / "requirements.txt",
            ROOT / "config" / "database.py",
            ROOT / "core" / "limits.py",
            ROOT / "core" / "grants.py",
            *ROOT.glob("*/perimeter.py"),
        ]
    )


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def database_environment(superuser_uri: str, name: str) -> dict[str, str]:
    """The variables that point a process of ours at the database ``name``."""
    return {
        "DATABASE_URL": embedded_url(superuser_uri, name, RUNTIME_ROLE),
        "DATABASE_OWNER_URL": embedded_url(superuser_uri, name, OWNER_ROLE),
    }


@contextmanager
def point_django_at(superuser_uri: str, name: str) -> Iterator[None]:
    """Have this process's default connection reach the database ``name`` for a while."""
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(dj_database_url.parse(embedded_url(superuser_uri, name, RUNTIME_ROLE)))
    yield
    connection.close()
    connection.settings_dict.clear()
    connection.settings_dict.update(before)


@pytest.fixture(autouse=True)
def _in_french():
    """A request leaves its language to its thread, where the next test would find it."""
    yield
    from django.utils import translation

    translation.deactivate()


@pytest.fixture(autouse=True, scope="session")
def _prepared_statements_are_kept() -> None:
    """Keep the prepared statements of a connection when a transaction is rolled back, as each test's is.

    The driver discards them, for a table made in that transaction; then each test would have the engine's planned again.
    """
    from psycopg._preparing import PrepareManager

    discard = PrepareManager._should_discard

    def kept(self: PrepareManager, prep: object, results: list[psycopg.pq.abc.PGresult]) -> bool:
        others = [result for result in results if result.command_status != b"ROLLBACK"]
        return discard(self, prep, others)

    PrepareManager._should_discard = kept


@pytest.fixture(autouse=True, scope="session")
def _in_plain_spaces() -> None:
    """Have French texts keep the plain spaces of the sources, in which tests quote them.

    tests/config/test_typography.py reads the catalog as it is compiled.
    """
    from django.utils.translation import trans_real

    for catalog in trans_real.translation("fr")._catalog._catalogs:
        catalog.update(
            {key: re.sub(r"\xa0(?=[:;?!»])|(?<=«)\xa0", " ", text) for key, text in catalog.items()}
        )


@pytest.fixture(scope="session")
def superuser_uri() -> str:
    return os.environ[_SUPERUSER]


@pytest.fixture(scope="session")
def template_database(superuser_uri: str) -> str:
    """A migrated database to clone; made once for each state of the schema."""
    return _template(superuser_uri)


def _template(superuser_uri: str) -> str:
    def make(name: str) -> None:
        bootstrap(superuser_uri, name)
        _migrate(superuser_uri, name)

    return _made_once(superuser_uri, f"palier_template_{_schema_digest()}", make)


def _made_once(superuser_uri: str, name: str, make: Callable[[str], None]) -> str:
    """Return ``name`` once some process of this or of an earlier run has made that database."""
    quoted = sql.Identifier(name)
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(1)")
        done = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') = 'made' FROM pg_database WHERE datname = %s",
            [name],
        ).fetchone()
        if not (done and done[0]):
            kind = name.rpartition("_")[0].rstrip("0123456789_")
            old = "SELECT datname FROM pg_database WHERE datname ~ ('^' || %s || '_[0-9a-f_]+$')"
            for (past,) in connection.execute(old, [kind]).fetchall():
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(past)))
            make(name)
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS 'made'").format(quoted))
    return name


def _apply_policies(superuser_uri: str, name: str, folder: Path) -> None:
    """Put the policies of ``folder`` in place of those that the migrations made."""
    with psycopg.connect(superuser_uri, dbname=name) as connection:
        for app in ("core", "accounts", "sites", "incidents", "classification", "partners"):
            for file in sorted((folder / app / "policies").glob("*.sql")):
                connection.execute(file.read_text(encoding="utf-8"))


# Tests plant entries of the journal with a moment of theirs, and tamper with it, as whoever switches its triggers off.
_PLANTING = """
CREATE SCHEMA planting;
GRANT USAGE ON SCHEMA planting TO PUBLIC;
CREATE FUNCTION planting.run(statement text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET session_replication_role = replica SET search_path = pg_catalog, public, pg_temp
    AS $$ BEGIN EXECUTE statement; END $$;
"""


def _migrate(superuser_uri: str, name: str) -> None:
    environment = os.environ | database_environment(superuser_uri, name)
    command = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    with psycopg.connect(superuser_uri, dbname=name, autocommit=True) as connection:
        connection.execute(_PLANTING)
        # Numbers as of a large installation: one that is written "1 234 568" breaks its link.
        connection.execute(
            "SELECT setval(oid, 1234567) FROM pg_class WHERE relkind = 'S' AND relname ~"
            " '^(accounts|sites|incidents|classification|partners)_' AND relname !~ 'facttype|gridversion'"
        )


@pytest.fixture(scope="session")
def clone_database(superuser_uri: str, template_database: str):
    """Return a function that makes a database of this process's own from the template, and names it."""
    made = []

    def clone(name: str, template: str = template_database, *, lasting: bool = False) -> str:
        if not lasting:
            name = f"{name}_{os.getpid()}"
        with psycopg.connect(superuser_uri, autocommit=True) as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )
            connection.execute("SELECT pg_advisory_lock(2)")
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER_ROLE)
                )
            )
        if _POLICIES in os.environ and not lasting:
            _apply_policies(superuser_uri, name, Path(os.environ[_POLICIES]))
        if not lasting:
            made.append(name)
        return name

    yield clone
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        for name in made:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )


@pytest.fixture(scope="session")
def demo_database(superuser_uri, clone_database) -> str:
    """A database with the fictional territory as of today in it, to clone; made once for each state of the code."""
    from django.utils import timezone

    apps = (
        "core",
        "accounts",
        "sites",
        "incidents",
        "classification",
        "partners",
        "portal",
        "config",
        "demo",
    )
    code = _digest(
        [file for app in apps for file in (ROOT / app).rglob("*") if file.suffix in {".py", ".sql"}]
    )

    def make(name: str) -> None:
        clone_database(name, lasting=True)
        environment = os.environ | database_environment(superuser_uri, name)
        environment["DJANGO_SETTINGS_MODULE"] = "config.settings.browser"
        subprocess.run([sys.executable, "manage.py", "seed_demo"], cwd=ROOT, env=environment, check=True)

    return _made_once(superuser_uri, f"palier_demo_{timezone.localdate():%Y%m%d}_{code}", make)


@pytest.fixture(scope="session")
def django_db_setup(superuser_uri, clone_database, django_db_blocker):
    """Give this process a clone of the template, reached as the runtime role."""
    from django.db import connections

    urls = database_environment(superuser_uri, clone_database("palier_test"))
    with django_db_blocker.unblock():
        for alias, variable in {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}.items():
            connections[alias].close()
            connections[alias].settings_dict.update(dj_database_url.parse(urls[variable]))
        yield
        for alias in connections:
            connections[alias].close()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse any connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            message = f"A test tried to reach {address}."
            raise AssertionError(message)
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def seeding(db):
    """The scope under which a test plants its rows."""
    from accounts.scope import system_scope

    with system_scope("seeding"):
        yield


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    # The shell draws no window of its own, which spares a quarter of the time.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; in CI the browser tests must run.")
        pytest.skip("Chromium is not installed: `apt-get install chromium` runs the browser tests.")
    return Path(found)


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Path:
    """What the production image holds, laid out once."""
    from tests import image

    return image.lay_out(tmp_path_factory.mktemp("image"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose a test's database before anything opens a transaction in one, and begin without one.

    What needs none runs while the database that all others are cloned from is migrated; then the groups of tests that
    one process runs, so that none is left alone at the end.
    """
    for item in items:
        if "world" in getattr(item, "fixturenames", ()):
            item.fixturenames.insert(0, "_world_database")
    items.sort(key=lambda item: 1 if item.get_closest_marker("xdist_group") else 2 * _needs_database(item))


def _needs_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db", "template_database"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def _planted(superuser_uri, clone_database, django_db_setup, django_db_blocker):
    """A function that returns the planted world of tests/world.py and the connections that reach it.

    It is planted once, and anew where midnight passed: a test finds what was planted on its own day.
    """
    from django.db import connections
    from django.utils import timezone

    from tests.world import plant

    aliases = {"default": "DATABASE_URL", "owner": "DATABASE_OWNER_URL"}
    there: dict[str, BaseDatabaseWrapper] = {}
    planted: dict[dt.date, bytes] = {}

    def leave() -> None:
        for connection in there.values():
            connection.close()

    def today() -> tuple[bytes, dict[str, BaseDatabaseWrapper]]:
        day = timezone.localdate()
        if day not in planted:
            leave()
            urls = database_environment(superuser_uri, clone_database("palier_world"))
            for alias, variable in aliases.items():
                # The settings of a connection are those of its alias, whoever shares them.
                there[alias] = connections.create_connection(alias)
                there[alias].settings_dict = connections[alias].settings_dict | dj_database_url.parse(
                    urls[variable]
                )
            with _reaching(there):
                planted.clear()
                planted[day] = pickle.dumps(plant())
        return planted[day], there

    with django_db_blocker.unblock():
        today()
        yield today
        leave()


@contextmanager
def _reaching(there: dict[str, BaseDatabaseWrapper]) -> Iterator[None]:
    """Have Django's connections be others for a while, by alias."""
    from django.db import connections

    usual = {alias: connections[alias] for alias in there}
    for alias, connection in there.items():
        connections[alias] = connection
    try:
        yield
    finally:
        for alias, connection in usual.items():
            connections[alias] = connection


@pytest.fixture
def _world_database(request, _planted, django_db_blocker):
    """Have every connection of the test lead to where the world is planted."""
    if "browser" in request.fixturenames:
        # Its driver changes where this process keeps its connections.
        request.getfixturevalue("browser")

    with django_db_blocker.unblock():
        planted, there = _planted()
    with _reaching(there):
        yield planted


@pytest.fixture
def world(_world_database, db):
    """The planted world of tests/world.py; what the test does to it is undone."""
    return pickle.loads(_world_database)


@pytest.fixture
def reference_written(db, superuser_uri) -> Iterator[None]:
    """Let this test write fact types, as migrations do, and the runtime role never; grids, in the scope "seeding" alone."""
    from django.db import connection

    tables = sql.SQL("incidents_facttype")
    url = embedded_url(superuser_uri, connection.settings_dict["NAME"], "postgres")
    with psycopg.connect(url, autocommit=True) as superuser:
        superuser.execute(sql.SQL("GRANT INSERT, UPDATE, DELETE ON {} TO palier").format(tables))
        yield
        superuser.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE ON {} FROM palier").format(tables))


@pytest.fixture
def sign_in(db):
    """Return a function that gives a client logged in as a person."""
    from tests.world import signed_in

    return signed_in


@pytest.fixture(autouse=True)
def _no_order_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the rows of a queryset that states no order in another order than the table's."""
    from django.db.models import QuerySet

    fetch = QuerySet._fetch_all

    def shuffled(self: QuerySet) -> None:
        fresh = self._result_cache is None
        fetch(self)
        if fresh and not self.query.is_sliced and not self.ordered and isinstance(self._result_cache, list):
            self._result_cache.reverse()

    monkeypatch.setattr(QuerySet, "_fetch_all", shuffled)


@pytest.fixture(autouse=True)
def _nothing_is_left_unsent(request) -> Iterator[None]:
    """Fail a test whose task could not be sent, or failed where it was done at once; unless it is meant to."""
    told: list[logging.LogRecord] = []
    handler = logging.Handler()
    handler.emit = told.append
    logger = logging.getLogger("palier.outbox")
    logger.addHandler(handler)
    yield
    logger.removeHandler(handler)
    if told and request.node.get_closest_marker("unsent") is None:
        raise AssertionError(told[0].getMessage()) from (told[0].exc_info or (None, None))[1]


@pytest.fixture
def committed_database(superuser_uri, clone_database, django_db_setup, django_db_blocker):
    """The name of a database of one's own, where what this test writes stays written."""
    name = clone_database("palier_committed")
    with django_db_blocker.unblock(), point_django_at(superuser_uri, name):
        yield name
