"""Run the demonstration's processes together: all or none."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from .interruption import Interruption

_START_S = 60
_STOP_S = 15
_POLL_S = 0.1


class Failed(RuntimeError):  # noqa: N818 - read as a sentence by whoever catches it
    """The error raised when the demonstration cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to run, and the file of its output."""

    name: str
    command: list[str]
    log: Path


def supervise(
    children: list[Child], pids: Path, interruption: Interruption, *, ready: str, announce: str
) -> None:
    """Run ``children`` until one of them ends or a signal arrives; then stop them all.

    Args:
        children: the processes to run.
        pids: file that lists the processes while they run.
        interruption: the signals to stop, and to hurry.
        ready: address that answers once everything runs.
        announce: text printed then.

    Raises:
        Failed: a process ended by itself, or ``ready`` did not answer in a minute.
    """
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for child in children:
            with interruption.held():
                running[child.name] = _start(child)
                pids.write_text("\n".join(f"{p.pid} {_began(p.pid)}" for p in running.values()))
        _wait_for(ready, children, running)
        print(announce, flush=True)  # noqa: T201
        while True:
            _check(children, running)
            time.sleep(_POLL_S)
    except KeyboardInterrupt:
        print("\nStopping; jobs in hand have a few seconds to end (Ctrl-C again: none) ...", flush=True)  # noqa: T201
    finally:
        interruption.finish()
        _stop({process.pid: _began(process.pid) for process in running.values()}, lambda: interruption.again)
        pids.unlink(missing_ok=True)


def stop_leftovers(pids: Path) -> None:
    """Stop the processes of an earlier run that was killed before it could stop them."""
    if not pids.exists():
        return
    rows = (line.split() for line in pids.read_text().splitlines())
    _stop({int(pid): float(began) for pid, began in rows}, lambda: False)
    pids.unlink()


def _start(child: Child) -> "subprocess.Popen[bytes]":
    # In a session of its own, the child gets no Ctrl-C: this process gets it, and stops the children.
    with child.log.open("ab") as log:
        return subprocess.Popen(  # noqa: S603
            child.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def _wait_for(address: str, children: list[Child], running: "dict[str, subprocess.Popen[bytes]]") -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        _check(children, running)
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - an address of ours
                return
        except (urllib.error.URLError, OSError):
            time.sleep(_POLL_S)
    message = f"{address} did not answer within {_START_S} seconds; see {children[0].log}."
    raise Failed(message)


def _check(children: list[Child], running: "dict[str, subprocess.Popen[bytes]]") -> None:
    for child in children:
        if running[child.name].poll() is not None:
            message = f"The {child.name} stopped by itself; the end of {child.log} says why."
            raise Failed(message)


def _stop(leaders: dict[int, float | None], hurry: Callable[[], bool]) -> None:
    """End the sessions of ``leaders`` (process id to start time): with SIGTERM, then with SIGKILL.

    A leader gets SIGTERM alone at first, since the job worker ends its jobs and its own children. Processes
    whose leader is gone are found by their session, which outlives it.
    """
    asked: set[psutil.Process] = set()
    deadline = time.monotonic() + _STOP_S
    while (alive := _members(leaders)) and time.monotonic() < deadline and not hurry():
        heads = {process.pid for process in alive} & set(leaders)
        for process in alive:
            if process not in asked and (process.pid in heads or _session(process.pid) not in heads):
                _send(process, signal.SIGTERM)
                asked.add(process)
        psutil.wait_procs(alive, timeout=_POLL_S)
    while alive := _members(leaders):
        for process in alive:
            _send(process, signal.SIGKILL)
        psutil.wait_procs(alive, timeout=_POLL_S)


def _members(leaders: dict[int, float | None]) -> list[psutil.Process]:
    """Return the living processes of the sessions of ``leaders``.

    The start time tells whether a process id has been given to another process since.
    """
    ours = {pid for pid, began in leaders.items() if _began(pid) in {began, None}}
    return [process for process in psutil.process_iter() if _session(process.pid) in ours and _lives(process)]


def _began(pid: int) -> float | None:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return None


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
