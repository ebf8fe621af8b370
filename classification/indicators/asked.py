"""Name what is asked of the indicators."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from incidents.models import Incident
from sites.models import Territory
from sites.perimeter import is_shared_with

from .periods import Period


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted: facts, and disruptions and observations of the same places, in two periods.

    Attributes:
        facts: the facts to count of.
        places: the landlord and the residence, as conditions on any record of a place.
        family: the family of facts, "" for all.
        reads_own: whether the person holds a landlord's role, and may read the confidential columns of their own facts.
        territory: the territory with which the places are shared; None for all places that the person sees.
    """

    facts: QuerySet[Incident]
    places: dict[str, int]
    family: str
    period: Period
    compared: Period
    reads_own: bool
    territory: Territory | None = None

    @property
    def here(self) -> Q:
        """The condition on any record of a place: of the landlord and the residence, and what is shared with the territory."""
        chosen = Q(**self.places)
        return chosen & is_shared_with(self.territory.pk) if self.territory else chosen
