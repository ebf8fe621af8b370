"""Read everything that the page of a residence shows, in a constant number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, Value
from django.db.models.functions import Coalesce, Least, TruncMonth
from django.utils import timezone

from classification import engine
from classification.method.grid_view import picture
from classification.method.scale import Frequency, mark_of
from classification.models import Finding, SiteLevel
from core.dates import month_ends
from incidents.facts.links import list_of
from incidents.models import Disruption, Incident, StandingObservation
from sites.match_key import along_the_street, match_key, parse
from sites.models import Address, Residence

from .evidence import FactCounts, count_facts, lead_to_facts
from .explanation import Explanation, explain, explain_disruption, explain_place

MONTHS = 18
LAST_FACTS = 10


@dataclass(frozen=True, slots=True)
class SheetPlace:
    """A residence or one of its addresses, with its level and the reasons for it."""

    site: SiteLevel
    address: Address | None
    findings: list[dict[str, Any]]
    explanations: list[Explanation]
    disruptions: list[dict[str, Any]]
    sentence: str


@dataclass(frozen=True, slots=True)
class Door:
    """The buildings and entrances of one number; ``label`` is empty where an address stands alone."""

    label: str
    places: list[SheetPlace]


@dataclass(frozen=True, slots=True)
class Stated:
    """A standing observation and the day of its last confirmation, None if it was never confirmed."""

    observation: StandingObservation
    confirmed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Observed:
    """A standing observation; ``counts_until`` is the last day on which it counts, None if never confirmed."""

    observation: StandingObservation
    confirmed_on: dt.date | None
    counts_until: dt.date | None
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Month:
    """The level at ``day`` and what it is shown with (:class:`classification.method.scale.Mark`), the number of days with a fact in its month up to ``day``, and the URL of their list."""

    day: dt.date
    level: int
    days_with_facts: int
    facts_url: str
    mark: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """The content of the page of a residence; ``place`` is None until the first evaluation."""

    residence: Residence
    place: SheetPlace | None
    stairwells: list[SheetPlace]
    without_level: list[Address]
    observations: list[Observed]
    last_facts: list[Incident]
    history: list[Month]
    grid: dict[str, Any] | None

    @property
    def doors(self) -> list[Door]:
        """The addresses with a level, those of one number together."""
        groups: dict[str, list[SheetPlace]] = {}
        for place in self.stairwells:
            if place.address:
                groups.setdefault(place.address.match_key.partition(" # ")[0], []).append(place)
        return [Door(_outside(places[0]) if len(places) > 1 else "", places) for places in groups.values()]

    @property
    def twins(self) -> list[list[Address]]:
        """The addresses that read as one place: each group of them should be one address."""
        addresses = [place.address for place in self.stairwells if place.address] + self.without_level
        groups: dict[str, list[Address]] = {}
        for address in addresses:
            groups.setdefault(match_key(address.label), []).append(address)
        return [group for group in groups.values() if len(group) > 1]

    @property
    def deciding(self) -> list[Explanation]:
        """The explanations that give the level of table 2."""
        return [said for said in self._explanations if said.level == self._facts_level]

    @property
    def others(self) -> list[Explanation]:
        """The explanations of the other findings, whose levels are lower."""
        return [said for said in self._explanations if said.level != self._facts_level]

    @property
    def _facts_level(self) -> int | None:
        return self.place.site.facts_level if self.place else None

    @property
    def _explanations(self) -> list[Explanation]:
        return self.place.explanations if self.place else []


def _outside(place: SheetPlace) -> str:
    return parse(place.address.label).outside if place.address else ""


def sheet_of(residence: Residence) -> Sheet:
    """Read the sheet of ``residence``, as far as the acting person may see it."""
    addresses = sorted(residence.addresses.open(), key=lambda address: along_the_street(address.label))
    sites = {
        site.address_id: site for site in residence.sitelevels.select_related("grid_version").order_by("pk")
    }
    observations = observations_of(residence)
    findings = findings_of(residence, observations)
    places: dict[int | None, SheetPlace] = {}
    if sites:
        counts = count_facts(residence, sites[None])
        disruptions = disruptions_of(residence, sites[None])
        places = {
            address_id: place_at(site, _address(addresses, address_id), findings, disruptions, counts)
            for address_id, site in sites.items()
        }
    whole = places.get(None)
    return Sheet(
        residence=residence,
        place=whole,
        stairwells=[places[address.pk] for address in addresses if address.pk in places],
        without_level=[address for address in addresses if address.pk not in places],
        observations=[_observed(stated, whole) for stated in observations] if whole else [],
        last_facts=_last_facts(residence),
        history=history(residence, whole.site) if whole else [],
        grid=picture(whole.site.grid_version, whole.findings) if whole else None,
    )


def history(residence: Residence, site: SiteLevel) -> list[Month]:
    """Return the level of a residence at the ends of the last months, oldest first, and today."""
    version, stopped = site.grid_version, _stopped_from(residence, site)
    days = [*month_ends(timezone.localdate(), MONTHS), timezone.localdate()]
    busy = _days_with_facts(residence, days[0].replace(day=1))
    months = []
    for day in days:
        level = engine.residence_levels(version, day, [residence.pk])[residence.pk]
        facts = list_of(residence=residence.pk, after=day.replace(day=1), before=day)
        mark = mark_of(level, silent=stopped is not None and day >= stopped)
        months.append(Month(day, level, busy.get(day.replace(day=1), 0), facts, mark))
    return months


def _stopped_from(residence: Residence, site: SiteLevel) -> dt.date | None:
    """Return the first day on which recording is known to have stopped; None where it has not."""
    if not site.silent:
        return None
    facts = residence.incidents.filter(cancelled_at=None, day__lte=site.as_of)
    last: dt.date | None = facts.aggregate(last=Max(Least(Coalesce("span_end", "day"), Value(site.as_of))))[
        "last"
    ]
    window = site.grid_version.grid.thresholds[Frequency.REGULAR].days
    return None if last is None else last + dt.timedelta(window)


def _days_with_facts(residence: Residence, since: dt.date) -> dict[dt.date, int]:
    """Count the distinct days with a fact, by first day of their month."""
    facts = residence.incidents.filter(cancelled_at=None, day__gte=since, day__lte=timezone.localdate())
    rows = facts.order_by().values(month=TruncMonth("day")).annotate(days=Count("day", distinct=True))
    return dict(rows.values_list("month", "days"))


def _address(addresses: Iterable[Address], pk: int | None) -> Address | None:
    return next((address for address in addresses if address.pk == pk), None)


def findings_of(residence: Residence, observations: list[Stated]) -> list[dict[str, Any]]:
    """Return the findings of a residence and its addresses, the highest first."""
    rows = Finding.objects.filter(residence=residence).select_related("fact_type")
    # The same order as in :func:`.snapshot.findings_by_residence`, which a circle is given.
    order = ("-level", "-frequency", "-fact_type__gravity", "fact_type__code")
    return [_as_dict(row, observations) for row in rows.order_by(*order)]


def _as_dict(finding: Finding, observations: list[Stated]) -> dict[str, Any]:
    kind = finding.fact_type
    columns = ("address_id", "fact_type_id", "frequency", "observed", "level", "in_daily", "in_regular", "in_occasional",
               "days", "spans")  # fmt: skip
    return {name: getattr(finding, name) for name in columns} | {
        "fact_type": str(kind),
        "code": kind.code,
        "gravity": kind.gravity,
        "listed_daily": kind.listed_daily,
        "listed_regular": kind.listed_regular,
        "listed_occasional": kind.listed_occasional,
        "confirmed_on": _confirmed_on(finding, observations),
    }


def _confirmed_on(finding: Finding, observations: list[Stated]) -> dt.date | None:
    days = [
        stated.confirmed_on
        for stated in observations
        if stated.observation.fact_type_id == finding.fact_type_id
        and stated.observation.frequency == finding.observed
        and finding.address_id in {None, stated.observation.address_id}
        and stated.confirmed_on
    ]
    return max(days, default=None)


def place_at(
    site: SiteLevel,
    address: Address | None,
    findings: list[dict[str, Any]],
    disruptions: list[tuple[Disruption, dict[str, Any]]],
    counts: FactCounts,
) -> SheetPlace:
    """Return a place with the reasons for its level."""
    version, as_of = site.grid_version, site.as_of
    own = [finding for finding in findings if finding["address_id"] == site.address_id]
    counting = [
        _disruption(disruption, row, as_of)
        for disruption, row in disruptions
        if site.address_id in {None, disruption.address_id}
    ]
    services = dict.fromkeys(d["service"] for d in counting if d["level"] == site.impact_level)
    return SheetPlace(
        site=site,
        address=address,
        findings=own,
        explanations=[lead_to_facts(explain(finding, as_of, version), finding, counts) for finding in own],
        disruptions=counting,
        sentence=explain_place(site.facts_level, site.impact_level, own, list(services), stopped=site.silent),
    )


def disruptions_of(residence: Residence, site: SiteLevel) -> list[tuple[Disruption, dict[str, Any]]]:
    """Return the disruptions that count, each with the engine's row for it."""
    rows = {row["id"]: row for row in engine.disruptions(site.grid_version, site.as_of, [residence.pk])}
    found = residence.disruptions.filter(pk__in=rows).select_related("address")
    return [(disruption, rows[disruption.pk]) for disruption in found.order_by("-starts_on", "-pk")]


def _disruption(disruption: Disruption, row: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
    said = row | {
        "service": disruption.get_service_display(),
        "service_code": disruption.service,
        "to_reread": disruption.to_reread,
    }
    return said | {"sentence": explain_disruption(said, as_of), "address": disruption.address}


def observations_of(residence: Residence) -> list[Stated]:
    """Return the standing observations that have not ended."""
    today = timezone.localdate()
    rows = residence.standingobservations.current().filter(Q(ended_on=None) | Q(ended_on__gte=today))
    stated = rows.select_related("fact_type", "address").annotate(last_confirmed=Max("confirmations__day"))
    return [Stated(row, row.last_confirmed) for row in stated]


def _observed(stated: Stated, whole: SheetPlace) -> Observed:
    confirmed = stated.confirmed_on
    until = confirmed and confirmed + dt.timedelta(whole.site.grid_version.confirmation_days)
    return Observed(stated.observation, confirmed, until, until is None or until < whole.site.as_of)


def _last_facts(residence: Residence) -> list[Incident]:
    rows = Incident.objects.structured().current().filter(residence=residence)
    return list(rows.order_by("-day", "-pk")[:LAST_FACTS])
