"""Count the days with a fact of frozen sites by family, for whoever may not know the records."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from incidents.enums import Family
from incidents.models import FactType


def families() -> list[tuple[str, str]]:
    """Return the families of facts and what they are called, in the order of the nomenclature."""
    return [(family.value, str(family.label)) for family in Family]


def family_of() -> dict[str, str]:
    """Return the family of each type of facts, by its code."""
    return dict(FactType.objects.values_list("code", "family"))


def days_by_family(findings: Iterable[Mapping[str, Any]], of: Mapping[str, str]) -> Counter[str]:
    """Count the days with a fact in the longest window of a site: a day counts once for each type.

    Args:
        findings: as :class:`classification.models.Assessment` holds them.
        of: what :func:`family_of` returns.
    """
    found: Counter[str] = Counter()
    for finding in findings:
        found[of[finding["code"]]] += finding["in_occasional"]
    return found
