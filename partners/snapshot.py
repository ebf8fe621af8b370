"""Read the ranked sites of a territory at a date, as plain data to freeze.

Everything is read in the scope of the acting coordinator and restricted to one territory: a coordinator
of two must not give a circle of one territory what a landlord shares with the other.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from classification import engine
from classification.campaigns.reading import expected_of
from classification.decisions.reading import decisions_at
from classification.engine.services import grid_of_territory
from classification.home.movements import erased_since, is_recorded
from classification.method.scale import Mark, mark_of
from classification.models import Decision, GridVersion
from classification.residence.snapshot import awaiting_sight, disruptions_by_residence, findings_by_residence
from core.dates import month_ends
from core.order import in_french
from sites.match_key import along_the_street
from sites.models import Address, PlaceQuerySet, Residence, Territory
from sites.perimeter import is_shared_with

MONTHS = 12

Tell = Callable[[int, int], object]


def say_nothing(_done: int, _of: int) -> None:
    """Ignore the progress."""


@dataclass(frozen=True, slots=True)
class Site:
    """A residence with its level and the evidence for it.

    Attributes:
        opaque_id: the residence's random identifier; only a key derived from it is frozen.
        shared_by_id, shared_in_id: its landlord and its commune, on whose agreement its frozen state rests.
        rank: 1 for the first of the ranking (see :func:`ranked`).
        addresses: ``{label, dwellings, level, mark, silent, level_before, longitude, latitude}``, highest level first.
        level: the proposed level.
        level_before: the level on the day of the last fact, of a site whose recording stopped; None for others.
        retained, decided_on, decision_reason: what its landlord decided about that level; None and "" where nobody has.
        expected_on: by when its landlord is expected to decide, where nobody has; None where no campaign asks.
        closed_on: when the campaign that froze it was closed, where nobody had decided; None where no campaign froze it.
        findings: as returned by :func:`classification.residence.snapshot.findings_by_residence`.
        disruptions: as returned by :func:`classification.residence.snapshot.disruptions_by_residence`.
        unseen: whether table 1 would be higher with a disruption that no security lead has seen yet; nothing
            else of the site rests on it.
        trend: a list of ``(date, mark)`` of the proposed levels: the ends of the last twelve months and the as-of date itself; 0 where
            recording had stopped, which is drawn as a gap.
    """

    opaque_id: uuid.UUID
    shared_by_id: int
    shared_in_id: int
    landlord: str
    name: str
    commune: str
    dwellings: int
    in_priority_neighbourhood: bool
    level: int
    facts_level: int
    impact_level: int
    silent: bool
    level_before: int | None = None
    retained: int | None = None
    decided_on: dt.date | None = None
    decision_reason: str = ""
    expected_on: dt.date | None = None
    closed_on: dt.date | None = None
    unseen: bool = False
    longitude: float | None = None
    latitude: float | None = None
    rank: int = 0
    addresses: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    disruptions: list[dict[str, Any]] = field(default_factory=list)
    trend: list[tuple[str, int]] = field(default_factory=list)

    @property
    def mark(self) -> int:
        """The value of :class:`classification.method.scale.Mark` that the site is shown with."""
        return mark_of(self.shown_level, silent=self.silent)

    @property
    def shown_level(self) -> int:
        """The level that the landlord retained, else the proposed one."""
        return self.retained or self.level

    @property
    def findings_at_level(self) -> int:
        """The number of fact types whose level is the site's."""
        return sum(finding["level"] == self.shown_level for finding in self.findings)


def shared_residences(territory: Territory, landlord: Organisation | None = None) -> PlaceQuerySet[Residence]:
    """Return the residences that agreements with ``territory`` open, all or those of one landlord."""
    shared: PlaceQuerySet[Residence] = Residence.objects.filter(is_shared_with(territory.pk))
    return shared.filter(landlord=landlord) if landlord else shared


def sites_at(
    territory: Territory, as_of: dt.date, landlord: Organisation | None = None, tell: Tell = say_nothing
) -> list[Site]:
    """Return the ranked sites of ``territory``, or of one landlord in it, at ``as_of``.

    They are read by several statements: for consistent results the caller needs a transaction of isolation
    level REPEATABLE READ (:func:`accounts.scope.acting_as` with ``still``). ``tell`` is called after each
    step, with the number of steps done and their total.
    """
    shared = shared_residences(territory, landlord).open_on(as_of)
    residences = list(shared.select_related("landlord", "commune"))
    ids = [residence.pk for residence in residences]
    if not ids:
        return []
    version = grid_of_territory(territory.pk, as_of)
    evidence = _Evidence(version, as_of, ids, tell, expected_of(territory.pk))
    return ranked(evidence.site(residence) for residence in residences)


