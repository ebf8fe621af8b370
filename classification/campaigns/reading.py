"""Read campaigns and what was frozen of them, in a constant number of queries."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from accounts.models import Organisation
from classification.method.scale import Mark
from classification.models import Assessment, Campaign, CampaignState, Closing
from classification.residence.explanation import explain_place
from classification.residence.snapshot import label_of
from core.jobs import JobState
from core.order import in_french
from incidents.enums import Service
from incidents.models import FactType
from sites.perimeter import is_led, is_shared_with

# Of a lead whose landlord shares with more territories, the first of their campaigns.
SHOWN = 10


class Counted(NamedTuple):
    """How many sites of a landlord a closing froze, by what they are shown with, and how many were decided about."""

    landlord: str
    total: int
    decided: int
    marks: list[tuple[Mark, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """A frozen site with the sentence that says why its level was proposed."""

    site: Assessment
    sentence: str


def open_campaign_of(territory_id: int) -> Campaign | None:
    """Return the campaign that is open on a territory; there is one at most."""
    return Campaign.objects.filter(territory=territory_id, state=CampaignState.OPEN).first()


def expected_of(territory_id: int) -> dict[int, dt.date]:
    """Return by when each landlord is expected to decide about its levels in a territory, by landlord id.

    That is the deadline of the campaign that is open there and asks it; a deadline that has passed is none.
    """
    campaign = open_campaign_of(territory_id)
    if campaign is None or campaign.deadline < timezone.localdate():
        return {}
    return dict.fromkeys(campaign.landlords, campaign.deadline)


def open_campaigns() -> list[Campaign]:
    """Return the open campaigns that the acting person sees, the first due first."""
    rows = Campaign.objects.filter(state=CampaignState.OPEN).select_related("territory")
    return list(rows.order_by("deadline", "pk")[:SHOWN])


def last_said(campaign: Campaign, residence_ids: Collection[int]) -> dict[int, Assessment]:
    """Return what the campaign before froze of residences, as the acting person sees it, by residence id."""
    last = closing_before(campaign)
    rows = Assessment.objects.filter(closing=last, residence__in=residence_ids) if last else ()
    return {row.residence_id: row for row in rows}


def closing_before(campaign: Campaign) -> Closing | None:
    """Return the last version of the campaign of the same territory before, None where none was closed."""
    before = Closing.objects.filter(
        territory=campaign.territory_id, campaign__as_of__lt=campaign.as_of, state=JobState.DONE
    ).select_related("campaign__grid_version")
    return before.order_by("-campaign__as_of", "-campaign_id", "-number").first()


def closings_beside(campaign: Campaign) -> list[Closing]:
    """Return the last version of each other campaign of the same territory, the latest days first."""
    rows = Closing.objects.filter(territory=campaign.territory_id, state=JobState.DONE)
    others = rows.exclude(campaign=campaign).select_related("campaign__grid_version")
    last = {one.campaign_id: one for one in others.order_by("number")}
    return sorted(last.values(), key=lambda one: (one.campaign.as_of, one.campaign_id), reverse=True)


def last_closing(campaign: Campaign) -> Closing | None:
    """Return the last version of a campaign, None until it is closed."""
    rows = Closing.objects.filter(campaign=campaign, state=JobState.DONE).select_related(
        "campaign__grid_version"
    )
    return rows.order_by("-number").first()


def open_to(territory_id: int, *, manages: bool) -> Q:
    """Return the condition of the sites of a campaign that the acting person reads: what is shared with the territory, or one's own."""
    return is_shared_with(territory_id) if manages else is_led()


def frozen_sites(closing: Closing, *, manages: bool) -> QuerySet[Assessment]:
    """Return the sites of a closing that the acting person may see, as of :func:`open_to`."""
    return Assessment.objects.filter(open_to(closing.territory_id, manages=manages), closing=closing)


def counted(sites: QuerySet[Assessment]) -> list[Counted]:
    """Count frozen sites by landlord, the landlords by name."""
    rows = sites.order_by().values_list("landlord__name", "mark").annotate(
        total=Count("pk"), decided=Count("pk", filter=Q(decided_on__isnull=False))
    )  # fmt: skip
    numbers: dict[str, Counter[int]] = defaultdict(Counter)
    decided: Counter[str] = Counter()
    for landlord, mark, total, of_these in rows:
        numbers[landlord][mark] += total
        decided[landlord] += of_these
    found = [
        Counted(name, marks.total(), decided[name], [(mark, marks[mark]) for mark in reversed(Mark)])
        for name, marks in numbers.items()
    ]
    return sorted(found, key=lambda one: in_french(one.landlord))


def rows_of(sites: Sequence[Assessment]) -> list[Row]:
    """Return the rows of a page of frozen sites, in their order."""
    types = {
        kind.code: {"label_fr": kind.label_fr, "label_en": kind.label_en} for kind in FactType.objects.all()
    }
    return [Row(site, _sentence(site, types)) for site in sites]


def _sentence(site: Assessment, types: dict[str, dict[str, Any]]) -> str:
    services = dict.fromkeys(
        str(Service(row["service_code"]).label)
        for row in site.disruptions
        if row["level"] == site.impact_level
    )
    return explain_place(
        site.facts_level,
        site.impact_level,
        [{"fact_type": label_of(types[row["code"]]), "level": row["level"]} for row in site.findings],
        list(services),
        stopped=site.silent,
    )


def names_of(campaign: Campaign) -> list[str]:
    """Return the names of the landlords of a campaign that the acting person sees."""
    rows = Organisation.objects.filter(pk__in=campaign.landlords).order_by("name__french")
    return list(rows.values_list("name", flat=True))
