"""Read the indicators of two periods, in a fixed number of queries whatever they count."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils import timezone

from accounts.models import Organisation
from classification.models import SiteLevel
from incidents.enums import Family
from incidents.models import Disruption, FactType, Incident, StandingObservation
from incidents.retention import horizon
from sites.models import Residence
from sites.perimeter import is_shared_with

from . import counting
from .asked import Asked
from .counting import FactCounts
from .counting import Sum as FactSum
from .figures import Breakdowns, Cost, Indicators, LandlordRow, Own, Pair, PlaceRow, Rate, Share
from .measures import changes

STAFF_VIOLENCE = "STAFF_OR_POLICE_VIOLENCE"


@dataclass(frozen=True, slots=True)
class _Days:
    """The lengths of two periods, and how counts over them differ; ``apart`` says that they do not compare."""

    now: int
    before: int
    apart: bool

    def pairs(self, counts: dict[Any, tuple[int, int]], apart: Collection[Any] = ()) -> dict[Any, Pair]:
        """Return the rows of one table, whose changes are told together, but those of the keys in ``apart``."""
        alone = [self.apart or key in apart for key in counts]
        told = changes(list(counts.values()), self.now, self.before, alone)
        return {key: Pair(*count, change) for (key, count), change in zip(counts.items(), told, strict=True)}


def indicators(asked: Asked) -> Indicators:
    """Count all that is asked."""
    today = timezone.localdate()
    counts = counting.count_facts(asked.facts, asked.period, asked.compared, reads_own=asked.reads_own)
    stock = _stock(asked)
    erased = _erased(asked, {*stock, *_heard(counts)})
    unheard = _unheard(asked, counts)
    days = _Days(asked.period.days(today), asked.compared.days(today), apart=bool(unheard or erased))
    types = {one.pk: one for one in FactType.objects.all()}
    key = _key(counts, types, days)
    apart = unheard.keys() | erased.keys()
    landlords = _landlords(asked, counts, stock, days, apart)
    rate, rate_before = _rates(counts, landlords)
    cut = counting.cut(asked.period, asked.compared)
    disruptions = Disruption.objects.current().filter(asked.here)
    return Indicators(
        period=asked.period,
        compared=asked.compared,
        days=days.now,
        days_before=days.before,
        facts=key["facts"],
        staff=key["staff"],
        trafficking=key["trafficking"],
        rate=rate,
        rate_before=rate_before,
        own=_own(counts, types, key["complaints"], days) if asked.reads_own else None,
        disruption_days=counting.count_disruption_days(disruptions, asked.period, asked.compared),
        in_force=_in_force(asked),
        by=_breakdowns(counts, types, days),
        course=_course(counts, cut),
        part_days=cut.days,
        landlords=landlords,
        places=_places(counts, landlords, days, apart),
        places_counted=counts.places,
        unheard=list(unheard.values()),
        erased=max(erased.values(), default=None),
    )


def _key(counts: FactCounts, types: dict[int, FactType], days: _Days) -> dict[str, Pair]:
    """Return the counts of the key figures, whose changes are told together."""
    natures = counts.of("nature")
    now, before = (sum(one.complaints for one in natures if one.which == which) for which in (0, 1))
    return days.pairs({
        "facts": _both(natures),
        "staff": _both(_staff(natures, types)),
        "trafficking": _both(one for one in natures if _type(one, types).family == Family.TRAFFICKING),
        "complaints": (now, before),
    })  # fmt: skip


def _rates(counts: FactCounts, landlords: list[LandlordRow]) -> tuple[Rate, Rate]:
    dwellings = sum(row.dwellings for row in landlords)
    now, before = (sum(pair[which] for pair in counts.housed.values()) for which in (0, 1))
    return Rate(now, dwellings), Rate(before, dwellings)


def _breakdowns(counts: FactCounts, types: dict[int, FactType], days: _Days) -> Breakdowns:
    natures = counts.of("nature")
    weekdays = _by(counts.of("moment"), lambda one: one.weekday)
    by_type = days.pairs(_by(natures, lambda one: one.fact_type_id))
    return Breakdowns(
        types=[(types[pk], pair) for pk, pair in by_type.items()],
        families=days.pairs(_by(natures, lambda one: _type(one, types).family)),
        gravities=days.pairs(_by(natures, lambda one: _type(one, types).gravity)),
        place_kinds=days.pairs(_by(natures, lambda one: one.place_kind)),
        weekdays=days.pairs({number: weekdays.get(number, (0, 0)) for number in range(1, 8)}),
        unknown_day=weekdays.get(None, (0, 0)),
    )


def _staff(natures: Iterable[FactSum], types: dict[int, FactType]) -> list[FactSum]:
    return [one for one in natures if _type(one, types).code == STAFF_VIOLENCE]


def _type(one: FactSum, types: dict[int, FactType]) -> FactType:
    return types[one.fact_type_id or 0]


def _both(sums: Iterable[FactSum]) -> tuple[int, int]:
    found = [0, 0]
    for one in sums:
        found[one.which] += one.facts
    return found[0], found[1]


def _by(sums: Iterable[FactSum], key: Callable[[FactSum], Any]) -> dict[Any, tuple[int, int]]:
    """Return the facts in the period and before by a key, the most first."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for one in sums:
        found[key(one)][one.which] += one.facts
    rows = sorted(found.items(), key=lambda row: (-row[1][0], -row[1][1], str(row[0])))
    return {value: (now, before) for value, (now, before) in rows if now or before}


