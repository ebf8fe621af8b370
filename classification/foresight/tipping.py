"""Say where one more day, or one more week at the same pace, would give a residence a higher level.

The thresholds, windows and cells are those of the grid that classifies the residence, and the days those that the
evaluation stored with each finding: nothing is counted anew.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from classification.method.grid import Grid
from classification.method.scale import Frequency, Gravity
from classification.models import Finding, SiteLevel
from incidents.models import FactType

WEEK = 7


@dataclass(frozen=True, slots=True)
class Tip:
    """A fact type that is about to raise the level of a residence.

    Attributes:
        before: how frequent it is, None where it is not counted.
        after: how frequent it would be.
        level: the proposed level of the residence.
        level_after: what it would be.
        days: 1 where one more day with such a fact is enough, 7 where the next seven days would have to be as the last.
        pace: on how many of the last seven days there was such a fact.
    """

    residence_id: int
    fact_type: FactType
    before: Frequency | None
    after: Frequency
    level: int
    level_after: int
    days: int
    pace: int


def tipping_of(residence_ids: Collection[int]) -> dict[int, list[Tip]]:
    """Return what is about to raise the level of each residence, the highest level first; others are left out.

    What the acting person sees is read, in two queries.
    """
    return tips_of(SiteLevel.objects.filter(residence__in=residence_ids, address=None))


def tips_of(sites: QuerySet[SiteLevel]) -> dict[int, list[Tip]]:
    """Return the tips of residences by id, given their levels; at level 4 nothing can be higher."""
    low = {site.residence_id: site for site in sites.filter(level__lt=4).select_related("grid_version")}
    grids = {site.grid_version_id: site.grid_version.grid for site in low.values()}
    found: dict[int, list[Tip]] = defaultdict(list)
    findings = Finding.objects.filter(residence__in=list(low), address=None).select_related("fact_type")
    for finding in findings.order_by("residence_id", "fact_type__code"):
        site = low[finding.residence_id]
        if tip := _tip(finding, site, grids[site.grid_version_id]):
            found[site.residence_id].append(tip)
    return {pk: sorted(tips, key=lambda tip: (-tip.level_after, tip.days)) for pk, tips in found.items()}


def _tip(finding: Finding, site: SiteLevel, grid: Grid) -> Tip | None:
    before = None if finding.frequency is None else Frequency(finding.frequency)
    pace = sum(day > site.as_of - dt.timedelta(WEEK) for day in finding.days)
    for ahead, more in ((1, 1), (WEEK, pace)):
        after = _frequency(finding, grid, site.as_of + dt.timedelta(ahead), more)
        if after is None or (before is not None and after <= before):
            continue
        level = grid.level(Gravity(finding.fact_type.gravity), after).value
        if level > site.level:
            return Tip(site.residence_id, finding.fact_type, before, after, site.level, level, ahead, pace)
    return None


def _frequency(finding: Finding, grid: Grid, day: dt.date, more: int) -> Frequency | None:
    """Return the frequency on a coming day, if ``more`` days with such a fact are added until then."""
    counts = [
        _in_window(finding.days, finding.spans or (), day, grid.thresholds[frequency].days) + more
        for frequency in (Frequency.DAILY, Frequency.REGULAR, Frequency.OCCASIONAL)
    ]
    return grid.frequency(*counts)


def _in_window(
    days: Iterable[dt.date], spans: Iterable[tuple[str, str, int]], last: dt.date, length: int
) -> int:
    """Return the occurrences in the window of ``length`` days up to ``last``, of known days and of spans."""
    first = last - dt.timedelta(length - 1)
    known = sum(first <= day for day in days)
    return known + sum(_share(*span, first=first, last=last) for span in spans)


def _share(since: str, until: str, facts: int, *, first: dt.date, last: dt.date) -> int:
    """Return the part of a span's occurrences that a window has, rounded half up."""
    begins, ends = dt.date.fromisoformat(since), dt.date.fromisoformat(until)
    length = (ends - begins).days + 1
    inside = max(0, (min(ends, last) - max(begins, first)).days + 1)
    return (2 * min(facts, length) * inside + length) // (2 * length)
