"""Lay out the indicators as tables, with the list of facts behind each figure."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.dateformat import format as format_date
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from core.dates import is_french
from incidents.enums import Family, PlaceKind, Service, Source
from incidents.facts.links import list_of

from .figures import Indicators, Pair, Rate
from .periods import Period
from .reading import STAFF_VIOLENCE

# How many rows a chart draws; its table has all of them.
_DRAWN = 12
_SHADES = 5
_HOURS = range(24)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; without an address a figure has no list of its own."""

    label: str
    pair: Pair
    url: str | None
    url_before: str | None
    rate: Rate | None = None
    note: str = ""
    page: str | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its chart: ``slug`` names both in the page, ``what`` is the head of its first column."""

    slug: str
    title: str
    what: str
    rows: list[Row]
    note: str = ""
    wide: bool = False

    @property
    def rated(self) -> bool:
        """True when its rows have rates."""
        return any(row.rate for row in self.rows)

    @property
    def chart(self) -> dict[str, list[Any]]:
        """The data of its chart."""
        rows = self.rows[:_DRAWN]
        return {
            "labels": [row.label for row in rows],
            "now": [row.pair.now for row in rows],
            "before": [row.pair.before for row in rows],
        }


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour of a weekday: how many facts, their list, and how dark it is, 0 to 5."""

    number: int
    url: str | None
    shade: int


class Links:
    """The addresses of the list of facts of two periods, under what is chosen beside."""

    def __init__(self, period: Period, compared: Period, chosen: Mapping[str, object]) -> None:
        self._periods = period, compared
        self._chosen = chosen

    def pair(self, **filters: object) -> tuple[str, str]:
        """Return the addresses of the facts in the period and before that are counted under ``filters``."""
        now, before = (
            list_of(**{"after": one.first, "before": one.last, **self._chosen, **filters})
            for one in self._periods
        )
        return now, before


def tables(found: Indicators, links: Links) -> list[Table]:
    """Return the tables of facts, without those of landlords and residences."""
    families, kinds, sources = dict(Family.choices), dict(PlaceKind.choices), dict(Source.choices)
    made = [
        Table("type", _("Par nature"), _("Nature"), [
            _row(str(one), pair, links.pair(fact_type=one.pk)) for one, pair in found.by.types
        ], wide=True),
        _table("family", _("Par famille"), _("Famille"), found.by.families, families.get, links),
        _table("gravity", _("Par gravité"), _("Gravité"), dict(sorted(found.by.gravities.items())), _gravity, links),
        _table("place_kind", _("Par lieu précis"), _("Lieu précis"), found.by.place_kinds,
               lambda kind: kinds.get(kind) or _("non précisé"), links),
    ]  # fmt: skip
    weekdays = [
        _row(str(WEEKDAYS[number - 1]).capitalize(), pair, links.pair(weekday=number))
        for number, pair in found.by.weekdays.items()
    ]
    made.append(Table("weekday", _("Par jour de la semaine"), _("Jour"), weekdays, _unknown_days(found)))
    if found.own:
        made.append(
            _table("source", _("Par origine"), _("Signalé par"), found.own.by_source, sources.get, links)
        )
    return [table for table in made if any(row.pair.now or row.pair.before for row in table.rows)]


def _table(
    name: str,
    title: str,
    what: str,
    pairs: Mapping[Any, Pair],
    said: Callable[[Any], Any],
    links: Links,
) -> Table:
    """Return a table whose rows the list of facts has under the filter ``name``; what is not stated it has not."""
    rows = [
        _row(str(said(key)), pair, links.pair(**{name: key}) if key else (None, None))
        for key, pair in pairs.items()
    ]
    return Table(name, title, what, rows)


def _row(label: str, pair: Pair, urls: tuple[str | None, str | None], **more: Any) -> Row:
    now, before = urls
    return Row(label, pair, now if pair.now else None, before if pair.before else None, **more)


def _gravity(number: int) -> str:
    words = {1: _("faible"), 2: _("moyenne"), 3: _("majeure"), 4: _("extrême")}
    return f"{number} – {words[number]}"


def _unknown_days(found: Indicators) -> str:
    number = found.by.unknown_day[0]
    return (
        _("Sans les faits dont le jour n’est pas connu : %(number)s sur la période.") % {"number": number}
        if number
        else ""
    )


def landlords(found: Indicators, links: Links) -> Table:
    """Return the table of landlords."""
    rows = [_row(one.name, one.pair, links.pair(landlord=one.pk), rate=one.rate) for one in found.landlords]
    return Table("landlord", _("Par bailleur"), _("Bailleur"), rows, wide=True)


def residences(found: Indicators, links: Links, page: Callable[[int], str]) -> Table:
    """Return the table of the residences with the most facts; ``page`` gives the indicators of one."""
    several = len(found.landlords) > 1
    rows = [
        _row(one.name, one.pair, links.pair(residence=one.pk), rate=one.rate,
             note=one.landlord if several else "", page=page(one.pk))
        for one in found.places
    ]  # fmt: skip
    return Table("residence", _("Par résidence"), _("Résidence"), rows, wide=True)


def services(found: Indicators) -> list[tuple[str, int, int]]:
    """Return the days of disruption by service, the most first."""
    names = dict(Service.choices)
    rows = [
        (str(names[service]), now, before)
        for service, (now, before) in found.disruption_days.items()
        if service
    ]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0]))


def moments(found: Indicators, links: Links) -> list[tuple[str, list[Cell]]]:
    """Return the hours of the day, each with its seven days; empty where no hour is known."""
    counts = found.own.by_moment if found.own else {}
    most = max(counts.values(), default=0)
    return [
        (f"{hour}\xa0h", [_cell(counts.get((day, hour), 0), most, links, day, hour) for day in range(1, 8)])
        for hour in _HOURS
    ] if most else []  # fmt: skip


def _cell(number: int, most: int, links: Links, day: int, hour: int) -> Cell:
    url = links.pair(weekday=day, hour=hour)[0] if number else None
    return Cell(number, url, -(-_SHADES * number // most))


def course(found: Indicators) -> dict[str, list[Any]]:
    """Return the data of the chart over time: each part of the period beside that of the one compared with."""
    now, before = found.course
    labels = [
        _part(found.period.first, found.part_days, number) for number in range(max(len(now), len(before)))
    ]
    return {"labels": labels, "now": now, "before": before}


def course_rows(found: Indicators) -> Iterable[tuple[str, Any, Any]]:
    """Return the same as rows of a table; "" where a period has no such part."""
    data = course(found)
    for number, label in enumerate(data["labels"]):
        yield label, *(data[name][number] if number < len(data[name]) else "" for name in ("now", "before"))


def _part(first: dt.date, days: int, number: int) -> str:
    """Return the name of a part: its month, its first day or its day."""
    if days:
        day = first + dt.timedelta(days * number)
        return format_date(day, r"1\e\r N" if is_french() and day.day == 1 else "j N")
    since = first.month - 1 + number
    return format_date(dt.date(first.year + since // 12, since % 12 + 1, 1), "N Y")


def key_links(found: Indicators, links: Links) -> dict[str, tuple[str, str]]:
    """Return the addresses of the facts behind the key figures."""
    staff = next((one.pk for one, _pair in found.by.types if one.code == STAFF_VIOLENCE), None)
    return {
        "facts": links.pair(),
        "complaints": links.pair(complaint="yes"),
        "staff": links.pair(fact_type=staff),
        "staff_complaints": links.pair(fact_type=staff, complaint="yes"),
        "trafficking": links.pair(family=Family.TRAFFICKING.value),
    }
