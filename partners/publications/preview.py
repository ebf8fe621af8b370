"""Read what a publication would give a circle, for its coordinator, exactly as its members would see it."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import F

from accounts.enums import AuditAction
from accounts.models import Organisation
from accounts.scope import Scope
from classification.method.scale import Mark
from classification.models import Closing
from core.order import in_french
from partners.assessed import previewed_of
from partners.enums import Precision
from partners.models import Circle, Mandate, Publication
from partners.readers import write_territory_entry
from partners.snapshot import Previewed, preview_at

from .coarse import Coarse, coarse_at, coarse_of, rows_of
from .evolution import frozen_levels
from .keys import site_key


def preview_of(
    scope: Scope, circle: Circle, as_of: dt.date, closing: Closing | None = None
) -> dict[str, Any]:
    """Return and journal what would be published to ``circle``, and who would see it.

    Args:
        scope: the acting coordinator.
        circle: who would be given it.
        as_of: the day of the levels.
        closing: the version of a campaign of that day which is given on; None has the levels worked out.
    """
    found = _found(circle, as_of, closing)
    of_campaign = {"campaign": closing.campaign_id, "number": closing.number} if closing else {}
    landlords = dict(Organisation.objects.filter(pk__in=found["landlords"]).values_list("pk", "name"))
    write_territory_entry(
        scope, AuditAction.READ, circle, territory=circle.territory,
        landlords=sorted(found["landlords"]), preview=as_of.isoformat(), **of_campaign,
    )  # fmt: skip
    return found | {
        "landlords": sorted(landlords.values(), key=in_french),
        "members": Mandate.objects.live()
        .filter(circle=circle, membership__isnull=False, council=F("territory__organisation"))
        .select_related("user")
        .order_by("user__full_name__french"),
    }


def _found(circle: Circle, as_of: dt.date, closing: Closing | None) -> dict[str, Any]:
    if circle.precision == Precision.NEIGHBOURHOOD:
        return _counts(coarse_of(closing) if closing else coarse_at(circle.territory, as_of))
    return _sites(circle, as_of, previewed_of(closing) if closing else preview_at(circle.territory, as_of))


def _counts(coarse: Coarse) -> dict[str, Any]:
    """Return the lines that a circle by neighbourhood would see; ``total`` says whether there is any site at all."""
    landlords = {landlord for landlord, _commune in coarse.shares}
    return {"rows": rows_of(coarse.counts), "total": len(coarse.shares), "landlords": landlords}


def _sites(circle: Circle, as_of: dt.date, sites: list[Previewed]) -> dict[str, Any]:
    """Return the sites that would be published, and the changes since the last publication."""
    counts = Counter(site.mark for site in sites)
    earlier = Publication.objects.filter(circle=circle, as_of__lt=as_of, withdrawn_at=None)
    last = earlier.order_by("as_of").last()
    frozen = frozen_levels([last.pk], heard=True)[last.pk] if last else {}
    before = [frozen.get(site_key(circle.pk, site.opaque_id)) for site in sites]
    return {
        "levels": [(mark, counts[mark]) for mark in reversed(Mark) if mark or counts[mark]],
        "total": len(sites),
        "unseen": sum(site.unseen for site in sites),
        "decided": sum(site.decided_on is not None for site in sites),
        "sites": list(zip(sites, before, strict=True)),
        "last": last,
        "landlords": {site.landlord_id for site in sites},
    }
