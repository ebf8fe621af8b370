"""Arrange the fact types for a form: the most used first, then by family."""

import datetime as dt
from collections import Counter
from itertools import groupby

from django.db.models import Q
from django.utils import timezone

from incidents.enums import Family
from incidents.models import FactType, Incident
from sites.perimeter import is_assigned, is_of_own_landlord

from .services import ENTERED

USUAL = 6
# The types offered first while there are too few records to rank them.
_DEFAULT = ("NOISE", "LITTERING", "MINOR_DAMAGE", "UNLAWFUL_OCCUPATION", "PETTY_DEALING", "TAGS")
_LOOKED_BACK = 1000
_LATELY_DAYS = 91


def arranged(user_id: int | None) -> tuple[list[FactType], list[tuple[str, list[FactType]]]]:
    """Return the six types a person uses most, and all others by family.

    The types that the person entered most come first, then those recorded most of late at the residences
    assigned to them, or else at their landlord's.
    """
    types = list(FactType.objects.all())
    entered = Incident.objects.own().filter(reported_by_id=user_id, external_source__in=ENTERED)
    mine = Counter(entered.order_by("-id").values_list("fact_type_id", flat=True)[:_LOOKED_BACK])
    ours = _recorded_lately(is_assigned()) or _recorded_lately(is_of_own_landlord())
    rank = {code: len(_DEFAULT) - n for n, code in enumerate(_DEFAULT)}
    ranked = sorted(types, key=lambda t: (-mine[t.pk], -ours[t.pk], -rank.get(t.code, 0), t.pk))
    return ranked[:USUAL], by_family(ranked[USUAL:])


def _recorded_lately(where: Q) -> Counter[int]:
    """Count the types of the latest facts; only columns that the indexes of the engine and the map hold are read."""
    since = timezone.localdate() - dt.timedelta(_LATELY_DAYS)
    facts = Incident.objects.current().filter(where, span_end=None, day__gt=since)
    return Counter(facts.order_by("-day").values_list("fact_type_id", flat=True)[:_LOOKED_BACK])


def by_family(types: list[FactType]) -> list[tuple[str, list[FactType]]]:
    """Group ``types`` by family, in the order of the nomenclature."""
    order = list(Family)
    arranged_types = sorted(types, key=lambda t: (order.index(Family(t.family)), t.gravity, t.pk))
    return [(str(Family(f).label), list(ts)) for f, ts in groupby(arranged_types, lambda t: t.family)]
