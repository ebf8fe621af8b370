"""Giving a circle the levels of its territory at a date, frozen."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.engine.services import grid_of_territory
from partners.models import Circle, Publication, PublishedSite
from partners.snapshot import Site, sites_at

from .keys import site_key


@transaction.atomic
def publish(scope: Scope, *, circle: Circle, as_of: dt.date, at: dt.datetime | None = None) -> Publication:
    """Freeze the ranked sites of the circle's territory at ``as_of`` and give them to it.

    ``at`` dates it in a fiction alone; what is given is given now.

    Raises:
        IntegrityError: the circle was already given that day.
    """
    territory = circle.territory
    sites = sites_at(territory, as_of)
    landlords = sorted({site.shared_by_id for site in sites})
    publication = Publication.objects.create(
        circle=circle,
        territory=territory,
        as_of=as_of,
        grid_version=grid_of_territory(territory.pk),
        landlords=landlords,
        published_at=at or timezone.now(),
        published_by_id=scope.user_id,
    )
    rows = [_frozen(publication, site) for site in sites]
    PublishedSite.objects.bulk_create(rows, batch_size=500)
    organisation_id = territory.organisation_id
    write_entry(
        scope,
        AuditAction.PUBLISH,
        publication,
        organisation_id=organisation_id,
        concerns=landlords,
        circle=circle.pk,
        as_of=as_of.isoformat(),
        sites=len(rows),
    )
    return publication


def _frozen(publication: Publication, site: Site) -> PublishedSite:
    values = asdict(site)
    key = site_key(publication.circle_id, values.pop("opaque_id"))
    return PublishedSite(publication=publication, key=key, **values)


def landlords_of(publication: Publication) -> list[int]:
    """Return the ids of the landlords whose sites a person sees in a publication."""
    sites = PublishedSite.objects.filter(publication=publication).order_by()
    return list(sites.values_list("shared_by_id", flat=True).distinct())
