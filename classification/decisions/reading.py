"""Read the decisions about levels: the one that stands, the former ones, and those that counted at a date."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.db.models import Exists, OuterRef, QuerySet

from classification.models import Decision, Ending, SiteLevel
from classification.workshop.reading import recommended_for, unsettled_among
from incidents.models import Disruption
from incidents.ongoing.seeing import to_see

# Landlords decide in the weeks after the day of a diagnosis: a decision counts for the same level on a day up to so long
# before it.
DECIDED_WITHIN = dt.timedelta(92)
SHOWN = 10
_COUNTING = Path(__file__).with_name("counting.sql").read_text(encoding="utf-8")
_GIVEN = """
SELECT * FROM unnest(%(residences)s::bigint[], %(levels)s::int[], %(silents)s::boolean[]) AS g (residence_id, level, silent)
"""


class Ground(NamedTuple):
    """What a decision is about: the level proposed for a residence, and whether recording had stopped."""

    level: int
    silent: bool


class Levelled(Protocol):
    """A residence's level at a date."""

    @property
    def level(self) -> int:
        """The proposed level."""

    @property
    def silent(self) -> bool:
        """Whether recording had stopped."""


def standing_of(residence_id: int) -> Decision | None:
    """Return the decision that stands about a residence, None where nobody has decided."""
    rows = Decision.objects.filter(residence=residence_id, ended_on=None)
    return rows.select_related("decided_by").first()


def former_of(residence_id: int) -> list[Decision]:
    """Return the last decisions about a residence that do not stand any more, the latest first."""
    rows = Decision.objects.filter(residence=residence_id).exclude(ended_on=None)
    return list(rows.select_related("decided_by", "ended_by")[:SHOWN])


def decisions_at(as_of: dt.date, levels: Mapping[int, Levelled]) -> dict[int, Decision]:
    """Return the decisions that count for the levels of residences at ``as_of``, by residence id.

    It is the last one about the very level of that day that had not ended by then, made up to :data:`DECIDED_WITHIN` after
    it. One that was withdrawn counts for nothing, nor does one made after that day that it had replaced.

    Args:
        as_of: the day of the levels.
        levels: the level of each residence at that day.
    """
    wanted = {
        "residences": list(levels),
        "levels": [place.level for place in levels.values()],
        "silents": [place.silent for place in levels.values()],
    }
    rows = Decision.objects.raw(counting_sql(_GIVEN), {**wanted, **counting_parameters(as_of)})
    return {row.residence_id: row for row in rows}


def counting_sql(levels: str) -> str:
    """Return the statement of the decisions that count for ``levels``, rows of ``residence_id``, ``level`` and ``silent``."""
    return _COUNTING.replace("{levels}", levels)


def counting_parameters(as_of: dt.date) -> dict[str, Any]:
    """Return the parameters of :func:`counting_sql`."""
    return {"as_of": as_of, "within": DECIDED_WITHIN.days}


def last_lapsed(residence_ids: Collection[int]) -> dict[int, Decision]:
    """Return the last decision about each residence where it lapsed, by residence id."""
    last = Decision.objects.filter(residence__in=residence_ids).order_by("residence_id", "-decided_at", "-pk")
    return {row.residence_id: row for row in last.distinct("residence_id") if row.ending == Ending.LAPSED}


def lapsed_since(day: dt.date) -> QuerySet[Decision]:
    """Return the decisions that lapsed on ``day`` or later at residences where none has been made since, the latest first.

    Residences that have no level any more are left out: they are closed, and nobody decides about them.
    """
    later = Decision.objects.filter(residence=OuterRef("residence"), decided_at__gt=OuterRef("decided_at"))
    levelled = SiteLevel.objects.filter(residence=OuterRef("residence"), address=None)
    lapsed = Decision.objects.filter(
        ~Exists(later.order_by()), Exists(levelled.order_by()), ending=Ending.LAPSED, ended_on__gte=day
    )
    return lapsed.select_related("residence", "commune").order_by("-ended_on", "-pk")


def contested_among(sites: Iterable[SiteLevel]) -> set[int]:
    """Return the residences whose level is not for confirming in bulk.

    Those are the silent ones, those with a disruption that no security lead has seen, those where the last decision
    that lapsed had retained another level than the one proposed, and those that are contested in a campaign without being
    settled, or for which its workshop recommends another level.
    """
    sites = list(sites)
    ids = [site.residence_id for site in sites]
    unseen = to_see(Disruption.objects.filter(residence__in=ids)).order_by()
    departed = {pk for pk, decision in last_lapsed(ids).items() if not decision.confirms}
    recommended = recommended_for(ids)
    return (
        {site.residence_id for site in sites if site.silent}
        | set(unseen.values_list("residence_id", flat=True))
        | departed
        | unsettled_among(ids)
        | {
            site.residence_id
            for site in sites
            if site.residence_id in recommended and recommended[site.residence_id].recommended != site.level
        }
    )
