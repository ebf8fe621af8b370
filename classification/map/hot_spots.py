"""Read the residences of a viewport that the night found in a hot spot; nothing is computed here.

Who may not read the reasons to watch is shown none, and a residence at rest for who asks is left out, as on the list of
places to watch.
"""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import Scope
from classification.foresight.reading import QUARTER
from classification.foresight.services import at_rest
from classification.foresight.wording import hot_said
from classification.indicators.measures import LEAST
from classification.models import Rest, SignalKind, SiteLevel
from classification.residence.wording import typeset
from core.opaque import written
from incidents.models import Incident

# Up to this many are drawn and listed, those with the highest Gi* first.
SHOWN = 200
_HOT = Q(residence__signals__kind=SignalKind.HOT)


def reads_hot_spots(scope: Scope) -> bool:
    """Say whether the person is shown the reasons to watch."""
    return scope.has(Role.LEAD, Role.COORDINATOR)


def hot_spots(sites: QuerySet[SiteLevel]) -> dict[str, Any]:
    """Return the hot spots among residences, or among those of addresses, as the map draws and lists them.

    ``sites`` are ``[residence, longitude, latitude, mark, name, landlord, commune, why]``, in one statement; ``more`` says
    that there are others; ``few`` that nothing was told because hardly anything was recorded, which is asked only where
    there is none.
    """
    resting = Exists(Rest.objects.filter(at_rest(), residence=OuterRef("residence")).order_by())
    places = SiteLevel.objects.filter(residence__in=sites.order_by().values("residence"), address=None)
    rows = list(
        places.filter(_HOT, ~resting, longitude__isnull=False)
        .order_by("-residence__signals__figures__z", "pk")
        .values_list(
            "residence_id", "longitude", "latitude", "mark", "residence__name", "landlord__name", "commune__name",
            "residence__signals__figures",
        )[: SHOWN + 1]
    )  # fmt: skip
    return {
        "sites": [_site(row) for row in rows[:SHOWN]],
        "more": len(rows) > SHOWN,
        "few": not rows and _hardly_anything(sites),
    }


def _site(row: tuple[Any, ...]) -> list[Any]:
    residence_id, longitude, latitude, *said, figures = row
    # Five decimals are about a metre, as of every site of the map.
    at = [round(longitude, 5), round(latitude, 5)]
    return [written("residence", residence_id), *at, *said, typeset(hot_said(figures))]


def _hardly_anything(sites: QuerySet[SiteLevel]) -> bool:
    since = timezone.localdate() - dt.timedelta(QUARTER)
    recorded = Incident.objects.current().filter(
        day__gt=since, span_end=None, residence__in=sites.order_by().values("residence")
    )
    return len(recorded.order_by().values_list("pk")[:LEAST]) < LEAST
