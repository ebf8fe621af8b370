"""Measure what a block takes of two processes, the database's and this one: processor time and memory, never the clock's."""

import os
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

_TICKS = os.sysconf("SC_CLK_TCK")
_RESET_PEAK = "5"


@dataclass
class Cost:
    """What a block took.

    Attributes:
        seconds: of the processors, by both processes; what others do on the machine is not counted.
        megabytes: by which the memory of the database's process exceeded, at most, what it was before.
    """

    seconds: float = 0.0
    megabytes: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """Measure a block that uses the default connection alone; its server runs on this machine."""
    connection.ensure_connection()
    process = Path("/proc", str(connection.connection.info.backend_pid))
    (process / "clear_refs").write_text(_RESET_PEAK)
    before, start = _memory(process, "VmRSS"), _seconds(process)
    cost = Cost()
    yield cost
    cost.seconds = _seconds(process) - start
    cost.megabytes = (_memory(process, "VmHWM") - before) / 1024


def _memory(process: Path, name: str) -> int:
    (found,) = re.findall(rf"{name}:\s+(\d+) kB", (process / "status").read_text())
    return int(found)


def _seconds(process: Path) -> float:
    # The name of a program may hold spaces and parentheses.
    of_database = (process / "stat").read_text().rpartition(")")[2].split()[11:13]
    own = resource.getrusage(resource.RUSAGE_SELF)
    return sum(map(int, of_database)) / _TICKS + own.ru_utime + own.ru_stime
