"""Read what a campaign says of each of its sites, as it was frozen or as an open one proposes it now."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.db.models import Q

from classification.method.scale import Level, mark_of
from classification.models import Assessment, Campaign, CampaignSite, Closing
from classification.residence.snapshot import (
    awaiting_sight,
    disruptions_by_residence,
    findings_by_residence,
)
from core.plans import joining_sets
from sites.models import Residence

from .progress import standing_of
from .reading import frozen_sites, open_to

_FIELDS = (
    "residence_id", "landlord_id", "landlord__name", "commune__name", "commune__code", "name", "dwellings", "level", "retained",
    "silent", "level_before", "unseen",
)  # fmt: skip
# What :attr:`Side.heard` says, as SQL, of the row of an assessment named ``b``.
HEARD = (
    "CASE WHEN b.silent AND coalesce(b.retained, 1) = 1 AND b.level_before IS NOT NULL THEN b.level_before"
    " ELSE coalesce(b.retained, b.level) END"
)


class Side(NamedTuple):
    """What one campaign says of a site."""

    residence_id: int
    landlord_id: int
    landlord: str
    commune: str
    code: str
    name: str
    dwellings: int
    level: int
    retained: int | None
    silent: bool
    level_before: int | None
    unseen: bool

    @property
    def shown(self) -> int:
        """The level that counts: the retained one, else the proposed one."""
        return self.retained or self.level

    @property
    def mark(self) -> int:
        """What it is shown with (:class:`~classification.method.scale.Mark`)."""
        return mark_of(self.shown, silent=self.silent)

    @property
    def heard(self) -> int:
        """The level that it was last known to have: of one whose recording stopped, the one before the silence."""
        quiet = self.retained is None or self.retained == Level.QUIET
        return self.level_before if quiet and self.silent and self.level_before else self.shown

    @property
    def departs(self) -> bool:
        """True when its landlord retained another level than the proposed one."""
        return self.retained is not None and self.retained != self.level


class Evidence(NamedTuple):
    """What both tables rest on at a site: the findings of table 2, and the disruptions of table 1."""

    findings: list[dict[str, Any]]
    disruptions: list[dict[str, Any]]


class Sites(Protocol):
    """The sites of a campaign, as the acting person sees them; each method takes a fixed number of queries."""

    @property
    def campaign(self) -> Campaign:
        """The campaign."""

    def read(self) -> dict[int, Side]:
        """Return what it says of each site, by residence id."""

    def evidence(self, residence_ids: Collection[int]) -> dict[int, Evidence]:
        """Return what the levels of residences rest on, by residence id."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """The sites that a closing froze; ``manages`` as for :func:`.reading.frozen_sites`."""

    closing: Closing
    manages: bool = True

    @property
    def campaign(self) -> Campaign:
        """The campaign that was closed."""
        return self.closing.campaign

    def read(self) -> dict[int, Side]:
        """Return what was frozen of each site, by residence id."""
        rows = frozen_sites(self.closing, manages=self.manages).order_by().values_list(*_FIELDS)
        with joining_sets():
            return {row[0]: Side(*row) for row in rows}

    def evidence(self, residence_ids: Collection[int]) -> dict[int, Evidence]:
        """Return what the frozen levels of residences rest on, by residence id."""
        rows = Assessment.objects.filter(closing=self.closing, residence__in=list(residence_ids)).order_by()
        found = rows.values_list("residence_id", "findings", "disruptions")
        return {pk: Evidence(findings, disruptions) for pk, findings, disruptions in found}


@dataclass(frozen=True, slots=True)
class Running:
    """The sites of an open campaign, with what it proposes now and the decisions that count so far."""

    campaign: Campaign
    manages: bool = True

    def read(self) -> dict[int, Side]:
        """Return what is proposed and retained of each site so far, by residence id."""
        standing = {site.residence_id: site for site in standing_of(self.campaign)}
        visible = open_to(self.campaign.territory_id, manages=self.manages)
        with joining_sets():
            places = _places(visible, list(standing))
        unseen = awaiting_sight(self.campaign.grid_version, self.campaign.as_of, list(places))
        return {
            pk: Side._make(
                (*place, standing[pk].level, standing[pk].retained, standing[pk].silent, None, pk in unseen)
            )
            for pk, place in places.items()
        }

    def evidence(self, residence_ids: Collection[int]) -> dict[int, Evidence]:
        """Return what the proposed levels of residences rest on, by residence id."""
        ids = list(residence_ids)
        findings = findings_by_residence(self.campaign.grid_version, self.campaign.as_of, ids)
        disruptions = disruptions_by_residence(self.campaign.grid_version, self.campaign.as_of, ids)
        return {pk: Evidence(findings.get(pk, []), disruptions.get(pk, [])) for pk in ids}


def _places(visible: Q, residence_ids: list[int]) -> dict[int, tuple[Any, ...]]:
    rows = Residence.objects.filter(visible, pk__in=residence_ids).order_by()
    fields = ("pk", "landlord_id", "landlord__name", "commune__name", "commune__code", "name", "dwellings")
    return {row[0]: row for row in rows.values_list(*fields)}


def is_proposed(campaign: Campaign) -> bool:
    """Say whether the worker has proposed a level of an open campaign that the acting person sees."""
    return CampaignSite.objects.filter(campaign=campaign).exists()