def _own(counts: FactCounts, types: dict[int, FactType], complaints: Pair, days: _Days) -> Own:
    natures = counts.of("nature")
    staff = _staff(natures, types)
    moments = [one for one in counts.of("moment") if one.own and one.which == 0]
    by_moment: dict[tuple[int, int], int] = defaultdict(int)
    for one in moments:
        if one.weekday is not None and one.hour is not None:
            by_moment[one.weekday, one.hour] += one.facts
    sources = [one for one in counts.of("moment") if one.source is not None]

    def share(which: int) -> Share:
        mine = [one for one in staff if one.which == which]
        return Share(sum(one.complaints for one in mine), sum(one.own_facts for one in mine))

    def cost(which: int) -> Cost:
        mine = [one for one in natures if one.which == which]
        return Cost(sum((one.cost for one in mine), Decimal()), sum(one.costed for one in mine))

    total = sum(one.facts for one in moments)
    return Own(
        complaints=complaints,
        staff_complaints=(share(0), share(1)),
        cost=(cost(0), cost(1)),
        by_source=days.pairs(_by(sources, lambda one: one.source)),
        by_moment=dict(by_moment),
        without_hour=total - sum(by_moment.values()),
        facts=total,
    )


def _in_force(asked: Asked) -> tuple[int, int]:
    rows = StandingObservation.objects.current().filter(asked.here)
    if asked.family:
        rows = rows.filter(fact_type__family=asked.family)
    now, before = (counting.count_in_force(rows, one.last) for one in (asked.period, asked.compared))
    return now, before


def _course(counts: FactCounts, cut: counting.Cut) -> tuple[list[int], list[int]]:
    found = [0] * cut.parts, [0] * cut.parts_before
    for one in counts.of("part"):
        found[one.which][one.part or 0] += one.facts
    return found


def _unheard(asked: Asked, counts: FactCounts) -> dict[int, str]:
    """Return the landlords with a fact counted that recorded none for the first day compared or before, by id: their names.

    What they had then nobody knows.
    """
    began = min(asked.compared.first, asked.period.first)
    facts = Incident.objects.current().filter(landlord=OuterRef("pk"), day__lte=began).order_by()
    if asked.territory:
        facts = facts.filter(is_shared_with(asked.territory.pk))
    rows = Organisation.objects.filter(~Exists(facts), pk__in=_heard(counts))
    return dict(rows.order_by("name__french", "pk").values_list("pk", "name"))


