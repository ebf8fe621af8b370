"""Read the sites to publish to a circle, and freeze them as a publication."""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from classification.engine.services import grid_of_territory
from classification.models import Closing, GridVersion
from core.jobs import JobError
from partners.assessed import sites_of
from partners.closings import check_counts_still
from partners.enums import Precision
from partners.models import (
    Circle,
    Publication,
    PublicationRequest,
    PublishedCount,
    PublishedSite,
    Withdrawal,
)
from partners.snapshot import Site, Tell, say_nothing, sites_at
from partners.withdrawals import services as withdrawals

from .coarse import Coarse, coarse_at, coarse_of, refusal_of
from .keys import site_key


@dataclass(frozen=True)
class State:
    """What a circle of a territory is given at a date, with the grid that classified it.

    Attributes:
        sites: the ranked sites; none for a circle by neighbourhood.
        coarse: what a circle by neighbourhood is told; None for others.
        closing: the version of a campaign that froze it; None where it was worked out.
    """

    circle: Circle
    as_of: dt.date
    version: GridVersion
    sites: list[Site]
    coarse: Coarse | None = None
    closing: Closing | None = None

    @property
    def shares(self) -> list[tuple[int, int]]:
        """The ids of landlord and commune of its sites, counted or named."""
        return self.coarse.shares if self.coarse else [(s.shared_by_id, s.shared_in_id) for s in self.sites]


def closed_state(circle: Circle, closing: Closing) -> State:
    """Return what to publish to ``circle`` of what a campaign froze; the isolation level as for :func:`sites_of`.

    Raises:
        JobError: nothing of it can be given any more, or not to this circle.
    """
    campaign = closing.campaign
    coarse = coarse_of(closing) if circle.precision == Precision.NEIGHBOURHOOD else None
    sites = [] if coarse else sites_of(closing, circle)
    state = State(circle, campaign.as_of, campaign.grid_version, sites, coarse, closing)
    if not state.shares:
        raise JobError(
            _("Rien de cette campagne n’est plus partagé avec ce territoire, ou n’est plus gardé.")
        )
    if said := refusal_of(circle, closing):
        raise JobError(said)
    return state


def state_of(circle: Circle, as_of: dt.date, tell: Tell = say_nothing) -> State:
    """Return what to publish to ``circle``; ``tell`` and the isolation level as for :func:`sites_at`."""
    version = grid_of_territory(circle.territory_id, as_of)
    if circle.precision == Precision.NEIGHBOURHOOD:
        return State(circle, as_of, version, [], coarse_at(circle.territory, as_of))
    return State(circle, as_of, version, sites_at(circle.territory, as_of, tell=tell))


@transaction.atomic
def give(scope: Scope, state: State, *, at: dt.datetime | None = None) -> Publication:
    """Freeze a state as a publication to its circle.

    ``at`` is the date of publication in demonstration and test data; by default it is now.

    Raises:
        IntegrityError: that day was published to the circle already.
    """
    landlords = sorted({landlord for landlord, _commune in state.shares})
    coarse = state.coarse
    publication = Publication.objects.create(
        circle=state.circle,
        territory=state.circle.territory,
        as_of=state.as_of,
        grid_version=state.version,
        precision=state.circle.precision,
        **_origin(state.closing),
        landlords=landlords,
        shares=[f"{landlord}:{commune}" for landlord, commune in coarse.shares] if coarse else [],
        published_at=at or timezone.now(),
        published_by_id=scope.user_id,
    )
    sites = [_frozen(publication, site) for site in state.sites]
    PublishedSite.objects.bulk_create(sites, batch_size=500)
    if coarse:
        PublishedCount.objects.bulk_create(_counted(publication, coarse), batch_size=500)
    # How many sites were counted is nobody's to subtract from, in the journals of landlords either.
    detail: dict[str, Any] = {} if coarse else {"sites": len(sites)}
    if state.closing:
        detail |= {"campaign": state.closing.campaign_id, "number": state.closing.number}
    write_entry(
        scope,
        AuditAction.PUBLISH,
        publication,
        organisation_id=state.circle.territory.organisation_id,
        concerns=landlords,
        circle=state.circle.pk,
        as_of=state.as_of.isoformat(),
        precision=state.circle.precision,
        **detail,
    )
    return publication


def _origin(closing: Closing | None) -> dict[str, Any]:
    """Return what a publication says of the campaign it comes from, in words for readers who see no campaign."""
    if closing is None:
        return {}
    said = {"campaign_name": closing.campaign.name, "campaign_version": closing.number}
    return {"closing": closing, **said}


def answer(scope: Scope, request: PublicationRequest, state: State, *, site_url: str = "") -> None:
    """Publish the requested state, and mark the request as done in the same transaction.

    The publication that it supersedes is withdrawn, unless it was already, and says which one replaces it.

    Raises:
        JobError: that day was published to the circle meanwhile, or the version of the campaign counts no more.
    """
    try:
        with transaction.atomic():
            if state.closing:
                check_counts_still(state.closing)
            withdrawal = _take_away(scope, request, site_url)
            request.publication = give(scope, state)
            if withdrawal:
                withdrawal.replacement = request.publication
                withdrawal.save(update_fields=["replacement"])
    except IntegrityError:
        standing = Publication.objects.filter(circle=state.circle, as_of=state.as_of, withdrawn_at=None)
        if not standing.exists():
            raise
        raise JobError(_("Cette cellule a déjà reçu les niveaux de ce jour.")) from None
    request.save(update_fields=["publication", *request.mark_done()])


def _take_away(scope: Scope, request: PublicationRequest, site_url: str) -> Withdrawal | None:
    """Withdraw what the request supersedes; return the withdrawal in force, None where it supersedes nothing."""
    if request.supersedes is None:
        return None
    former = withdrawals.held(request.supersedes)
    if former.withdrawn_at is None:
        return withdrawals.take_away(scope, former, reason=request.reason, site_url=site_url)
    return withdrawals.in_force(former)


def _frozen(publication: Publication, site: Site) -> PublishedSite:
    values = asdict(site)
    key = site_key(publication.circle_id, values.pop("opaque_id"))
    if publication.by_residence:
        # What the landlord wrote about its decision may name an address or a stairwell.
        values |= {"addresses": [], "longitude": None, "latitude": None, "decision_reason": ""}
    return PublishedSite(publication=publication, precision=publication.precision, key=key, **values)


def _counted(publication: Publication, coarse: Coarse) -> list[PublishedCount]:
    return [
        PublishedCount(
            publication=publication,
            commune_id=count.commune_id,
            neighbourhood=count.neighbourhood,
            mark=count.mark,
            at_least=count.at_least,
        )
        for count in coarse.counts
    ]
