"""Have those mailed, without content, whose word on a proposal is awaited in its organisation."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.enums import Confirmation, MailKind, ProposalState, Role
from accounts.mail.services import send_told
from accounts.models import Membership, Proposal, User
from accounts.proposals.model import AWAITING
from accounts.scope import system_scope

from . import rules


def tell_organisation(proposal: Proposal) -> None:
    """Tell those who are to confirm a role, or to take note of one that nobody there could confirm.

    Neither its person nor whoever proposed it is told.
    """
    roles = rules.confirming(proposal)
    if proposal.confirmation == Confirmation.NOBODY:
        roles.add(Role.DPO)
    with system_scope("proposals"):
        holding = Membership.objects.live().filter(organisation=proposal.organisation_id, role__in=roles)
        rows = User.objects.filter(pk__in=holding.order_by().values("user"), is_active=True)
        told = list(rows.exclude(pk__in=(proposal.user_id, proposal.proposed_by_id)).order_by("pk"))
    for user in told:
        send_told(user=user, kind=MailKind.AWAITED)


@contextmanager
def officers_told(**whose: object) -> Iterator[None]:
    """Tell the data-protection officers of what only they confirm any more after the block ended somebody's role or account.

    Args:
        whose: conditions on the roles of that person, which name the organisations.
    """
    before = _awaiting_others(**whose)
    yield
    for proposal in before:
        if rules.officer_confirms(proposal):
            tell_organisation(proposal)


def _awaiting_others(**whose: object) -> list[Proposal]:
    """Return what waits for the word of somebody else than the officer in the organisations of some roles."""
    with system_scope("proposals"):
        held = Membership.objects.live().filter(**whose).order_by().values("organisation")
        waiting = Proposal.objects.filter(
            state=ProposalState.WAITING, confirmation__in=AWAITING, organisation__in=held
        )
        return [
            proposal
            for proposal in waiting.order_by("pk")
            if proposal.waits and rules.who_confirms(proposal) == Confirmation.AWAITED
        ]
