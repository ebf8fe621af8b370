"""Say who may be proposed what, who confirms it, and why a proposal cannot be accepted."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import errors

from accounts.enums import (
    LANDLORD_ROLES,
    PARTNER_KINDS,
    ROLES_OF,
    Confirmation,
    OrganisationKind,
    ProposalState,
    Role,
)
from accounts.models import Membership, Organisation, Proposal, User
from accounts.scope import Scope, system_scope


def check_new(scope: Scope, *, user: User, role: Role, organisation: Organisation) -> None:
    """Check that a role may be proposed to an account.

    That a person holds the role of a partner or an administrator is told to administrators alone, who see every role:
    of a lead's invitation it is told to that person, when they accept.

    Raises:
        ValidationError: it may not be.
    """
    if role not in ROLES_OF[OrganisationKind(organisation.kind)]:
        raise ValidationError(_("Ce rôle n’existe pas dans un organisme de cette nature."))
    if user.pk == scope.user_id:
        raise ValidationError(_("On ne se donne pas un rôle à soi-même : demandez-le à quelqu’un d’autre."))
    if Membership.objects.filter(user=user, role=role, organisation=organisation).live().exists():
        raise ValidationError(_("Cette personne a déjà ce rôle dans cet organisme."))
    if scope.has(Role.ADMIN) and on_other_side(user.pk, role, organisation):
        raise ValidationError(str(_SIDES_OF_OTHERS))


def on_other_side(user_id: int, role: str, organisation: Organisation) -> bool:
    """Say whether a role and those that a person holds are a landlord's and a partner's or an administrator's."""
    with system_scope("proposals"):
        going_on = Q(ends_on=None) | Q(ends_on__gt=timezone.localdate())
        rows = Membership.objects.filter(going_on, user=user_id).order_by()
        held = list(rows.values_list("role", "organisation__kind"))
    if role in LANDLORD_ROLES:
        return any(_is_partners(*each) for each in held)
    return _is_partners(role, organisation.kind) and any(each in LANDLORD_ROLES for each, _kind in held)


@contextmanager
def sides_apart() -> Iterator[None]:
    """Refuse, in the sentence for its person, a role that the database keeps from another one accepted at that moment."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if isinstance(error.__cause__, errors.CheckViolation):
            raise ValidationError(str(_SIDES)) from error
        raise


def _is_partners(role: str, kind: str) -> bool:
    return role in {Role.PARTNER, Role.ADMIN} or kind in PARTNER_KINDS


def manages(scope: Scope, proposal: Proposal) -> bool:
    """Say whether the acting person may take back a proposal, or have it sent again: never one to themselves.

    Invitations to a circle are those of the coordinators of its territory too.
    """
    leads = proposal.organisation_id in scope.roles.get(Role.LEAD, ())
    coordinates = bool(proposal.purpose) and proposal.inviting_id in scope.roles.get(Role.COORDINATOR, ())
    return proposal.user_id != scope.user_id and (leads or coordinates or scope.has(Role.ADMIN))


def may_confirm(scope: Scope, proposal: Proposal) -> bool:
    """Say whether the acting person confirms such a role in the proposal's organisation, and neither gave nor takes this one."""
    if scope.user_id in {proposal.user_id, proposal.proposed_by_id}:
        return False
    return any(proposal.organisation_id in scope.roles.get(role, ()) for role in confirming(proposal))


def confirming(proposal: Proposal) -> set[Role]:
    """Return the roles of its organisation that confirm a proposal today.

    Its officer does where nobody who could is left there, whoever was when it was proposed.
    """
    roles = {Role.LEAD}
    if proposal.role in {Role.COORDINATOR, Role.DPO}:
        roles.add(Role.COORDINATOR)
    if proposal.role == Role.DPO or officer_confirms(proposal):
        roles.add(Role.DPO)
    return roles


def officer_confirms(proposal: Proposal) -> bool:
    """Say whether a proposal awaits the word of the data-protection officer, for want of anybody else there."""
    if not proposal.unconfirmed:
        return False
    with system_scope("proposals"):
        return who_confirms(proposal) != Confirmation.AWAITED


