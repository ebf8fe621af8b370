"""Count the sites of a campaign by the cells of the grid that their facts fall in."""

from typing import Any

from django.db.models import Count
from django.utils.translation import ngettext

from classification.models import Campaign, CampaignSite, Finding
from sites.perimeter import is_shared_with


def counted_cells(campaign: Campaign) -> list[dict[str, Any]]:
    """Return, for :func:`classification.method.grid_view.picture`, how many sites have a fact in each cell."""
    sites = CampaignSite.objects.filter(is_shared_with(campaign.territory_id), campaign=campaign)
    rows = Finding.objects.filter(address=None, residence__in=sites.order_by().values("residence"))
    counted = rows.order_by().values_list("fact_type__gravity", "frequency").annotate(
        sites=Count("residence", distinct=True)
    )  # fmt: skip
    return [
        {
            "gravity": gravity,
            "frequency": frequency,
            "fact_type": ngettext("%(n)s site", "%(n)s sites", number) % {"n": number},
        }
        for gravity, frequency, number in counted
    ]
