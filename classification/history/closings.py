"""Read what closed campaigns froze of the sites that are counted."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from classification.models import Assessment, Campaign, Closing
from core.jobs import JobState

from .reach import Marks, Point, Reach, spread

# A territory has a campaign a quarter; the last ones are marked, up to this many.
MOST_CAMPAIGNS = 12


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a closed campaign froze of the sites, by the levels that it shows; ``follows`` says that another one is before it."""

    campaign: Campaign
    point: Point
    follows: bool


def diagnoses(reach: Reach, first: dt.date) -> tuple[list[Diagnosis], int]:
    """Return what the last versions of the campaigns since a day say of the sites, oldest first.

    Those that hold none of the sites are left out.

    Returns:
        The last :data:`MOST_CAMPAIGNS` of them, and how many are before these.
    """
    frozen = reach.among(Assessment)
    frozen = frozen.filter(commune=reach.commune) if reach.commune else frozen
    done = Closing.objects.filter(state=JobState.DONE)
    earlier = done.filter(territory=OuterRef("territory"), campaign__as_of__lt=OuterRef("campaign__as_of"))
    further = done.filter(campaign=OuterRef("campaign"), number__gt=OuterRef("number")).order_by()
    held = Exists(frozen.filter(closing=OuterRef("pk")))
    rows = done.filter(~Exists(further), held, campaign__as_of__gte=first)
    rows = rows.filter(territory=reach.territory) if reach.territory else rows
    closings = rows.annotate(follows=Exists(earlier.order_by())).select_related(
        "campaign__grid_version", "campaign__territory"
    )
    last = list(closings.order_by("campaign__as_of", "campaign_id"))
    shown = last[-MOST_CAMPAIGNS:]
    marks: dict[int, Marks] = defaultdict(Counter)
    counted = frozen.filter(closing__in=[one.pk for one in shown]).values_list("closing_id", "mark")
    for closing, mark, number in counted.annotate(number=reach.number):
        marks[closing][mark] += number
    found = [
        Diagnosis(one.campaign, Point(one.campaign.as_of, spread([marks[one.pk]])), one.follows)
        for one in shown
    ]
    return found, len(last) - len(shown)
