"""Keep the levels that open campaigns propose: all at their opening, and those whose records changed with each evaluation."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from classification import engine
from classification.models import Campaign, CampaignSite, CampaignState

_WITHIN = """
SELECT r.id FROM sites_residence r
JOIN sites_territory_communes c ON c.commune_id = r.commune_id AND c.territory_id = %(territory)s
WHERE r.landlord_id = ANY(%(landlords)s::bigint[])
    AND (%(residences)s::bigint[] IS NULL OR r.id = ANY(%(residences)s::bigint[]))
ORDER BY r.id
"""
_FILL = """
INSERT INTO classification_campaignsite (campaign_id, landlord_id, commune_id, residence_id, level, silent, last_day)
SELECT %(campaign)s, landlord_id, commune_id, residence_id, level, silent, last_day
FROM told WHERE address_id IS NULL
"""


def follow(residence_ids: Collection[int] | None) -> None:
    """Propose the levels of residences anew in the campaigns that are open; None for all.

    The caller acts as the evaluation, and holds the lock of the residences.
    """
    for campaign in Campaign.objects.filter(state=CampaignState.OPEN).select_related("grid_version"):
        propose(campaign, residence_ids)


def propose(campaign: Campaign, residence_ids: Collection[int] | None = None) -> None:
    """Replace what a campaign proposes for residences; None for all. The caller holds their lock."""
    former = CampaignSite.objects.filter(campaign=campaign)
    if residence_ids is not None:
        former = former.filter(residence__in=residence_ids)
    former.delete()
    ids = reached(campaign, residence_ids)
    if ids:
        params = engine.parameters(campaign.grid_version, campaign.as_of, ids, seen_only=True)
        with connection.cursor() as cursor:
            cursor.execute(engine.told_sql(ids) + _FILL, params | {"campaign": campaign.pk})


def reached(campaign: Campaign, residence_ids: Collection[int] | None = None) -> list[int]:
    """Return the residences of a campaign's landlords in the communes of its territory, all or those of ``residence_ids``."""
    asked: dict[str, Any] = {
        "territory": campaign.territory_id,
        "landlords": campaign.landlords,
        "residences": None if residence_ids is None else list(residence_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_WITHIN, asked)
        return [row[0] for row in cursor.fetchall()]


def forget(campaign: Campaign) -> None:
    """Delete what a campaign that is open no more proposed."""
    CampaignSite.objects.filter(campaign=campaign).delete()
