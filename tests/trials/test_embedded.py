"""Test the start of the embedded PostgreSQL: as any user, in any folder, after any end of the last run."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded
from config.database import ROOT, DatabaseUnavailableError

pytestmark = pytest.mark.xdist_group("stopping")

# Starts (or joins) the server, says where it is, and holds it until its input ends.
HOLDER = """
import sys
from pathlib import Path
from config.embedded import start_embedded
print(start_embedded(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("embedded").resolve() / "postgres"


@pytest.fixture
def hold(data) -> Iterator[Callable[..., subprocess.Popen]]:
    """Return a function that starts a process holding the server, and gives it with the server's URI."""
    begun: list[subprocess.Popen] = []

    def begin(**variables: str) -> tuple[subprocess.Popen, str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(data)], cwd=ROOT, env=os.environ | variables,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun.append(process)
        return process, process.stdout.readline().strip()

    yield begin
    for process in begun:
        if process.poll() is None:
            process.communicate(timeout=30)
        process.stdin.close()
        process.stdout.close()


def _server(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postmaster.pid").read_text().split()[0]))


def _lives(server: psutil.Process) -> bool:
    return server.is_running() and server.status() != psutil.STATUS_ZOMBIE


def test_letters_are_the_same_whatever_the_language_of_the_machine(hold):
    _holder, uri = hold(LC_ALL="C", LANG="C")
    with psycopg.connect(uri) as connection:
        assert connection.execute("SELECT lower('ÉCUME'), 'Écume' ILIKE 'éc%'").fetchone() == ("écume", True)


def test_the_server_ends_with_the_last_of_those_who_hold_it(hold, data):
    first, uri = hold()
    second, same = hold()
    assert uri == same
    server = _server(data)
    first.communicate(timeout=30)
    assert _lives(server)
    second.communicate(timeout=30)
    assert not _lives(server)


def test_a_killed_holder_does_not_keep_the_server_running(hold, data):
    first, _uri = hold()
    server = _server(data)
    first.kill()
    first.wait()
    second, _uri = hold()
    assert _server(data) == server
    second.communicate(timeout=30)
    assert not _lives(server)


def test_a_server_ended_by_a_power_cut_starts_again(hold, data):
    holder, _uri = hold()
    server = _server(data)
    record = (data / "postmaster.pid").read_text()
    for process in [holder, server]:
        process.send_signal(signal.SIGKILL)
        process.wait()
    while any(one.info["cwd"] == str(data) for one in psutil.process_iter(["cwd"])):
        time.sleep(0.1)
    # Its number is another process by now.
    (data / "postmaster.pid").write_text(record.replace(str(server.pid), str(os.getpid()), 1))
    _holder, uri = hold()
    with psycopg.connect(uri) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_only_those_who_hold_the_server_still_are_remembered(tmp_path):
    handles = tmp_path / ".handle_pids.json"
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    psutil.wait_procs([psutil.Process(ended.pid)], timeout=0)
    while psutil.Process(ended.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)
    handles.write_text(json.dumps([os.getpid(), child.pid, ended.pid]))
    embedded._forget_the_dead(handles)
    assert json.loads(handles.read_text()) == [os.getpid(), child.pid]
    # Written before the child began: the number was another's then.
    before = (psutil.Process().create_time() + psutil.Process(child.pid).create_time()) / 2
    os.utime(handles, (before, before))
    embedded._forget_the_dead(handles)
    assert json.loads(handles.read_text()) == [os.getpid()]
    child.communicate()
    ended.wait()


@pytest.fixture
def root(monkeypatch):
    """Root of a machine where no server ran yet, as `su` without a dash leaves it."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(embedded, "_user_exists", lambda _name: False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/nowhere/of/another/user")


def test_programs_of_the_system_are_found_without_being_in_the_path(root, monkeypatch, tmp_path):
    (tmp_path / "useradd").touch(mode=0o755)
    monkeypatch.setattr(embedded, "_SYSTEM_PROGRAMS", (str(tmp_path),))
    embedded._prepare_environment()
    assert os.environ["PATH"] == f"/usr/bin:/bin:{tmp_path}"
    assert "XDG_RUNTIME_DIR" not in os.environ


def test_root_is_told_what_is_missing(root, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded, "_SYSTEM_PROGRAMS", ())
    with pytest.raises(
        DatabaseUnavailableError, match=r"^PostgreSQL does not run as root, .* as a plain user\.$"
    ):
        embedded.start_embedded(tmp_path / "postgres")
    assert list(tmp_path.iterdir()) == []


def test_a_cluster_that_cannot_be_made_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(
        DatabaseUnavailableError, match=r"^The embedded PostgreSQL does not start \(status 1\)\."
    ):
        embedded.start_embedded(tmp_path / "postgres")
