"""The types of facts as people look for them: the usual ones first, then by family."""

from collections import Counter
from itertools import groupby

from .enums import Family
from .models import FactType, Incident
from .services import ENTERED

USUAL = 6
# Offered while there are too few records to know better.
_DEFAULT = ("NOISE", "LITTERING", "MINOR_DAMAGE", "UNLAWFUL_OCCUPATION", "PETTY_DEALING", "TAGS")
_LOOKED_BACK = 1000


def arranged(user_id: int | None) -> tuple[list[FactType], list[tuple[str, list[FactType]]]]:
    """Return the six types a person uses most, and all others by family.

    What one entered oneself comes first, then what the landlord's colleagues record most.
    """
    types = list(FactType.objects.all())
    facts = Incident.objects.own().values_list("fact_type_id", flat=True)
    mine = Counter(
        facts.filter(reported_by_id=user_id, external_source__in=ENTERED).order_by("-id")[:_LOOKED_BACK]
    )
    ours = Counter(facts.order_by("-day", "-id")[:_LOOKED_BACK])
    rank = {code: len(_DEFAULT) - n for n, code in enumerate(_DEFAULT)}
    ranked = sorted(types, key=lambda t: (-mine[t.pk], -ours[t.pk], -rank.get(t.code, 0), t.pk))
    return ranked[:USUAL], by_family(ranked[USUAL:])


def by_family(types: list[FactType]) -> list[tuple[str, list[FactType]]]:
    """Group ``types`` by family, in the order of the nomenclature."""
    order = list(Family)
    arranged_types = sorted(types, key=lambda t: (order.index(Family(t.family)), t.gravity, t.pk))
    return [(Family(f).label, list(ts)) for f, ts in groupby(arranged_types, lambda t: t.family)]
