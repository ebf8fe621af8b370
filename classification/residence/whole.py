"""Read why a residence as a whole has its level, without its history and its addresses."""

from sites.models import Residence

from .evidence import count_facts
from .sheet import SheetPlace, disruptions_of, findings_of, observations_of, place_at


def whole_of(residence: Residence) -> SheetPlace | None:
    """Return the residence as a whole with what both tables rest on; None until the first evaluation."""
    site = residence.sitelevels.select_related("grid_version").filter(address=None).first()
    if site is None:
        return None
    findings = findings_of(residence, observations_of(residence))
    return place_at(site, None, findings, disruptions_of(residence, site), count_facts(residence, site))
