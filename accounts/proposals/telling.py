"""Have those mailed, without content, whose word on a proposal is awaited in its organisation."""

from accounts.enums import Confirmation, MailKind, Role
from accounts.mail.services import send_told
from accounts.models import Membership, Proposal, User
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
