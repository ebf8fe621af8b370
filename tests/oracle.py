"""Implement the method in slow, obvious Python, to compare the engine with it.

It takes plain records, loops over every one of them, and shares no code with the engine.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Method:
    """What a territory may choose: the defaults are those of the guide.

    ``windows`` maps a frequency to (occurrences, days); ``cells`` a gravity and a frequency to a level.
    """

    windows: dict[int, tuple[int, int]] = field(default_factory=lambda: {3: (8, 28), 2: (6, 91), 1: (1, 365)})
    cells: dict[tuple[int, int], int] = field(
        default_factory=lambda: {(g, f): min(max(g + f - 2, 1), 4) for g in (1, 2, 3, 4) for f in (1, 2, 3)}
    )
    confirmation_days: int = 90
    disruption_days: int = 91


GUIDE = Method()


@dataclass(frozen=True)
class Fact:
    residence: int
    address: int | None
    fact_type: str
    day: dt.date
    span_end: dt.date | None = None


@dataclass(frozen=True)
class Observation:
    residence: int
    address: int | None
    fact_type: str
    frequency: int
    since: dt.date
    confirmed: tuple[dt.date, ...]
    ended_on: dt.date | None = None


@dataclass(frozen=True)
class Disturbance:
    residence: int
    address: int | None
    service: str
    extent: str
    starts_on: dt.date
    ends_on: dt.date | None
    recurs_daily: bool


@dataclass
class Records:
    facts: list[Fact] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    disturbances: list[Disturbance] = field(default_factory=list)
    # (residence, address), or (residence, None) for the whole → the first day on which it counts no more.
    closed: dict[tuple[int, int | None], dt.date] = field(default_factory=dict)


def is_closed(records: Records, place, as_of: dt.date) -> bool:
    residence, address = place
    days = [records.closed.get((residence, None)), records.closed.get((residence, address))]
    return any(day is not None and day <= as_of for day in days)


def at_open_places(records: Records, as_of: dt.date) -> Records:
    """Return what was recorded at places that are not closed on that day."""

    def kept(rows):
        return [row for row in rows if not is_closed(records, (row.residence, row.address), as_of)]

    return Records(
        kept(records.facts), kept(records.observations), kept(records.disturbances), records.closed
    )


def _at(place, record) -> bool:
    residence, address = place
    return record.residence == residence and (address is None or record.address == address)


def occurrences(facts: list[Fact], as_of: dt.date, days: int) -> int:
    window = {as_of - dt.timedelta(n) for n in range(days)}
    known = {f.day for f in facts if f.span_end is None and f.day in window}
    spans = defaultdict(int)
    for fact in facts:
        if fact.span_end is not None:
            spans[fact.day, fact.span_end] += 1
    total = len(known)
    for (start, end), number in spans.items():
        length = (end - start).days + 1
        inside = sum(start + dt.timedelta(n) in window for n in range(length))
        total += floor(Fraction(min(number, length) * inside, length) + Fraction(1, 2))
    return total


def in_force(records: Records, place, as_of: dt.date, method: Method = GUIDE) -> list[Observation]:
    return [
        o
        for o in records.observations
        if _at(place, o)
        and o.since <= as_of
        and (o.ended_on is None or o.ended_on >= as_of)
        and any(0 <= (as_of - day).days <= method.confirmation_days for day in o.confirmed)
    ]


def frequency(records: Records, place, fact_type: str, as_of: dt.date, method: Method = GUIDE) -> int | None:
    facts = [f for f in records.facts if _at(place, f) and f.fact_type == fact_type]
    counted = None
    for candidate in (3, 2, 1):
        needed, days = method.windows[candidate]
        if occurrences(facts, as_of, days) >= needed:
            counted = candidate
            break
    observed = [o.frequency for o in in_force(records, place, as_of, method) if o.fact_type == fact_type]
    candidates = [f for f in [counted, *observed] if f is not None]
    return max(candidates) if candidates else None


def impact(records: Records, place, as_of: dt.date, method: Method = GUIDE) -> int:
    level = 1
    for d in records.disturbances:
        if not _at(place, d) or d.starts_on > as_of:
            continue
        if d.ends_on is not None and (as_of - d.ends_on).days >= method.disruption_days:
            continue
        if d.extent in {"total", "impossible"} or d.recurs_daily:
            level = max(level, 4)
        elif d.extent == "partial":
            level = max(level, 3)
        else:
            level = max(level, 2)
    return level


def level(
    records: Records, place, gravity: dict[str, int], as_of: dt.date, method: Method = GUIDE
) -> tuple[int, int]:
    """Return (level by facts, level by impact)."""
    facts_level = 1
    for fact_type, g in gravity.items():
        f = frequency(records, place, fact_type, as_of, method)
        if f is not None:
            facts_level = max(facts_level, method.cells[g, f])
    return facts_level, impact(records, place, as_of, method)


def stopped_on(records: Records, place, as_of: dt.date, method: Method = GUIDE) -> dt.date | None:
    """Return the day of the last fact where recording was regular up to it, and has stopped since."""
    facts = [f for f in records.facts if _at(place, f) and f.day <= as_of]
    if not facts or in_force(records, place, as_of, method):
        return None
    last = max(min(f.span_end or f.day, as_of) for f in facts)
    needed, recent = method.windows[2]
    _once, year = method.windows[1]
    types = {f.fact_type for f in facts}
    before = sum(occurrences([f for f in facts if f.fact_type == t], last, year) for t in types)
    return last if (as_of - last).days >= recent and before >= needed else None


def level_before(
    records: Records, place, gravity: dict[str, int], as_of: dt.date, method: Method = GUIDE
) -> int | None:
    """Return the level on the day of the last fact of a place whose recording stopped, None for any other."""
    last = stopped_on(records, place, as_of, method)
    return None if last is None else max(level(records, place, gravity, last, method))
