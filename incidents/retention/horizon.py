"""Say of which past days a level can be computed no more, because records that it would count were erased."""

import datetime as dt

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from core.dates import long_date
from incidents.models import Horizon

# The engine looks back a year.
LOOKS_BACK = dt.timedelta(364)
# Somebody may ask for the year 1.
_EARLIEST = dt.date(1970, 1, 1)


def landlords_erased(as_of: dt.date) -> set[int]:
    """Return the ids of the visible landlords of which a record was erased that a level at ``as_of`` would count."""
    return set(_reaching(as_of).values_list("landlord_id", flat=True))


def _reaching(as_of: dt.date, back: dt.timedelta = LOOKS_BACK) -> QuerySet[Horizon]:
    return Horizon.objects.filter(erased_until__gte=max(as_of, _EARLIEST) - back)


def said_of(as_of: dt.date) -> str:
    """Return the sentence that says that records of a visible landlord are missing at ``as_of``; empty where all are there.

    A level is shown with those of the year before, which look back a year too.
    """
    last: dt.date | None = _reaching(as_of, 2 * LOOKS_BACK).aggregate(last=Max("erased_until"))["last"]
    if last:
        return _(
            "Des faits antérieurs au %(day)s ont été effacés au terme de leur conservation : un niveau à cette date serait"
            " plus bas qu’il n’était."
        ) % {"day": long_date(last + dt.timedelta(1))}
    return ""


def erased_since(first: dt.date) -> dict[int, dt.date]:
    """Return, by visible landlord, the last day of which a record was erased, where it is ``first`` or later."""
    return dict(Horizon.objects.filter(erased_until__gte=first).values_list("landlord_id", "erased_until"))
