"""Count the facts behind a finding, and link to the list that shows them.

The days of a finding are occurrences: several facts of one day are one occurrence. Here the facts
themselves are counted, under the same conditions as in the list that the link opens.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Q

from classification.models import SiteLevel
from incidents.facts.links import list_of, narrowed
from incidents.querysets import may_fall_since
from sites.models import Residence

from .explanation import Explanation, FactList


@dataclass(frozen=True, slots=True)
class FactCounts:
    """The numbers of facts of a residence, by address (None for all of it), type and first day of the window."""

    residence_id: int
    as_of: dt.date
    numbers: Mapping[tuple[int | None, int, dt.date], int]


def count_facts(residence: Residence, whole: SiteLevel) -> FactCounts:
    """Count the facts in each window of the grid, in one query."""
    as_of, windows = whole.as_of, whole.grid_version.grid.thresholds
    starts = {f"in_{w.days}_days": as_of - dt.timedelta(w.days - 1) for w in windows.values()}
    facts = residence.incidents.current().filter(may_fall_since(min(starts.values())), day__lte=as_of)
    # Those at an address that was closed since count no more.
    facts = facts.filter(Q(address=None) | Q(address__closed_on=None) | Q(address__closed_on__gt=as_of))
    rows = (
        facts.order_by()
        .values("address_id", "fact_type_id")
        .annotate(**{name: Count("pk", filter=may_fall_since(start)) for name, start in starts.items()})
        .values_list("address_id", "fact_type_id", *starts)
    )
    numbers: Counter[tuple[int | None, int, dt.date]] = Counter()
    for address_id, fact_type_id, *counted in rows:
        for start, number in zip(starts.values(), counted, strict=True):
            for place in {None, address_id}:
                numbers[place, fact_type_id, start] += number
    return FactCounts(residence.pk, as_of, numbers)


def lead_to_facts(said: Explanation, finding: Mapping[str, Any], counts: FactCounts) -> Explanation:
    """Return the explanation with a link to the list of the facts that it counts, if there are any.

    Args:
        said: the explanation of the finding.
        finding: its ``address_id``, ``fact_type_id`` and ``fact_type`` (label).
        counts: the facts of the residence, as of the day of the finding.
    """
    if not said.since:
        return said
    number = counts.numbers.get((finding["address_id"], finding["fact_type_id"], said.since), 0)
    if not number:
        return said
    listed = list_of(
        residence=counts.residence_id, address=finding["address_id"], fact_type=finding["fact_type_id"]
    )
    # A fact of unknown day may have happened on any day of its span: the list of a counted day leaves it out.
    dated = "day" if said.spans else None
    days = tuple((day, narrowed(listed, after=day, before=day, dated=dated)) for day in said.days)
    whole = narrowed(listed, after=said.since, before=counts.as_of)
    return replace(said, facts=FactList(number, whole, finding["fact_type"], days))
