"""Publish what campaigns froze as their pages and the worker do."""

import datetime as dt

from django.urls import reverse

from accounts.scope import acting_as, system_scope
from classification.campaigns.standing import with_standing
from classification.models import Campaign, Closing
from core.opaque import written
from partners.closings import last_closing
from partners.models import Publication, PublishedSite
from partners.publications.services import publish_closing
from tests import factories as f
from tests.campaigning import closed, now, opened
from tests.deciding import MINOR
from tests.sharing import today


def closing_on(side, days_ago: int = 0, landlords=None, **named) -> Closing:
    """A campaign of that day, closed; something minor is known of it."""
    with system_scope("seeding"):
        f.IncidentFactory(address=side.other_address, code=MINOR, day=today() - dt.timedelta(days_ago))
    return closed(side, opened(side, landlords, as_of=today() - dt.timedelta(days_ago), **named))


def current(side, closing) -> Closing:
    """The version that counts of the campaign of a closing, as its coordinator reads it."""
    with acting_as(side.coordinator):
        return last_closing(now(closing.campaign))


def given(side, closing, circle=None) -> Publication:
    """The publication that the worker makes of a closing."""
    with acting_as(side.coordinator) as scope:
        return publish_closing(scope, circle=circle or side.circle, closing=current(side, closing))


def sites_in(publication) -> dict[str, PublishedSite]:
    with system_scope("seeding"):
        return {site.name: site for site in PublishedSite.objects.filter(publication=publication)}


def standings(person) -> dict[str, str]:
    """Where each campaign stands that a person sees, by its name."""
    with acting_as(person):
        return dict(with_standing(Campaign.objects.all()).values_list("name", "standing"))


def page_of(side, closing, circle=None) -> str:
    return reverse("partners:campaign_publish", args=[closing.campaign_id, (circle or side.circle).pk])


def as_shown(side, closing, circle=None, **said):
    """What the form of that page sends."""
    with system_scope("seeding"):
        standing = Publication.objects.filter(
            circle=circle or side.circle, as_of=closing.campaign.as_of, withdrawn_at=None
        ).first()
    shown = {
        "number": closing.number,
        "precision": (circle or side.circle).precision,
        "stands": written("publication", standing.pk) if standing else "",
    }
    return shown | said
