"""Back-test a ranking of places for the next quarter against last year's counts, on open data not made for this.

By rolling origin: each quarter, or each month where there is but a year, is foretold from the ones before it alone. The data is
not in the repository; where it comes from stands in benchmarks/README.md. ``PALIER_OPEN_DATA`` names its folder.
"""

import csv
import gzip
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from classification.foresight.ranking import YEAR, decay_of, first, shrunk
from classification.foresight.spatial import metres, near_pairs

from .results import Figure

_FOLDER = "PALIER_OPEN_DATA"
LONDON = Path("london-60-months") / "street.csv.gz"
PARIS = "paris-incivility"
# The quarters or months foretold, the last ones, and the share of places that are chosen.
TESTED, TESTED_MONTHS, MONTHS, SHARE = 12, 6, 12, 0.1
# Types that are no facts of tranquillity.
LEFT_OUT = {"Shoplifting", "Other crime"}
KEPT = {
    "Objets abandonnés",
    "Propreté",
    "Graffitis, tags, affiches et autocollants",
    "Autos, motos, vélos, trottinettes...",
}
# Of two more types, the subtypes with one of these words.
KEPT_WORDS = {
    "Activités commerciales et professionnelles": ("nuisance sonore",),
    "Mobiliers urbains": ("détérioré", "cassé", "dégradé"),
}
# What is near, in metres: of points; of squares, whose sides are shorter, the eight around one.
RADIUS, SIDE, AROUND = 150.0, 300.0, 430.0
_QUARTER = 3


def run() -> Iterator[Figure]:
    """Yield what share of the next quarter's or month's facts fell on the chosen tenth, by each way of choosing."""
    folder = os.environ.get(_FOLDER)
    if not folder:
        message = f"{_FOLDER} names no folder with the open data (benchmarks/README.md)"
        raise SystemExit(message)
    for name, figures in (("London", _london), ("Paris", _paris)):
        try:
            yield from figures(Path(folder))
        except FileNotFoundError as missing:
            print(f"{name} is left out: {missing.filename} is not there (benchmarks/README.md)", flush=True)


def _london(folder: Path) -> Iterator[Figure]:
    with gzip.open(folder / LONDON, "rt", encoding="utf-8") as file:
        points, counts = by_step(
            (row for row in csv.DictReader(file) if row["Crime type"] not in LEFT_OUT), _of_london
        )
    found = back_test(counts, near_pairs(metres(points[:, 0], points[:, 1]), RADIUS))
    yield from _figures(f"London, {len(points)} points, {TESTED} quarters", found)


def _paris(folder: Path) -> Iterator[Figure]:
    files = sorted((folder / PARIS).glob("*.csv.gz"))
    if not files:
        raise FileNotFoundError(2, "no file", str(folder / PARIS))
    points, counts = by_step(reports(files), _of_paris)
    # The exports end in the course of the last month.
    found = back_test(
        counts[:, :-1],
        near_pairs(metres(points[:, 0], points[:, 1]), AROUND),
        tested=TESTED_MONTHS,
        year=MONTHS,
    )
    yield from _figures(f"Paris, {len(points)} squares of {SIDE:.0f} m, {TESTED_MONTHS} months", found)


def _figures(places: str, found: "BackTest") -> Iterator[Figure]:
    best = 100 * found.best
    for name, share in (("last year’s counts", found.by_counts), ("empirical Bayes", found.by_bayes)):
        yield Figure(
            f"{places}: facts on the first tenth by {name}", 100 * share, "the best possible tenth", best,
            unit="%",
        )  # fmt: skip
    yield Figure(
        f"{places}: facts that empirical Bayes expected on its first tenth", found.expected,
        "that happened there", found.happened, limit=1.1, unit="facts",
    )  # fmt: skip


# A point, as the data writes it or as numbers, and the quarter or month.
Place = tuple[str, str] | tuple[float, float]
Step = Callable[[dict[str, str]], tuple[Place, int] | None]


def _of_london(row: dict[str, str]) -> tuple[Place, int] | None:
    if not (row["Longitude"] and row["Latitude"]):
        return None
    year, month = map(int, row["Month"].split("-"))
    return (row["Longitude"], row["Latitude"]), year * 4 + (month - 1) // _QUARTER


def reports(files: Iterable[Path]) -> Iterator[dict[str, str]]:
    """Yield the reports of tranquillity of exports that overlap and are separated differently, each once."""
    seen: set[str] = set()
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8-sig") as file:
            head = file.readline()
            separator = ";" if ";" in head else ","
            names = head.strip().split(separator)
            for row in csv.DictReader(file, names, delimiter=separator):
                words, said = KEPT_WORDS.get(row["type"], ()), row["soustype"].lower()
                if row["id_dmr"] in seen or not (row["type"] in KEPT or any(word in said for word in words)):
                    continue
                seen.add(row["id_dmr"])
                yield row


def _of_paris(row: dict[str, str]) -> tuple[Place, int]:
    """Return the middle of the square of a report, and its month."""
    at = row["geo_point_2d"].strip("{}").replace("'", "").split(",")
    lon, lat = (float(part.split(":")[1]) for part in at)
    north = SIDE / 111_195
    east = north / math.cos(math.radians(48.85))
    year, month = int(row["anneedecl"]), int(row["moisdecl"])
    return (round(lon / east) * east, round(lat / north) * north), year * 12 + month


def by_step(rows: Iterable[dict[str, str]], step: Step) -> tuple[np.ndarray, np.ndarray]:
    """Return the points, and the facts of each (row) in each quarter or month (column); rows without a point are left out."""
    found = Counter(one for one in map(step, rows) if one)
    points = sorted({point for point, _number in found})
    earliest, last = (pick(number for _point, number in found) for pick in (min, max))
    numbers = {point: number for number, point in enumerate(points)}
    counts = np.zeros((len(points), last - earliest + 1))
    for (point, number), facts in found.items():
        counts[numbers[point], number - earliest] = facts
    return np.array(points, dtype=float), counts


@dataclass(frozen=True, slots=True)
class BackTest:
    """The share of facts on the chosen places by each way of choosing, and how many were expected there and happened."""

    by_counts: float
    by_bayes: float
    best: float
    expected: float
    happened: float


def back_test(counts: np.ndarray, pairs: np.ndarray, *, tested: int = TESTED, year: int = YEAR) -> BackTest:
    """Foretell each of the last quarters or months from those before it, and say how each way of choosing did."""
    chosen = int(len(counts) * SHARE)
    sums = np.zeros(5)
    for step in range(counts.shape[1] - tested, counts.shape[1]):
        past, next_one = counts[:, :step], counts[:, step]
        bayes = shrunk(past, pairs, decay_of(past, pairs, chosen))
        ways = {
            name: first(by, chosen)
            for name, by in (("counts", past[:, -year:].sum(axis=1)), ("bayes", bayes), ("best", next_one))
        }
        sums += [
            *(next_one[ways[name]].sum() / next_one.sum() for name in ("counts", "bayes", "best")),
            bayes[ways["bayes"]].sum(), next_one[ways["bayes"]].sum(),
        ]  # fmt: skip
    by_counts, by_bayes, best = (float(value) for value in sums[:3] / tested)
    return BackTest(by_counts, by_bayes, best, expected=float(sums[3]), happened=float(sums[4]))