def may_copy_link(scope: Scope, proposal: Proposal) -> bool:
    """Say whether the acting person may be shown the link by which the person chooses a first password.

    Whoever has the link can take the account, and all that is proposed to it: it is shown to the administrator who
    proposed the role, as long as nobody else proposed or gave anything to that account.
    """
    if not (scope.has(Role.ADMIN) and awaits_its_person(proposal)) or proposal.user_id == scope.user_id:
        return False
    if _has_to_do_with_others(scope, proposal.user_id):
        return False
    return proposal.user.is_active and not proposal.user.has_usable_password()


def _has_to_do_with_others(scope: Scope, user_id: int) -> bool:
    """Say whether an account holds a role, or is proposed one by anybody but the acting person."""
    with system_scope("proposals"):
        of_others = Proposal.objects.filter(user=user_id).exclude(proposed_by=scope.user_id)
        return of_others.exists() or Membership.objects.filter(user=user_id).exists()


def awaits_its_person(proposal: Proposal) -> bool:
    """Say whether a proposal waits for the answer of the person, and for nothing else."""
    return proposal.waits and not proposal.unconfirmed


def who_confirms(proposal: Proposal) -> Confirmation:
    """Return who would confirm the role for its organisation if it were proposed today, in the scope "proposals"."""
    with connection.cursor() as cursor:
        but = [proposal.user_id, proposal.proposed_by_id]
        cursor.execute(
            "SELECT palier_who_confirms(%s, %s, %s::bigint[])", [proposal.organisation_id, proposal.role, but]
        )
        return Confirmation(cursor.fetchone()[0])


def why_not(proposal: Proposal) -> str:
    """Return why its person cannot accept a proposal, in a sentence for them; "" where they can."""
    if sentence := _ENDED.get(proposal.state):
        return str(sentence)
    if not proposal.waits:
        return str(_ENDED[ProposalState.LAPSED])
    with system_scope("proposals"):
        named = Proposal.objects.select_related("user", "organisation", "proposed_by").get(pk=proposal.pk)
    reasons = (
        (not named.user.is_active, _("Votre compte est fermé.")),
        (
            named.unconfirmed,
            _("%s doit d’abord confirmer cette proposition.") % named.organisation,
        ),
        (
            not _still_given(named),
            _("Qui vous l’a proposé n’a plus ce pouvoir : demandez une nouvelle proposition."),
        ),
        (on_other_side(named.user_id, named.role, named.organisation), str(_SIDES)),
    )
    return next((sentence for holds, sentence in reasons if holds), "")


def _still_given(proposal: Proposal) -> bool:
    """Say whether whoever proposed a role could still do so, or the organisation has confirmed it."""
    if proposal.confirmation == Confirmation.GIVEN:
        return True
    with system_scope("proposals"):
        rows = Membership.objects.live().filter(user=proposal.proposed_by_id).order_by()
        held = set(rows.values_list("role", "organisation_id"))
    able = {(Role.LEAD, proposal.organisation_id), (Role.COORDINATOR, proposal.inviting_id)} & held
    return proposal.proposed_by.is_active and bool(able or any(role == Role.ADMIN for role, _pk in held))


_ENDED: dict[str, Promise] = {
    ProposalState.ACCEPTED: gettext_lazy("Vous avez déjà accepté ce rôle."),
    ProposalState.REFUSED: gettext_lazy("Vous avez déjà refusé ce rôle."),
    ProposalState.WITHDRAWN: gettext_lazy("Cette proposition a été retirée."),
    ProposalState.LAPSED: gettext_lazy(
        "Cette proposition est restée trop longtemps sans réponse : elle ne vaut plus."
    ),
}
_SIDES = gettext_lazy(
    "Les partenaires (police, justice, État) et les administrateurs n’ont pas de rôle chez un bailleur, ni l’inverse :"
    " ce rôle ne peut pas s’ajouter aux vôtres. Refusez-le, ou demandez d’abord la fin de l’autre."
)
_SIDES_OF_OTHERS = gettext_lazy(
    "Les partenaires (police, justice, État) et les administrateurs n’ont pas de rôle chez un bailleur, ni l’inverse :"
    " mettez d’abord fin à l’autre rôle de cette personne."
)
