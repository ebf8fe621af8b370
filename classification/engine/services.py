"""Evaluate places: at once those whose records changed, all of them at night."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from contextlib import nullcontext
from typing import Any

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.scope import system_scope
from classification import engine
from classification.campaigns.proposals import follow
from classification.models import GridAdoption, GridVersion, PastLevel, SiteLevel
from core.plans import joining_sets

# How many days back the first pages compare the levels with.
MOVED_DAYS = 30
HALF_YEAR_DAYS = 182
PAST_DAYS = (MOVED_DAYS, HALF_YEAR_DAYS)
# Above this many residences, locking their landlords is cheaper than locking each residence, and joining sets
# than looking each of them up.
MANY = 500
_LOCK_SPACE, _LANDLORD_LOCKS = 0x1E7E1, 0x1E7E2
# The duration in the reference grid, for a place that has no level yet.
_CONFIRMATION_DAYS = 90


def evaluate(
    residence_ids: Collection[int] | None = None,
    *,
    as_of: dt.date | None = None,
    since: dt.date | None = None,
) -> int:
    """Replace the stored levels of residences and of their addresses, and the past levels of the residences.

    The evaluation runs in its own system scope: a level is computed from all records of a place, whoever acts.

    Args:
        residence_ids: the residences to evaluate; None for all.
        as_of: the day to look back from; today in Paris by default.
        since: the first day that the changed records speak of, when all of them are new; None otherwise.

    Returns:
        How many places were evaluated.
    """
    if residence_ids is not None and not residence_ids:
        return 0
    day = as_of or timezone.localdate()
    with system_scope("evaluation"):
        lock(residence_ids)
        many = residence_ids is None or len(residence_ids) > MANY
        with joining_sets() if many else nullcontext():
            places = sum(_store(version, day, ids, since) for version, ids in by_grid(residence_ids, day))
            follow(residence_ids)
            return places


def _store(
    version: GridVersion, day: dt.date, residence_ids: Collection[int] | None, since: dt.date | None
) -> int:
    """Store the levels on ``day`` and on :data:`PAST_DAYS` before; return how many levels of ``day``."""
    places = engine.store(version, day, residence_ids)
    if not _past_stands(version, day, residence_ids, since):
        engine.store_past(version, day, PAST_DAYS, residence_ids)
    return places


def _past_stands(
    version: GridVersion, day: dt.date, residence_ids: Collection[int] | None, since: dt.date | None
) -> bool:
    """Say whether all past levels are stored, and of days before the first that a new record speaks of."""
    if residence_ids is None or since is None or since <= day - dt.timedelta(min(PAST_DAYS)):
        return False
    days = [day - dt.timedelta(back) for back in PAST_DAYS]
    stored = PastLevel.objects.filter(residence__in=residence_ids, day__in=days, grid_version=version)
    return stored.count() == len(days) * len(residence_ids)


def levels_of(residence_ids: Collection[int]) -> dict[tuple[int, int | None], int]:
    """Return the stored levels of residences and of their addresses, by the ids of both; None for no address."""
    found = SiteLevel.objects.filter(residence__in=residence_ids).order_by()
    return {(row[0], row[1]): row[2] for row in found.values_list("residence_id", "address_id", "level")}


def marks_of(residence_ids: Collection[int]) -> dict[tuple[int, int | None], int]:
    """Return what residences and their addresses are shown with, a :class:`Mark`, by the ids of both."""
    found = SiteLevel.objects.filter(residence__in=residence_ids).order_by()
    return {(row[0], row[1]): row[2] for row in found.values_list("residence_id", "address_id", "mark")}


def level_of(residence_id: int, address_id: int | None) -> int | None:
    """Return the stored level of an address, or of a whole residence when ``address_id`` is None."""
    return levels_of([residence_id]).get((residence_id, address_id))


def confirmation_days(residence: str) -> Coalesce:
    """Return how many days a confirmation counts, as an expression over rows with the field ``residence``."""
    place = SiteLevel.objects.filter(residence=OuterRef(residence), address=None)
    return Coalesce(Subquery(place.values("grid_version__confirmation_days")[:1]), _CONFIRMATION_DAYS)


def default_grid() -> GridVersion:
    """Return the grid in force where a territory has adopted none of its own."""
    return GridVersion.objects.get(is_default=True)


def grid_of_territory(territory_id: int, day: dt.date) -> GridVersion:
    """Return the grid that counts for a territory on ``day``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT grid_version_id FROM palier_grids_on(%s) WHERE territory_id = %s", [day, territory_id]
        )
        row = cursor.fetchone()
    return GridVersion.objects.get(pk=row[0]) if row else default_grid()


