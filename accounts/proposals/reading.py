"""Read which roles are proposed: to oneself, by oneself, and in the organisations that one leads."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from accounts.enums import Confirmation, MailState, ProposalState, Role
from accounts.models import Mail, Proposal
from accounts.proposals.model import AWAITING
from accounts.scope import Scope, system_scope

from .rules import may_confirm

_UNANSWERED = (ProposalState.REFUSED, ProposalState.LAPSED)


@dataclass(frozen=True)
class Told:
    """What a first page says of proposals, with the names of whom they name.

    Attributes:
        offered: what is proposed to the person, to accept or refuse.
        to_confirm: what an administrator proposes in an organisation for which the person confirms it.
        ended: what the person proposed, and nobody accepted, or somebody else set aside before it was confirmed.
        unconfirmed: what was given in an organisation of the person's while nobody there could confirm it.
    """

    offered: list[Proposal]
    to_confirm: list[Proposal]
    ended: list[Proposal]
    unconfirmed: list[Proposal]

    def __bool__(self) -> bool:
        """Say whether there is something to say."""
        return any((self.offered, self.to_confirm, self.ended, self.unconfirmed))


def told_to(scope: Scope) -> Told:
    """Return what the first page of the acting person says of proposals."""
    me, roles = scope.person_id, scope.roles
    waits = Q(state=ProposalState.WAITING, lapses_on__gt=timezone.localdate())
    awaited = Q(confirmation__in=AWAITING)
    led = Q(organisation__in=roles.get(Role.LEAD, ()))
    coordinated = Q(organisation__in=roles.get(Role.COORDINATOR, ()), role__in=(Role.COORDINATOR, Role.DPO))
    officers = Q(organisation__in=roles.get(Role.DPO, ()))
    set_aside = Q(state=ProposalState.WITHDRAWN, confirmation__in=AWAITING)
    given = Q(confirmation=Confirmation.NOBODY, state=ProposalState.ACCEPTED)
    conditions = {
        "offered": waits & ~awaited & Q(user=me),
        "to_confirm": waits & awaited & (led | coordinated | officers) & ~Q(user=me) & ~Q(proposed_by=me),
        "ended": Q(proposed_by=me) & (Q(state__in=_UNANSWERED) | set_aside) & ~Q(seen_by__contains=[me]),
        "unconfirmed": given & (led | coordinated | officers) & ~Q(user=me) & ~Q(seen_by__contains=[me]),
    }
    found: dict[str, list[int]] = {name: [] for name in conditions}
    kinds = Case(*(When(condition, then=Value(name)) for name, condition in conditions.items()))
    rows = Proposal.objects.annotate(kind=kinds).exclude(kind=None).order_by("pk")
    for pk, kind in rows.values_list("pk", "kind"):
        found[kind].append(pk)
    named = named_by_id([pk for ids in found.values() for pk in ids])
    told = {kind: [named[pk] for pk in ids] for kind, ids in found.items()}
    told["to_confirm"] = [proposal for proposal in told["to_confirm"] if may_confirm(scope, proposal)]
    return Told(**told)


def named_by_id(ids: Iterable[int]) -> dict[int, Proposal]:
    """Return proposals with the names of whom they name, by id; whoever sees a proposal may read these."""
    if not (asked := list(ids)):
        return {}
    with system_scope("proposals"):
        named = Proposal.objects.select_related("organisation", "inviting", "proposed_by")
        return {proposal.pk: proposal for proposal in named.filter(pk__in=asked)}


def proposals_of(scope: Scope) -> "QuerySet[Proposal]":
    """Return the proposals that the acting person manages or confirms, with their mails: not those made to them."""
    mails = Prefetch("mails", Mail.objects.exclude(state=MailState.DROPPED).order_by("-pk"), to_attr="sent")
    return Proposal.objects.exclude(user=scope.user_id).prefetch_related(mails)
