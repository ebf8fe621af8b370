"""Read what is contested in campaigns, and how it was settled, in a constant number of queries."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from classification.campaigns.reading import open_to
from classification.models import Campaign, CampaignState, Contest, Settlement

SHOWN = 100
_IS_SETTLED = Exists(Settlement.objects.filter(contest=OuterRef("pk")).order_by())


@dataclass(frozen=True, slots=True)
class Contested:
    """A contested site with the conclusions about it, the last first.

    Attributes:
        contest: who contests it, why and since when.
        settlements: what the workshop concluded; the first one counts.
    """

    contest: Contest
    settlements: list[Settlement]

    @property
    def last(self) -> Settlement | None:
        """The conclusion that counts; None where the site is not settled."""
        return self.settlements[0] if self.settlements else None

    @property
    def former(self) -> list[Settlement]:
        """The conclusions that were corrected since."""
        return self.settlements[1:]


def contested_in(campaign: Campaign, *, manages: bool) -> tuple[list[Contested], bool]:
    """Return the contested sites of a campaign that stand, the unsettled first, as far as :data:`SHOWN`.

    Returns:
        The sites, and whether some are left out.
    """
    rows = Contest.objects.filter(
        open_to(campaign.territory_id, manages=manages), campaign=campaign, withdrawn_at=None
    )
    if campaign.state == CampaignState.OPEN:
        # An open campaign asks about a merged residence no more; one that is closed stays as it was.
        rows = rows.filter(residence__merged_into=None)
    ordered = rows.alias(settled=_IS_SETTLED).order_by("settled", "residence__name__french", "pk")
    found = _with_settlements(ordered[: SHOWN + 1])
    return found[:SHOWN], len(found) > SHOWN


def history_of(campaign: Campaign, residence_id: int, *, manages: bool) -> list[Contested]:
    """Return what was contested at a site in a campaign, the last first, what was taken back included."""
    visible = open_to(campaign.territory_id, manages=manages)
    rows = Contest.objects.filter(visible, campaign=campaign, residence=residence_id)
    return _with_settlements(rows.order_by("-made_at", "-pk")[:SHOWN])


def contested_sites(campaign: Campaign, residence_ids: Collection[int]) -> dict[int, bool]:
    """Return whether those of some residences that are contested in a campaign are settled, by residence id."""
    rows = Contest.objects.filter(campaign=campaign, residence__in=residence_ids, withdrawn_at=None)
    return dict(rows.order_by().values_list("residence_id", _IS_SETTLED))


def unsettled_among(residence_ids: Collection[int]) -> set[int]:
    """Return the residences contested in an open campaign that no workshop has settled."""
    rows = Contest.objects.filter(
        residence__in=residence_ids, withdrawn_at=None, campaign__state=CampaignState.OPEN, settlements=None
    )
    return set(rows.order_by().values_list("residence_id", flat=True))


def recommended_for(residence_ids: Collection[int]) -> dict[int, Settlement]:
    """Return the conclusion that counts of residences in open campaigns, where it recommends a level, by residence id."""
    rows = Settlement.objects.filter(
        residence__in=residence_ids, contest__withdrawn_at=None, campaign__state=CampaignState.OPEN
    )
    last = rows.order_by("residence_id", "-settled_at", "-pk").distinct("residence_id")
    return {row.residence_id: row for row in last if row.recommended is not None}


def _with_settlements(contests: QuerySet[Contest]) -> list[Contested]:
    found = list(contests.select_related("residence", "landlord", "commune"))
    settled: dict[int, list[Settlement]] = {one.pk: [] for one in found}
    for row in Settlement.objects.filter(contest__in=list(settled)).order_by("contest_id", "-number"):
        settled[row.contest_id].append(row)
    return [Contested(one, settled[one.pk]) for one in found]