class Previewed(NamedTuple):
    """A site of a preview: its identity, landlord, commune and level, without the evidence.

    ``level``, ``retained``, ``decided_on``, ``expected_on``, ``closed_on`` and ``unseen`` are as in :class:`Site`.
    """

    residence_id: int
    opaque_id: uuid.UUID
    name: str
    landlord_id: int
    landlord: str
    commune_id: int
    commune: str
    in_priority_neighbourhood: bool
    level: int
    mark: Mark
    silent: bool
    level_before: int | None
    unseen: bool
    retained: int | None
    decided_on: dt.date | None
    expected_on: dt.date | None
    closed_on: dt.date | None

    @property
    def shown_level(self) -> int:
        """The level that the landlord retained, else the proposed one."""
        return self.retained or self.level


def preview_at(territory: Territory, as_of: dt.date) -> list[Previewed]:
    """Return the sites of :func:`sites_at` without their evidence, by level, the highest first, then by name."""
    rows = shared_residences(territory).order_by().values_list(
        "pk", "opaque_id", "name", "landlord_id", "landlord__name", "commune_id", "commune__name",
        "in_priority_neighbourhood",
    )  # fmt: skip
    named = {row[0]: row for row in rows}
    if not named:
        return []
    version, ids = grid_of_territory(territory.pk, as_of), list(named)
    unseen = awaiting_sight(version, as_of, ids)
    places = [
        place for place in engine.levels(version, as_of, ids, seen_only=True) if place.address_id is None
    ]
    decided = decisions_at(as_of, {place.residence_id: place for place in places})
    expected = expected_of(territory.pk)
    found = [
        _previewed(
            named[place.residence_id],
            place,
            _told(decided.get(place.residence_id), expected.get(named[place.residence_id][3])),
            place.residence_id in unseen,
        )
        for place in places
    ]
    return by_level(found)


def by_level(sites: Iterable[Previewed]) -> list[Previewed]:
    """Sort the sites of a preview by level, the highest first, then by name."""
    return sorted(sites, key=lambda site: (-site.shown_level, in_french(site.name), in_french(site.landlord)))


def _previewed(
    named: tuple[Any, ...], place: engine.PlaceLevel, told: dict[str, Any], unseen: bool
) -> Previewed:
    mark = Mark(mark_of(told["retained"] or place.level, silent=place.silent))
    said = (
        place.level,
        mark,
        place.silent,
        place.level_before,
        unseen,
        told["retained"],
        told["decided_on"],
        told["expected_on"],
        told["closed_on"],
    )
    return Previewed._make((*named, *said))


def _told(decision: Decision | None, expected: dt.date | None) -> dict[str, Any]:
    """Return what a site says of the decision about it, or of when one is expected."""
    said: dict[str, Any] = {"retained": None, "decided_on": None, "decision_reason": "", "closed_on": None}
    if decision is None:
        return said | {"expected_on": expected}
    day = timezone.localdate(decision.decided_at)
    told = {"retained": decision.retained, "decided_on": day, "decision_reason": decision.reason}
    return said | told | {"expected_on": None}


def ranked(sites: Iterable[Site]) -> list[Site]:
    """Rank sites by level, fact types of that level and dwellings, the highest first, then by name.

    This rule is printed wherever a ranking is shown.
    """
    order = sorted(
        sites,
        key=lambda s: (
            -s.shown_level,
            -s.findings_at_level,
            -s.dwellings,
            in_french(s.name),
            in_french(s.landlord),
        ),
    )
    return [replace(site, rank=rank) for rank, site in enumerate(order, start=1)]


