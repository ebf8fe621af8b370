"""Rank at night the residences of each landlord, and those that each territory is shared, where that beat last year's counts.

What a landlord is told rests on its own records, what a territory is told on what is shared with it: its row says of which
landlords and communes, and is closed as soon as one of them is shared no more.
"""

import datetime as dt
import logging
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.utils import timezone

from accounts.scope import system_scope
from classification.models import Ranking, RankingState, SiteLevel
from incidents.retention import horizon
from sites.models import Residence, Territory
from sites.perimeter import is_shared_with

from .ranking import FIRST, LEAST_PLACES, LEAST_TRIED, YEAR, Known, decay_of, first, last_year, shrunk, tried
from .reading import QUARTER
from .rules import HOT_METRES
from .spatial import metres, near_pairs

_LOGGER = logging.getLogger("palier.evaluation")
# Facts are kept for five years: as many quarters.
QUARTERS = 20
_LOCK_SPACE = 0x1E7E4
_NOBODY = np.empty((0, 2), dtype=int)


class RankingIncompleteError(Exception):
    """The error raised when some rankings were not worked out; all others were."""


class Place(NamedTuple):
    """A residence that is open, with its point, if it has one."""

    residence_id: int
    landlord_id: int
    commune_id: int
    longitude: float | None
    latitude: float | None


def rank_everything() -> int:
    """Replace the ranking of every landlord and of every territory, each in transactions of its own.

    Returns:
        How many there are.

    Raises:
        RankingIncompleteError: some failed and keep what they had; all others were worked out.
    """
    with system_scope("evaluation"):
        landlords = set(SiteLevel.objects.order_by().values_list("landlord_id", flat=True).distinct())
        territories = set(Territory.objects.order_by().values_list("pk", flat=True))
        # Of a landlord whose last site was closed, or a territory that is no more, nothing is worked out any more.
        Ranking.objects.filter(territory=None).exclude(landlord__in=landlords).delete()
        Ranking.objects.filter(landlord=None).exclude(territory__in=territories).delete()
    owners: list[tuple[int | None, int | None]] = [
        *((pk, None) for pk in sorted(landlords)), *((None, pk) for pk in sorted(territories))
    ]  # fmt: skip
    failed = 0
    for landlord_id, territory_id in owners:
        try:
            rank(landlord_id=landlord_id, territory_id=territory_id)
        except Exception:
            failed += 1
            _LOGGER.exception("the ranking of a landlord or territory was not worked out")
    if failed:
        message = f"{failed} of {len(owners)} rankings were not worked out"
        raise RankingIncompleteError(message)
    return len(owners)


def rank(
    *, landlord_id: int | None = None, territory_id: int | None = None, as_of: dt.date | None = None
) -> None:
    """Replace the ranking of a landlord, or of a territory: read in one transaction, worked out without any, written in another."""
    day = as_of or timezone.localdate()
    with system_scope("evaluation"):
        places = _places(landlord_id, territory_id)
        known = known_of(places, day)
    found = _ranked(known, places)
    owner = {"landlord_id": landlord_id, "territory_id": territory_id}
    pairs = sorted({(one.landlord_id, one.commune_id) for one in places})
    with system_scope("evaluation"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)",
            [_LOCK_SPACE, (landlord_id or -(territory_id or 0)) % 2147483647],
        )
        Ranking.objects.filter(**owner).delete()
        if places:
            Ranking.objects.create(**owner, as_of=day, pairs=pairs, **found)


def _places(landlord_id: int | None, territory_id: int | None) -> list[Place]:
    rows = SiteLevel.objects.filter(address=None)
    if territory_id is None:
        rows = rows.filter(landlord=landlord_id)
    else:
        shared = Residence.objects.filter(is_shared_with(territory_id)).order_by().values("pk")
        rows = rows.filter(residence__in=shared)
    return [Place(*row) for row in rows.order_by("residence_id").values_list(*Place._fields)]


