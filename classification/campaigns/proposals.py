"""Keep the levels that open campaigns propose: all at their opening, and those whose records changed with each evaluation."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from classification import engine
from classification.models import Campaign, CampaignSite

# The residences of the landlords of open campaigns in the communes of their territories, by campaign. A merged one is
# another one, which has its records.
_WITHIN = """
SELECT k.id, array_agg(r.id ORDER BY r.id) FROM classification_campaign k
JOIN sites_territory_communes c ON c.territory_id = k.territory_id
JOIN sites_residence r ON r.commune_id = c.commune_id AND r.landlord_id = ANY(k.landlords) AND r.merged_into_id IS NULL
WHERE k.state = 'open' AND (%(campaign)s::bigint IS NULL OR k.id = %(campaign)s)
    AND (%(residences)s::bigint[] IS NULL OR r.id = ANY(%(residences)s::bigint[]))
GROUP BY k.id
"""
_FILL = """
INSERT INTO classification_campaignsite (campaign_id, landlord_id, commune_id, residence_id, level, silent, last_day)
SELECT %(campaign)s, landlord_id, commune_id, residence_id, level, silent, last_day
FROM told WHERE address_id IS NULL
"""


def follow(residence_ids: Collection[int] | None) -> None:
    """Propose the levels of residences anew in the open campaigns that ask about them; None for all.

    The caller acts as the evaluation, and holds the lock of the residences.
    """
    _replace(reached(residence_ids), residence_ids)


def propose(campaign: Campaign, residence_ids: Collection[int]) -> None:
    """Propose the levels of residences in one campaign, if it is open; the caller as for :func:`follow`."""
    _replace(reached(residence_ids, campaign), residence_ids, campaign)


def _replace(
    reached_by: dict[int, list[int]], residence_ids: Collection[int] | None, of: Campaign | None = None
) -> None:
    former = CampaignSite.objects.filter(campaign=of) if of else CampaignSite.objects.all()
    if residence_ids is not None:
        former = former.filter(residence__in=residence_ids)
    former.delete()
    campaigns = (
        Campaign.objects.select_related("grid_version").in_bulk(list(reached_by)) if reached_by else {}
    )
    for pk, campaign in campaigns.items():
        ids = reached_by[pk]
        params = engine.parameters(campaign.grid_version, campaign.as_of, ids, seen_only=True)
        with connection.cursor() as cursor:
            cursor.execute(engine.told_sql(ids) + _FILL, params | {"campaign": pk})


def reached(residence_ids: Collection[int] | None, campaign: Campaign | None = None) -> dict[int, list[int]]:
    """Return the residences that open campaigns ask about, by campaign id.

    Args:
        residence_ids: those to look among; None for all.
        campaign: the campaign to look at; None for all that are open.
    """
    asked: dict[str, Any] = {
        "campaign": campaign.pk if campaign else None,
        "residences": None if residence_ids is None else list(residence_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITHIN, asked)
        return dict(cursor.fetchall())


def forget(campaign: Campaign) -> None:
    """Delete what a campaign that is open no more proposed."""
    CampaignSite.objects.filter(campaign=campaign).delete()