class _Evidence:
    """The levels and evidence of residences at a date, read in a fixed number of statements."""

    def __init__(
        self, version: GridVersion, as_of: dt.date, ids: list[int], tell: Tell, expected: dict[int, dt.date]
    ) -> None:
        self.as_of, self.expected = as_of, expected
        steps = 4 + MONTHS
        self.places = {
            (place.residence_id, place.address_id): place
            for place in engine.levels(version, as_of, ids, seen_only=True)
        }
        wholes = {pk: place for (pk, address), place in self.places.items() if address is None}
        self.decisions = decisions_at(as_of, wholes)
        tell(1, steps)
        self.findings = findings_by_residence(version, as_of, ids)
        tell(2, steps)
        self.disruptions = disruptions_by_residence(version, as_of, ids)
        self.unseen = awaiting_sight(version, as_of, ids)
        tell(3, steps)
        self.addresses = _addresses(ids, as_of)
        tell(4, steps)
        self.trend = {}
        for step, day in enumerate(month_ends(as_of, MONTHS), start=5):
            self.trend[day] = engine.residence_marks(version, day, ids, seen_only=True)
            tell(step, steps)

    def site(self, residence: Residence) -> Site:
        place = self.places[residence.pk, None]
        longitude, latitude = middle([(a.longitude, a.latitude) for a in self.addresses[residence.pk]])
        return Site(
            opaque_id=residence.opaque_id,
            shared_by_id=residence.landlord_id,
            shared_in_id=residence.commune_id,
            landlord=residence.landlord.name,
            name=residence.name,
            commune=residence.commune.name,
            dwellings=residence.dwellings,
            in_priority_neighbourhood=residence.in_priority_neighbourhood,
            level=place.level,
            facts_level=place.facts_level,
            impact_level=place.impact_level,
            silent=place.silent,
            level_before=place.level_before,
            **_told(self.decisions.get(residence.pk), self.expected.get(residence.landlord_id)),
            unseen=residence.pk in self.unseen,
            longitude=longitude,
            latitude=latitude,
            addresses=self._addresses_of(residence),
            findings=self.findings.get(residence.pk, []),
            disruptions=self.disruptions.get(residence.pk, []),
            trend=[
                *((day.isoformat(), marks[residence.pk]) for day, marks in self.trend.items()),
                (self.as_of.isoformat(), mark_of(place.level, silent=place.silent)),
            ],
        )

    def _addresses_of(self, residence: Residence) -> list[dict[str, Any]]:
        rows = [
            {
                "label": address.label,
                "dwellings": address.dwellings,
                **_level_of(self.places[residence.pk, address.pk]),
                "longitude": address.longitude,
                "latitude": address.latitude,
            }
            for address in self.addresses[residence.pk]
        ]
        return in_order(rows)


def in_order(addresses: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort the addresses of a site by level, the highest first, then along the street."""
    return sorted(addresses, key=lambda row: (-row["level"], along_the_street(row["label"])))


def _level_of(place: engine.PlaceLevel) -> dict[str, Any]:
    return {
        "level": place.level,
        "mark": mark_of(place.level, silent=place.silent),
        "silent": place.silent,
        "level_before": place.level_before,
    }


def _addresses(ids: list[int], as_of: dt.date) -> dict[int, list[Address]]:
    found: dict[int, list[Address]] = defaultdict(list)
    for address in Address.objects.open_on(as_of).filter(residence_id__in=ids):
        found[address.residence_id].append(address)
    return found


def middle(points: Iterable[tuple[float | None, float | None]]) -> tuple[float | None, float | None]:
    """Return longitude and latitude of the middle of those addresses that have a point; None twice without any."""
    known = [(x, y) for x, y in points if x is not None and y is not None]
    if not known:
        return None, None
    longitudes, latitudes = zip(*known, strict=True)
    return round(sum(longitudes) / len(known), 6), round(sum(latitudes) / len(known), 6)


def middles_at(residence_ids: list[int], as_of: dt.date) -> dict[int, tuple[float, float]]:
    """Return longitude and latitude of the middle of each residence's addresses; without any with a point it is left out."""
    middles = {
        pk: middle((a.longitude, a.latitude) for a in addresses)
        for pk, addresses in _addresses(residence_ids, as_of).items()
    }
    return {pk: (x, y) for pk, (x, y) in middles.items() if x is not None and y is not None}


def known_day(as_of: dt.date, territory: Territory, landlord: Organisation | None = None) -> dt.date:
    """Return ``as_of``, if it is not in the future and some fact was recorded for that day or before.

    Raises:
        ValidationError: it is in the future, no fact is known by then, or facts of then were erased meanwhile.
    """
    if as_of > timezone.localdate():
        raise ValidationError(_("Cette date est à venir."))
    if said := erased_since(as_of):
        raise ValidationError(said)
    if not is_recorded(shared_residences(territory, landlord), as_of):
        raise ValidationError(
            _("Aucun fait n’est connu à cette date ni avant : l’absence de saisie n’est pas la tranquillité.")
        )
    return as_of
