"""Have the landlords of the fiction decide about the levels of their residences."""

import datetime as dt

from accounts.models import Organisation, User
from accounts.scope import acting_as
from classification.decisions.queue import led_sites, ordered
from classification.decisions.services import confirm, decide, shown_version
from classification.method.scale import Level
from classification.models import SiteLevel
from demo.story import LANDLORDS

from .people import People

# One landlord has not answered yet; every other has left a few for later.
_SILENT = LANDLORDS[3]
_LATER = 3
_REASON = "Les abords de l’école sont touchés chaque soir, au-delà de ce qui est saisi."


def decide_levels(people: People, at: dt.datetime) -> None:
    """Have the leads decide about the levels that the last evaluation proposed."""
    names = dict(Organisation.objects.values_list("pk", "name"))
    for landlord, lead in people.leads.items():
        if names[landlord] != _SILENT:
            _decide(lead, at)


def _decide(lead: User, at: dt.datetime) -> None:
    """Have a lead confirm most of what nothing contests, and retain a higher level at the first site of level 3."""
    with acting_as(lead) as scope:
        sites = list(ordered(led_sites()))
        departs = next((site for site in sites if site.level == Level.DELINQUENCY and not site.silent), None)
        if departs and departs.retained is None:
            decide(
                scope, departs.residence_id, retained=Level.TENSION.value, reason=_REASON,
                version=shown_version(departs, None), at=at,
            )  # fmt: skip
        confirm(scope, _versions(sites, departs), at=at)


def _versions(sites: list[SiteLevel], departs: SiteLevel | None) -> dict[int, str]:
    rest = [site for site in sites if site is not departs][:-_LATER]
    return {site.residence_id: shown_version(site, None) for site in rest}
