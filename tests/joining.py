"""Have people join circles as they do: invited by the coordinator, by their own acceptance."""

from django.utils import timezone

from accounts.models import Proposal
from accounts.proposals.answering import accept
from accounts.scope import acting_as
from partners.circles.invitations import Invited, propose
from partners.models import Mandate


def invited(side, email: str, *, organisation=None, **dates) -> Mandate:
    """Invite an address to the circle of a side."""
    who = Invited(email, "Comme écrit", organisation or side.police)
    with acting_as(side.coordinator) as scope:
        return propose(scope, circle=side.circle, invited=who, **{"starts_on": timezone.localdate()} | dates)


def joins(side, user, *, organisation=None, **dates) -> Mandate:
    """Invite a person to the circle of a side, and have them accept."""
    mandate = invited(side, user.email, organisation=organisation, **dates)
    with acting_as(user) as scope:
        accept(scope, proposal=Proposal.objects.get(mandate=mandate))
    return mandate