def _heard(counts: FactCounts) -> set[int]:
    """Return the ids of the landlords with a fact counted."""
    return {one.landlord_id for one in counts.of("part") if one.landlord_id}


def _landlords(
    asked: Asked, counts: FactCounts, stock: Mapping[int, Any], days: _Days, apart: Collection[int]
) -> list[LandlordRow]:
    """Return the landlords with a residence open since the period began, or a fact, the most facts first."""
    facts = _by(counts.of("part"), lambda one: one.landlord_id)
    levels = SiteLevel.objects.filter(asked.here, address=None).order_by().values("landlord")
    recorded: dict[int, Any] = {
        row["landlord"]: row
        for row in levels.annotate(quiet=Count("pk", filter=Q(silent=True)), last=Max("last_day"))
    }
    every = list(dict.fromkeys([*facts, *stock]))
    names = dict(Organisation.objects.filter(pk__in=every).order_by().values_list("pk", "name"))
    pairs = replace(days, apart=False).pairs({pk: facts.get(pk, (0, 0)) for pk in every}, apart)
    return [
        _landlord(pk, names[pk], pairs[pk], counts, stock.get(pk, {}), recorded.get(pk, {})) for pk in every
    ]


def _landlord(
    pk: int, name: str, pair: Pair, counts: FactCounts, stock: dict[str, Any], recorded: dict[str, Any]
) -> LandlordRow:
    dwellings = stock.get("housed", 0)
    return LandlordRow(
        pk=pk,
        name=name,
        residences=stock.get("residences", 0),
        dwellings=dwellings,
        without_dwellings=stock.get("unknown", 0),
        pair=pair,
        rate=Rate(counts.housed.get(pk, (0, 0))[0], dwellings),
        silent=recorded.get("quiet", 0),
        last_day=recorded.get("last"),
    )


def _stock(asked: Asked) -> dict[int, Any]:
    """Return, by landlord, how many residences were open since the period began, their dwellings, those without a number."""
    places = {{"residence": "pk"}.get(name, name): pk for name, pk in asked.places.items()}
    here = replace(asked, places=places).here
    rows = Residence.objects.open_on(asked.period.first).filter(here).order_by().values("landlord")
    found = rows.annotate(
        residences=Count("pk"), housed=Sum("dwellings"), unknown=Count("pk", filter=Q(dwellings=0))
    )
    return {row["landlord"]: row for row in found.order_by("landlord__name__french", "landlord_id")}


def _places(
    counts: FactCounts, landlords: list[LandlordRow], days: _Days, apart: Collection[int]
) -> list[PlaceRow]:
    names = {row.pk: row.name for row in landlords}
    listed = [one.residence_id for one in counts.most]
    stopped = SiteLevel.objects.filter(residence__in=listed, address=None, silent=True).order_by()
    silent = set(stopped.values_list("residence_id", flat=True))
    alone = silent | {one.residence_id for one in counts.most if one.landlord_id in apart}
    pairs = replace(days, apart=False).pairs(
        {one.residence_id: (one.now, one.before) for one in counts.most}, alone
    )
    return [
        PlaceRow(
            pk=one.residence_id,
            name=one.name,
            landlord_id=one.landlord_id,
            landlord=names[one.landlord_id],
            pair=pairs[one.residence_id],
            rate=Rate(one.now, one.dwellings),
            silent=one.residence_id in silent,
        )
        for one in counts.most
    ]  # fmt: skip


def _erased(asked: Asked, landlords: Collection[int]) -> dict[int, dt.date]:
    """Return, by landlord counted, the last day of which facts of either period were erased at the end of their term."""
    found = horizon.erased_since(min(asked.period.first, asked.compared.first))
    return {pk: day for pk, day in found.items() if pk in landlords}
