"""Write the values of cells as texts, and repeat those of merged ones."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

from sites.imports.parsing.contract import Merge


def text(value: object) -> str:
    """Return a value as a file of text would hold it: 75012, 2.39, 2026-11-18, 2026-11-18T21:30:00, VRAI."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    # Workbooks know no other numbers than floating-point ones.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value).strip()


def spread(rows: Callable[[], Iterable[list[str]]], merges: Sequence[Merge]) -> Iterator[list[str]]:
    """Yield the rows, with the value of a cell merged over several rows on each of them."""
    starts: dict[int, list[tuple[int, int]]] = {}
    for top, column, bottom in merges:
        starts.setdefault(top, []).append((column, bottom))
    under_way: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows(), 1):
        for column, (bottom, value) in list(under_way.items()):
            if number > bottom:
                del under_way[column]
            elif value:
                row.extend([""] * (column - len(row)))
                row[column - 1] = value
        for column, bottom in starts.get(number, ()):
            under_way[column] = bottom, row[column - 1] if column <= len(row) else ""
        yield row
