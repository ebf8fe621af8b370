"""Say which of the terms that a territory set count, and from which day."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from incidents.models import RetentionTerms
from incidents.models.retention import FACTS_MOST, NARRATIVES_MOST
from sites.models import Territory

# The condition of :func:`_is_replaced` of a row ``r``, for the statements of the nightly job.
REPLACED = """EXISTS (
    SELECT 1 FROM incidents_retentionterms l
    WHERE l.territory_id = r.territory_id AND l.id > r.id AND l.set_at < r.counts_from
)"""


def _is_replaced() -> Exists:
    return Exists(
        RetentionTerms.objects.filter(
            territory=OuterRef("territory"), pk__gt=OuterRef("pk"), set_at__lt=OuterRef("counts_from")
        )
    )


def with_replaced(territory: Territory) -> QuerySet[RetentionTerms]:
    """Return the terms of a territory, those set last first, with ``replaced``: others were set before they counted."""
    return (
        RetentionTerms.objects.filter(territory=territory).annotate(replaced=_is_replaced()).order_by("-pk")
    )


def standing() -> QuerySet[RetentionTerms]:
    """Return the terms of all territories without those that were replaced before they counted."""
    return RetentionTerms.objects.filter(~_is_replaced())


def months_in_force(territory: Territory, today: dt.date) -> tuple[int, int]:
    """Return the months of texts and of facts that count for a territory on a day."""
    found = standing().filter(territory=territory, counts_from__lte=today)
    last = found.values_list("narratives_months", "facts_months").first()
    return last or (NARRATIVES_MOST, FACTS_MOST)