def known_of(places: list[Place], as_of: dt.date) -> Known:
    """Return the days with facts of the places by quarters of 91 days that end the day before ``as_of``.

    The quarters are those in which all the landlords recorded, and of which no record was erased: where one began later, its
    places would seem quiet. One that recorded nothing at these places has nothing to rank, and hinders no other. A fact that was
    imported was known to its landlord on its day, one that was entered by hand on the day it was entered.
    """
    last = as_of - dt.timedelta(1)
    numbers = {one.residence_id: number for number, one in enumerate(places)}
    params: dict[str, Any] = {
        "landlords": sorted({one.landlord_id for one in places}), "residences": list(numbers), "last": last,
        "quarter": QUARTER, "back": QUARTER * QUARTERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HEARD, params)
        heard = dict(cursor.fetchall())
        cursor.execute(_DAYS, params)
        rows = np.array(cursor.fetchall(), dtype=int).reshape(-1, 4)
    erased = horizon.erased_since(last - dt.timedelta(params["back"]))
    whole = [(last - erased[pk]).days for pk in heard if pk in erased]
    quarters = max(0, min([*heard.values(), *whole], default=0)) // QUARTER
    rows = rows[rows[:, 1] < quarters]
    place = np.array([numbers[pk] for pk in rows[:, 0].tolist()], dtype=int)
    # The database counts quarters back from the last one.
    return Known(
        len(places), quarters, place, quarters - 1 - rows[:, 1], quarters - 1 - rows[:, 2], rows[:, 3]
    )


def _ranked(known: Known, places: list[Place]) -> dict[str, Any]:
    """Return the state, figures and sites of a ranking: sites only where it beat last year's counts."""
    past = known.before(known.quarters)
    year = last_year(past)
    figures: dict[str, Any] = {"quarters": known.quarters, "places": int((year > 0).sum())}
    if known.quarters < YEAR + LEAST_TRIED or figures["places"] < LEAST_PLACES:
        return {"state": RankingState.YOUNG, "figures": figures, "sites": []}
    pairs = _pairs(places)
    trial = tried(known, pairs)
    figures |= {
        "tried": len(trial.by_ranking),
        "ranking": sum(trial.by_ranking),
        "counts": sum(trial.by_counts),
    }
    if not trial.beats:
        return {"state": RankingState.NO_BETTER, "figures": figures, "sites": []}
    rates = shrunk(past, pairs, decay_of(past, pairs, FIRST))
    sites = [
        {"residence": places[number].residence_id, "expected": round(float(rates[number]), 1), "year": int(year[number])}
        for number in first(rates, FIRST).tolist()
    ]  # fmt: skip
    return {"state": RankingState.BETTER, "figures": figures, "sites": sites}


def _pairs(places: list[Place]) -> Any:
    """Return the pairs of places near each other; none where hardly any has a point, or they are too many."""
    located = [number for number, one in enumerate(places) if one.longitude is not None]
    if len(located) < 2:  # noqa: PLR2004  # no pair
        return _NOBODY
    points = metres([places[n].longitude for n in located], [places[n].latitude for n in located])
    pairs = near_pairs(points, HOT_METRES)
    return _NOBODY if pairs is None else np.array(located)[pairs]


_RECORDED = """
FROM incidents_incident i
WHERE i.landlord_id = ANY (%(landlords)s) AND i.residence_id = ANY (%(residences)s)
    AND i.span_end IS NULL AND i.cancelled_at IS NULL
    AND i.day > %(last)s::date - %(back)s AND i.day <= %(last)s::date
    AND (i.address_id IS NULL OR i.address_id NOT IN (
        SELECT a.id FROM sites_address a WHERE a.landlord_id = ANY (%(landlords)s) AND a.closed_on <= %(last)s::date))
"""
# For how many days each landlord has recorded.
_HEARD = f"SELECT i.landlord_id, %(last)s::date - min(i.day) + 1 {_RECORDED} GROUP BY 1"
_DAYS = f"""
SELECT d.residence_id, d.quarter, d.known, count(*) FROM (
    SELECT i.residence_id, (%(last)s::date - i.day) / %(quarter)s AS quarter,
        max((%(last)s::date - CASE
            WHEN i.import_run_id IS NULL AND i.external_id = '' THEN greatest(i.day, i.created_at::date) ELSE i.day
        END) / %(quarter)s) AS known
    {_RECORDED}
    GROUP BY i.residence_id, i.fact_type_id, i.day
) d GROUP BY 1, 2, 3
"""
