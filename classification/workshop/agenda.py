"""Read the order of the day of a workshop, and the sites of its campaign, each in one statement."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from classification.campaigns.progress import STANDING
from classification.campaigns.reading import closing_before
from classification.campaigns.sides import HEARD
from classification.decisions.reading import counting_parameters
from classification.foresight.wording import sentence
from classification.method.scale import mark_of
from classification.models import Campaign, Signal
from core.earth import METRES_OF_A_DEGREE

# What a meeting goes through: rows of a part of the order of the day, and sites on the map and in the list.
SHOWN = 12
LISTED = 300
METRES = 300
CONTESTED, RISEN, SILENT, RISING, UNDECIDED = 1, 2, 3, 4, 5
TITLES: dict[int, Promise] = {
    CONTESTED: gettext_lazy("Contestés"),
    RISEN: gettext_lazy("En hausse depuis la campagne précédente"),
    SILENT: gettext_lazy("Saisie interrompue"),
    RISING: gettext_lazy("Près de monter"),
    UNDECIDED: gettext_lazy("Pas encore décidés"),
}
_HERE = Path(__file__).parent
_SITES = (_HERE / "sites.sql").read_text(encoding="utf-8")
_SITES = _SITES.replace("{standing}", STANDING).replace("{heard}", HEARD)
_AGENDA = _SITES + (_HERE / "agenda.sql").read_text(encoding="utf-8")
_NEIGHBOURS = _SITES + (_HERE / "neighbours.sql").read_text(encoding="utf-8")
_LISTED = _SITES + (
    "SELECT residence_id, name, landlord, commune, level, retained, silent, shown, longitude, latitude,"
    " count(*) OVER () AS total FROM sites ORDER BY shown DESC, name, residence_id LIMIT %(shown)s"
)


class Item(NamedTuple):
    """A site on the order of the day.

    Attributes:
        shown_before: the level that it was last known to have at the end of the campaign before, as
            :attr:`classification.campaigns.sides.Side.heard`; None where that one had not the site.
        settled: the number of the conclusion that counts; None where it is not contested, or not settled.
        reason: why it is contested.
        signal_id: what the night found to be about to raise it (:class:`classification.models.Signal`).
        rises_by: the same in words.
    """

    part: int
    total: int
    residence_id: int
    name: str
    landlord: str
    commune: str
    level: int
    retained: int | None
    silent: bool
    shown: int
    shown_before: int | None
    settled: int | None
    reason: str | None
    signal_id: int | None
    rises_by: str = ""

    @property
    def mark(self) -> int:
        """What the site is shown with (:class:`classification.method.scale.Mark`)."""
        return mark_of(self.shown, silent=self.silent)


class Pair(NamedTuple):
    """Two sites of different landlords near each other, the higher one first; and whether each one's landlord decided."""

    residence_id: int
    other_id: int
    name: str
    other: str
    landlord: str
    other_landlord: str
    shown: int
    other_shown: int
    decided: bool
    other_decided: bool
    metres: float
    total: int


class Listed(NamedTuple):
    """A site in the list and on the map."""

    residence_id: int
    name: str
    landlord: str
    commune: str
    level: int
    retained: int | None
    silent: bool
    shown: int
    longitude: float | None
    latitude: float | None
    total: int

    @property
    def mark(self) -> int:
        """What the site is shown with (:class:`classification.method.scale.Mark`)."""
        return mark_of(self.shown, silent=self.silent)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the order of the day: some sites, and how many there are."""

    number: int
    title: Promise
    items: list[Item]
    total: int


def agenda_of(campaign: Campaign) -> list[Part]:
    """Return the order of the day: what is contested, risen, silent, about to rise and undecided, in this order."""
    items = [Item(*row) for row in _rows(_AGENDA, campaign, shown=SHOWN)]
    parts: dict[int, list[Item]] = {number: [] for number in TITLES}
    words = _rising_words(items)
    for item in items:
        parts[item.part].append(item._replace(rises_by=words.get(item.signal_id or 0, "")))
    return [Part(n, TITLES[n], rows, rows[0].total if rows else 0) for n, rows in parts.items()]


def neighbours_of(campaign: Campaign) -> list[Pair]:
    """Return the sites of different landlords within :data:`METRES` of each other whose levels differ."""
    bounds = {"metres": METRES, "metres_of_degree": METRES_OF_A_DEGREE, "shown": SHOWN}
    return [Pair(*row) for row in _rows(_NEIGHBOURS, campaign, **bounds)]


def sites_of(campaign: Campaign) -> list[Listed]:
    """Return the sites of the campaign, the highest first, as far as :data:`LISTED`."""
    return [Listed(*row) for row in _rows(_LISTED, campaign, shown=LISTED)]


def _rising_words(items: list[Item]) -> dict[int, str]:
    """Return what is about to raise each site, in words, by the id of the signal."""
    named = [item.signal_id for item in items if item.signal_id]
    signals = Signal.objects.filter(pk__in=named).select_related("fact_type")
    return {signal.pk: sentence(signal) for signal in signals}


def _rows(sql: str, campaign: Campaign, **more: Any) -> list[Any]:
    last = closing_before(campaign)
    params = {
        "campaign": campaign.pk,
        "territory": campaign.territory_id,
        "last": last.pk if last else None,
        **counting_parameters(campaign.as_of),
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
