"""Work out at night which residences are to be watched, landlord by landlord."""

import datetime as dt
import logging
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.scope import system_scope
from classification.models import Signal, SignalKind, SiteLevel
from incidents.models import FactType

from .reading import recorded_by
from .rules import Reason, reasons
from .tipping import tips_of

_LOGGER = logging.getLogger("palier.evaluation")
_BATCH = 2_000
_LOCK_SPACE = 0x1E7E3


class WatchIncompleteError(Exception):
    """The error raised when the reasons of some landlords were not worked out; those of all others were."""


def watch_everything() -> int:
    """Replace the stored reasons of every landlord, each in transactions of its own.

    Returns:
        How many reasons there are.

    Raises:
        WatchIncompleteError: a landlord failed and keeps its former reasons; all others were worked out.
    """
    with system_scope("evaluation"):
        landlords = list(
            SiteLevel.objects.order_by("landlord_id").values_list("landlord_id", flat=True).distinct()
        )
        # Of a landlord whose last site was closed, nothing is worked out any more.
        Signal.objects.exclude(landlord__in=landlords).delete()
    told, failed = 0, 0
    for landlord_id in landlords:
        try:
            told += watch(landlord_id)
        except Exception:
            failed += 1
            _LOGGER.exception("the places to watch of a landlord were not worked out")
    if failed:
        message = f"the places to watch of {failed} of {len(landlords)} landlords were not worked out"
        raise WatchIncompleteError(message)
    return told


def watch(landlord_id: int, *, as_of: dt.date | None = None) -> int:
    """Replace the stored reasons of a landlord: read in one transaction, worked out without any, written in another."""
    day = as_of or timezone.localdate()
    with system_scope("evaluation"):
        found = recorded_by(landlord_id, day)
        told = _tips(landlord_id)
        types = FactType.objects.in_bulk()
    told += reasons(found)
    with system_scope("evaluation"), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, landlord_id % 2147483647])
        Signal.objects.filter(landlord=landlord_id).delete()
        Signal.objects.bulk_create(
            [
                Signal(
                    landlord_id=landlord_id, commune_id=found.places[one.residence_id][0], residence_id=one.residence_id,
                    kind=one.kind, fact_type_id=one.fact_type_id, as_of=day, figures=_named(one.figures, types),
                )
                for one in told if one.residence_id in found.places
            ],
            batch_size=_BATCH,
        )  # fmt: skip
    return len(told)


def _named(figures: dict[str, Any], types: dict[int, FactType]) -> dict[str, Any]:
    """Return the figures with the labels of their types, so that reading a reason asks for no nomenclature."""
    if "types" not in figures:
        return figures
    named = [types[pk] for pk in figures["types"]]
    return figures | {"types": [{"label_fr": kind.label_fr, "label_en": kind.label_en} for kind in named]}


def _tips(landlord_id: int) -> list[Reason]:
    tips = tips_of(SiteLevel.objects.filter(landlord=landlord_id, address=None))
    return [
        Reason(
            pk, SignalKind.TIP, tip.fact_type.pk,
            {"days": tip.days, "pace": tip.pace, "after": int(tip.after), "level": tip.level, "level_after": tip.level_after},
        )
        for pk, found in tips.items() for tip in found
    ]  # fmt: skip
