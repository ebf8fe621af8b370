"""Read a site as the panel of the workshop shows it, with the form that contests it or settles it."""

from typing import Any

from django.forms import BaseForm
from django.http import QueryDict

from classification.campaigns import reading as campaigns
from classification.decisions.reading import standing_of
from classification.method.grid_view import picture
from classification.models import Campaign, CampaignSite, Contest, Settlement
from classification.residence.whole import whole_of
from core.versions import version_of
from sites.models import Residence

from . import reading, services
from .forms import ContestForm, SettlementForm


def panel_of(found: Campaign, site: Residence, form: BaseForm | None = None) -> dict[str, Any]:
    """Return what the panel shows of a site: its evidence, the campaign before, how it was contested, and a form.

    Args:
        found: an open campaign.
        site: a site of its.
        form: what was sent and refused; left out where the site was contested, or not any more, meanwhile.
    """
    place = whole_of(site)
    history = reading.history_of(found, site.pk, manages=True)
    current = next((one for one in history if one.contest.withdrawn_at is None), None)
    fresh = settlement_form(None, current.contest, current.last) if current else ContestForm()
    return {
        "campaign": found,
        "site": site,
        "place": place,
        "then": CampaignSite.objects.filter(campaign=found, residence=site).first(),
        "site_grid": picture(place.site.grid_version, place.findings) if place else None,
        "standing": standing_of(site.pk),
        "last": campaigns.last_said(found, [site.pk]).get(site.pk),
        "contested": current,
        "history": [one for one in history if one is not current],
        "form": form if isinstance(form, type(fresh)) else fresh,
    }


def settlement_form(data: QueryDict | None, found: Contest, last: Settlement | None) -> SettlementForm:
    """Return the form of how a contested site was settled, opened on what was noted last."""
    state = services.noted(last)
    return SettlementForm(data, initial=state, version=version_of(found, state))
