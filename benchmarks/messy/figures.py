"""Publish what becomes of 300 messy files."""

from collections.abc import Iterator

from benchmarks.database import prepare
from benchmarks.results import Figure

FILES = 300


def run() -> Iterator[Figure]:
    """Yield the rows that are placed or asked about, those at a wrong place, and those unaccounted for."""
    prepare("bench_messy")
    import django

    django.setup()
    from core.limits import long_work

    from .judge import judge, plant

    with long_work():
        verdict = judge(range(1, 1 + FILES // 2), *plant())
    rows = verdict.rows.total()
    left = rows - verdict.rows["placed"] - verdict.rows["asked"]
    name = f"{verdict.files} messy files"
    yield Figure(
        f"{name}: rows neither placed nor asked about", left, "all rows", rows, limit=0.02, unit="rows"
    )
    yield Figure("… rows put at a wrong place", verdict.rows["wrong"], "all rows", rows, limit=0, unit="rows")
    yield Figure("… rows unaccounted for", verdict.rows["lost"], "all rows", rows, limit=0, unit="rows")
    known = verdict.files - verdict.suggested
    yield Figure("… files whose columns a person had to tell", known, "files", verdict.files, unit="files")
