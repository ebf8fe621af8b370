"""Running the demonstration's processes together: all or none."""

import signal
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

_START_S = 60
_STOP_S = 15
_POLL_S = 0.1


class Failed(RuntimeError):  # noqa: N818 - read as a sentence by whoever catches it
    """The demonstration cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Child:
    """A process to run, and where its output goes."""

    name: str
    command: list[str]
    log: Path


def supervise(children: list[Child], pids: Path, *, ready: str, announce: str) -> None:
    """Run ``children`` until one of them ends or somebody interrupts; then stop them all.

    Args:
        children: what to run.
        pids: file that names the processes while they run.
        ready: address that answers once everything is up.
        announce: printed then.

    Raises:
        Failed: a process ended by itself, or ``ready`` did not answer in a minute.
    """
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for child in children:
            running[child.name] = _start(child)
            pids.write_text(
                "\n".join(f"{p.pid} {psutil.Process(p.pid).create_time()}" for p in running.values())
            )
        _wait_for(ready, children, running)
        print(announce, flush=True)  # noqa: T201
        while True:
            _check(children, running)
            time.sleep(_POLL_S)
    except KeyboardInterrupt:
        print("\nStopping; jobs in hand have a few seconds to end ...", flush=True)  # noqa: T201
    finally:
        _stop([psutil.Process(p.pid) for p in running.values() if p.poll() is None])
        pids.unlink(missing_ok=True)


def stop_leftovers(pids: Path) -> None:
    """Stop the processes of a run that was killed before it could stop them itself."""
    if not pids.exists():
        return
    leftovers = []
    for line in pids.read_text().splitlines():
        pid, created = line.split()
        if psutil.pid_exists(int(pid)) and psutil.Process(int(pid)).create_time() == float(created):
            leftovers.append(psutil.Process(int(pid)))
    _stop(leftovers)
    pids.unlink()


def _start(child: Child) -> "subprocess.Popen[bytes]":
    # A session of its own: Ctrl-C reaches this process alone, which then stops the others.
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


def _stop(processes: list[psutil.Process]) -> None:
    everybody = [*processes, *(child for process in processes for child in process.children(recursive=True))]
    for process in processes:
        process.send_signal(signal.SIGTERM)
    try:
        _gone, alive = psutil.wait_procs(everybody, timeout=_STOP_S)
    except KeyboardInterrupt:
        alive = [process for process in everybody if process.is_running()]
    for process in alive:
        process.kill()
