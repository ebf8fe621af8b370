"""Five hundred agents and two hundred members of a circle at once, on one machine with its proxy, queue and database."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.results import Figure
from config.database import ROOT

_SIZE = {"addresses": 9_000, "agents": 500, "partners": 200, "seconds": 300, "pause": "20 40"}
# Seconds within which 95 of 100 requests are answered.
_READ, _ENTERED = 0.3, 0.5


def run() -> Iterator[Figure]:
    """Yield how long 95 of 100 reads and entries take at most, and how many were refused, of the crowd and of twice as many."""
    for times in (1, 2):
        size = _SIZE | {kind: _SIZE[kind] * times for kind in ("agents", "partners")}
        counted = _counted(size)
        people = f"{size['agents']} agents and {size['partners']} partners"
        entered = [act for act in counted if act["name"] == "entry"]
        read = [act for act in counted if act["name"] != "entry"]
        yield Figure(f"Reads of {people}, 95 of 100 within", _within(read), "what is borne", _READ)
        yield Figure(f"Entries of {people}, 95 of 100 within", _within(entered), "what is borne", _ENTERED)
        failed = sum(act["num_failures"] for act in counted)
        total = sum(act["num_requests"] for act in counted)
        yield Figure(f"Errors of {people}", failed, "requests", total, limit=0, unit="")


def _counted(size: dict) -> list[dict]:
    """Run the crowd of :mod:`tests.trials.test_crowd` at a size; return what Locust counted for each act."""
    with tempfile.TemporaryDirectory(prefix="palier-crowd-") as folder:
        figures = Path(folder) / "figures.json"
        variables = os.environ | {"CROWD": json.dumps(size), "CROWD_FIGURES": str(figures)}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "tests/trials/test_crowd.py"]
        # Its own test fails where somebody was refused: the figures say so too.
        subprocess.run(command, env=variables, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
        return json.loads(figures.read_text(encoding="utf-8"))


def _within(acts: list[dict]) -> float:
    """Return the seconds within which 95 of 100 of these acts were answered; Locust counts in milliseconds, rounded."""
    counts: Counter[int] = Counter()
    for act in acts:
        for milliseconds, number in act["response_times"].items():
            counts[int(float(milliseconds))] += number
    wanted, seen = 0.95 * counts.total(), 0
    for milliseconds in sorted(counts):
        seen += counts[milliseconds]
        if seen >= wanted:
            return milliseconds / 1000
    message = "Nobody was answered."
    raise SystemExit(message)
