"""Test that no process of the demonstration is left, however and however often it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.database import ROOT
from demo.processes import _STOP_S, stop_leftovers

pytestmark = pytest.mark.xdist_group("stopping")

# `make demo` itself, on a folder of its own and with nothing to plant; its web server and worker are stand-ins.
DEMONSTRATION = """
import sys
from pathlib import Path
import django
import config.database
import demo.demo as demonstration
from demo import processes
from demo.processes import Child

processes._STOP_S = float(sys.argv[3])
config.database.ROOT, folder = Path(sys.argv[1]), Path(sys.argv[1])
demonstration.ROOT, demonstration.VAR = folder, folder / "var"
demonstration._migrate = django.setup
for step in ("_collect_static", "_draw", "_seed"):
    setattr(demonstration, step, lambda: None)
serve = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(folder / "site")]
demonstration._children = lambda port: [
    Child("web server", [*serve, str(port)], folder / "web.log"),
    Child("job worker", [sys.executable, "-c", sys.argv[2], str(folder)], folder / "worker.log"),
]
sys.exit(demonstration.main())
"""
# Ends the job in hand when asked to stop, which takes a second; its helper is told nothing.
POLITE = """
import pathlib, signal, subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
def end(*_):
    time.sleep(1)
    (pathlib.Path(sys.argv[1]) / "job-done").touch()
    sys.exit()
signal.signal(signal.SIGTERM, end)
time.sleep(600)
"""
# Hears nothing, nor does its helper.
STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("stopping").resolve()
    (folder / "site" / "connexion").mkdir(parents=True)
    return folder


def _begin(folder: Path, worker: str, patience: float) -> subprocess.Popen:
    (folder / "job-done").unlink(missing_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    unnamed = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-c", DEMONSTRATION, str(folder), worker, str(patience)],
            cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
            env=unnamed | {"PORT": str(port), "STOPPING_FOLDER": str(folder)},
        )  # fmt: skip


@pytest.fixture
def begin(folder) -> Iterator[Callable[..., subprocess.Popen]]:
    """Return a function that starts the demonstration with a worker; clear up what a failed test leaves.

    What does not end when asked is given fifteen seconds, or the patience that the test states.
    """
    begun: list[subprocess.Popen] = []

    def one(worker: str, patience: float = _STOP_S) -> subprocess.Popen:
        begun.append(_begin(folder, worker, patience))
        return begun[-1]

    yield one
    for process in _alive(folder):
        process.kill()
    for process in begun:
        process.wait(10)


@pytest.fixture
def start(begin, folder) -> Callable[..., subprocess.Popen]:
    """Return a function that starts the demonstration with a worker, and waits until it is ready."""

    def ready(worker: str, **patience: float) -> subprocess.Popen:
        process = begin(worker, **patience)
        _until(lambda: b"Palier is ready" in (folder / "log").read_bytes(), folder)
        return process

    return ready


def _alive(folder: Path) -> list[psutil.Process]:
    return [process for process in psutil.process_iter() if _is_of(process, folder)]


def _is_of(process: psutil.Process, folder: Path) -> bool:
    """Whether it was started by a demonstration of ``folder``; PostgreSQL hides its environment, not its place."""
    try:
        here = process.environ().get("STOPPING_FOLDER") == str(folder) or process.cwd().startswith(
            str(folder)
        )
        return here and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _until(check: Callable[[], bool], folder: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        if time.monotonic() > deadline:
            pytest.fail((folder / "log").read_text() + str(_alive(folder)))
        time.sleep(0.1)


def _nothing_is_left(folder: Path) -> None:
    _until(lambda: _alive(folder) == [], folder, 10)


def _names(folder: Path) -> set[str]:
    return {process.name() for process in _alive(folder)}


def test_one_interruption_lets_the_job_in_hand_end(start, folder):
    process = start(POLITE)
    assert "postgres" in _names(folder)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert (folder / "job-done").exists()
    _nothing_is_left(folder)


@pytest.mark.parametrize("signals", [
    (signal.SIGINT, signal.SIGINT), (signal.SIGTERM, signal.SIGINT), (signal.SIGHUP, signal.SIGINT, signal.SIGINT),
], ids=lambda signals: "-".join(one.name for one in signals))  # fmt: skip
def test_a_second_signal_ends_what_does_not_listen(start, folder, signals):
    process = start(STUBBORN)
    began = time.monotonic()
    for one in signals:
        process.send_signal(one)
        time.sleep(0.2)
    assert process.wait(12) == 0
    # Unhurried, the worker would be given fifteen seconds.
    assert time.monotonic() - began < 12
    _nothing_is_left(folder)


@pytest.mark.parametrize("delay", [0.1, 0.5, 1.0, 1.6])
def test_signals_at_any_moment_of_a_start_leave_nothing(begin, folder, delay):
    process = begin(STUBBORN)
    time.sleep(0.4)  # Python itself
    for _time in range(3):
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
    process.wait(25)
    _nothing_is_left(folder)


def test_the_run_after_a_killed_one_ends_what_that_left(start, folder):
    start(STUBBORN).kill()
    left = {process.pid for process in _alive(folder)}
    assert len(left) > 3
    process = start(POLITE, patience=2)
    assert left & {one.pid for one in _alive(folder) if one.name() != "postgres"} == set()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    _nothing_is_left(folder)


def test_helpers_of_a_killed_worker_are_found(start, folder):
    start(POLITE).kill()
    pids = folder / "var" / "demo.pids"
    web, worker = (int(line.split()[0]) for line in pids.read_text().splitlines())
    for pid in (web, worker):
        psutil.Process(pid).kill()
    _until(lambda: not psutil.pid_exists(worker), folder)
    assert [one.pid for one in _alive(folder) if os.getsid(one.pid) == worker] != []
    stop_leftovers(pids)
    assert [one.name() for one in _alive(folder) if one.name() != "postgres"] == []
    start(POLITE).send_signal(signal.SIGTERM)
    _nothing_is_left(folder)


def test_a_number_given_to_somebody_else_since_is_left_alone(tmp_path):
    somebody = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    began = psutil.Process(somebody.pid).create_time()
    pids = tmp_path / "demo.pids"
    pids.write_text(f"{somebody.pid} {began - 100}")
    stop_leftovers(pids)
    assert somebody.poll() is None
    pids.write_text(f"{somebody.pid} {began}")
    stop_leftovers(pids)
    assert somebody.wait(5) is not None