def by_grid(
    residence_ids: Collection[int] | None, day: dt.date
) -> list[tuple[GridVersion, Collection[int] | None]]:
    """Return the grids that count on ``day``, each with the residences that it classifies; None stands for all of them."""
    if not GridAdoption.objects.exists():
        return [(default_grid(), residence_ids)]
    chosen: dict[int | None, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_GRID_OF_RESIDENCE, {"residences": _as_list(residence_ids), "day": day})
        for residence_id, grid_id in cursor.fetchall():
            chosen[grid_id].append(residence_id)
    # Residences that are gone, for the default grid to remove their levels.
    chosen[None] += set(residence_ids or ()).difference(*chosen.values())
    versions = GridVersion.objects.in_bulk([pk for pk in chosen if pk])
    return [(versions[pk] if pk else default_grid(), ids) for pk, ids in chosen.items() if ids]


# A commune of two territories that have each adopted a grid uses the grid of the territory created first.
_GRID_OF_RESIDENCE = """
WITH counting AS MATERIALIZED (
    SELECT DISTINCT ON (tc.commune_id) tc.commune_id, g.grid_version_id
    FROM palier_grids_on(%(day)s) g JOIN sites_territory_communes tc USING (territory_id)
    ORDER BY tc.commune_id, g.territory_id
)
SELECT r.id, c.grid_version_id FROM sites_residence r LEFT JOIN counting c USING (commune_id)
WHERE %(residences)s::bigint[] IS NULL OR r.id = ANY(%(residences)s::bigint[])
"""


def lock(residence_ids: Collection[int] | None) -> None:
    """Lock the places until the end of the transaction, so that no two evaluations of a place overlap.

    Up to :data:`MANY` residences are locked one by one; for more, their landlords are locked, and evaluations
    of other landlords do not wait. Only an evaluation of everything excludes all others.
    """
    with connection.cursor() as cursor:
        if residence_ids is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK_SPACE])
            return
        many = len(residence_ids) > MANY
        keys: dict[str, Any] = {
            "space": _LOCK_SPACE,
            "landlords": _LANDLORD_LOCKS,
            "ids": sorted(residence_ids),
        }
        cursor.execute(_LOCK_LANDLORDS.format(kind="" if many else "_shared"), keys)
        if not many:
            cursor.execute(_LOCK_RESIDENCES, keys)


# Locks are taken in the order of the ids, so that two transactions that lock the same ones cannot deadlock.
_LOCK_LANDLORDS = """
SELECT pg_advisory_xact_lock_shared(%(space)s, 0);
SELECT pg_advisory_xact_lock{kind}(%(landlords)s, (id %% 2147483647)::int) FROM (
    SELECT DISTINCT landlord_id AS id FROM sites_residence WHERE id = ANY(%(ids)s::bigint[]) ORDER BY 1) AS l
"""
_LOCK_RESIDENCES = """
SELECT pg_advisory_xact_lock(%(space)s, (id %% 2147483647)::int) FROM unnest(%(ids)s::bigint[]) AS id
"""


def _as_list(residence_ids: Collection[int] | None) -> list[int] | None:
    return None if residence_ids is None else list(residence_ids)
