"""Run `make demo`: the whole product on this machine, with the fictional territory.

Everything is stored under ``var/``. Each step checks what is there and does what is missing, so that a run
that was cut off is completed by the next one.
"""

import fcntl
import hashlib
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.database import ROOT, DatabaseUnavailableError, ensure_database

from .interruption import Interruption
from .processes import Child, Failed, stop_leftovers, supervise

VAR = ROOT / "var"
HOST = "127.0.0.1"


def main() -> int:
    """Prepare the demonstration, run it until Ctrl-C; return the exit status."""
    interruption = Interruption()
    interruption.listen()
    VAR.mkdir(exist_ok=True)
    try:
        port = _port()
        with _alone():
            stop_leftovers(VAR / "demo.pids")
            _check_free(port)
            return _run(port, interruption)
    except KeyboardInterrupt:
        print("\nStopped before it was ready; `make demo` picks up from here.")
        return 0
    except (Failed, DatabaseUnavailableError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        interruption.ignore()


def _run(port: int, interruption: Interruption) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.demo"
    with _step("database"):
        with interruption.held():
            ensure_database()
        _migrate()
    with _step("assets"):
        _collect_static()
    with _step("fictional territory"):
        _draw()
        _seed()
    address = f"http://{HOST}:{port}/"
    pids, ready = VAR / "demo.pids", f"{address}connexion/"
    supervise(_children(port), pids, interruption, ready=ready, announce=_welcome(address))
    print("\nStopped.")
    return 0


def _port() -> int:
    text = os.environ.get("PORT", "8000")
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        message = f"PORT={text} is not a port number."
        raise Failed(message)
    return int(text)


@contextmanager
def _alone() -> Iterator[None]:
    """Lock the folder for this process: two demonstrations on one database would stop each other."""
    with (VAR / "demo.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            message = f"The demonstration of this folder runs already (process {lock.read().strip()})."
            raise Failed(message) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _check_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            message = (
                f"Port {port} cannot be used ({error.strerror}). "
                f"Stop what uses it, or choose another: PORT={port + 1} make demo"
            )
            raise Failed(message) from error


@contextmanager
def _step(name: str) -> Iterator[None]:
    print(f"  {name} ...", end=" ", flush=True)
    began = time.monotonic()
    yield
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def _migrate() -> None:
    import django
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", database="owner", verbosity=0)
    connections["owner"].close()


def _collect_static() -> None:
    from django.core.management import call_command

    stamp, digest = VAR / "static.stamp", _static_digest()
    if stamp.exists() and stamp.read_text() == digest and (VAR / "static" / "staticfiles.json").exists():
        return
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest)


def _static_digest() -> str:
    """Return a digest of everything the assets are made from: locks, settings, and our own files."""
    digest = hashlib.sha256()
    for name in ("package-lock.json", "requirements.txt", "config/apps.py", "config/settings/base.py"):
        digest.update((ROOT / name).read_bytes())
    ours = [*(ROOT / "static").rglob("*"), *ROOT.glob("*/static/**/*")]
    for file in sorted(file for file in ours if not file.is_relative_to(VAR)):
        digest.update(f"{file} {file.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def _draw() -> None:
    from django.conf import settings

    from .town import ensure_archive

    ensure_archive(Path(settings.BASEMAP_PMTILES))


def _seed() -> None:
    from django.utils import timezone

    from .seeding import catch_up, seed

    if not seed(timezone.localdate()):
        catch_up(timezone.localdate())


def _children(port: int) -> list[Child]:
    python = [sys.executable, "-W", "ignore::UserWarning", "-m"]
    return [
        Child(
            "web server",
            [
                *python, "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}", "--workers", "2",
                "--threads", "4", "--log-level", "warning", "--no-control-socket",
            ],
            VAR / "web.log",
        ),
        Child(
            "job worker",
            [
                *python, "celery", "-A", "config", "worker", "--beat", "--concurrency", "2",
                "--loglevel", "warning", "--without-gossip", "--without-mingle",
            ],
            VAR / "worker.log",
        ),
    ]  # fmt: skip


def _welcome(address: str) -> str:
    from .accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

    rows = "\n".join(f"  {account.role.label:<40}{account.email}" for account in DEMO_ACCOUNTS)
    return (
        f"\nPalier is ready: {address}\n\nDemonstration accounts, all with the password {DEMO_PASSWORD}\n{rows}"
        f"\n\nLogs: {VAR.relative_to(ROOT)}/web.log, {VAR.relative_to(ROOT)}/worker.log. Ctrl-C stops everything."
    )


if __name__ == "__main__":
    sys.exit(main())
