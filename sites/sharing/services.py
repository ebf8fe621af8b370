"""Write territories, agreements and assignments, each with its journal entry."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.models import Membership, Organisation, Proposal
from accounts.proposals.services import prepare
from accounts.scope import Scope
from core.constraints import refused_as
from core.outbox import services as outbox
from core.versions import State, check_version
from sites.enums import TerritoryKind
from sites.models import Commune, Residence, ResidenceAssignment, SharingAgreement, Territory

from . import assigned
from .answering import codes_of, name_first
from .tasks import send_awaited
from .terms import concerned, state_of_council


def state_of_territory(territory: Territory) -> State:
    """Return the fields that the form of a territory writes, with their values."""
    return {
        "name": territory.name,
        "kind": territory.kind,
        "organisation": territory.organisation,
        "communes": list(territory.communes.all()),
    }


# The name under which a proposal keeps the residences foreseen for an agent.
FORESEEN = "residences"


@transaction.atomic
def save_territory(
    scope: Scope,
    *,
    territory: Territory | None,
    name: str,
    kind: TerritoryKind,
    organisation: Organisation,
    communes: Iterable[Commune],
    version: str = "",
) -> Territory:
    """Create a territory, or change its fields and communes.

    No landlord shares more by it: the leads of those whose word is needed are mailed, and the change is in the journal of each landlord that has an agreement.

    Raises:
        StaleError: the territory is no longer in the ``version`` the form was opened on.
    """
    action = AuditAction.UPDATE if territory else AuditAction.CREATE
    if territory:
        territory = Territory.objects.select_for_update().get(pk=territory.pk)
        check_version(version, territory, state_of_territory(territory))
    communes = list(communes)
    change = concerned(territory, (organisation.pk, kind), communes) if territory else None
    territory = territory or Territory()
    territory.name, territory.kind, territory.organisation = name, kind, organisation
    territory.save()
    territory.communes.set(communes)
    write_entry(
        scope, action, territory, organisation_id=organisation.pk, concerns=change.told if change else (),
        council=kind, communes=codes_of(communes),
    )  # fmt: skip
    if change:
        _tell_leads(change.asked)
    return territory


def _tell_leads(landlords: Iterable[Organisation]) -> None:
    """Have the leads of these landlords mailed that their word is awaited."""
    leads = Membership.objects.live().filter(organisation__in=landlords, role=Role.LEAD)
    for user_id in sorted(set(leads.values_list("user_id", flat=True))):
        outbox.send(send_awaited, user_id)


@transaction.atomic
def undo_communes(
    scope: Scope,
    *,
    territory: Territory,
    added: Iterable[Commune],
    removed: Iterable[Commune],
    version: str,
) -> Territory:
    """Take back a change of a territory's communes: those that it ``added`` go, those that it ``removed`` return.

    Raises:
        StaleError: the territory is no longer in the ``version`` that the change left.
    """
    communes = ({*territory.communes.all()} - {*added}) | {*removed}
    return save_territory(
        scope,
        territory=territory,
        name=territory.name,
        kind=TerritoryKind(territory.kind),
        organisation=territory.organisation,
        communes=communes,
        version=version,
    )


@transaction.atomic
def sign_agreement(
    scope: Scope,
    *,
    landlord: Organisation,
    territory: Territory,
    starts_on: dt.date,
    ends_on: dt.date | None,
    communes: Iterable[Commune] = (),
    version: str = "",
) -> SharingAgreement:
    """Share the landlord's structured facts and levels in ``communes`` with the territory's coordinator.

    Entered by anybody but the landlord's lead it shares nothing, and the leads are asked to confirm it.

    Raises:
        StaleError: the territory is no longer in the ``version`` that the lead was shown.
        ValidationError: the dates are wrong, or overlap another agreement of the same parties.
    """
    leads = landlord.pk in scope.roles.get(Role.LEAD, ())
    if leads:
        check_version(version, territory, state_of_council(territory))
    agreement = SharingAgreement(landlord=landlord, territory=territory, starts_on=starts_on, ends_on=ends_on)
    agreement.full_clean(validate_unique=False)
    with refused_as(ValidationError(_("Une période qui chevauche celle-ci existe déjà."))):
        agreement.save()
    write_entry(scope, AuditAction.CREATE, agreement, organisation_id=landlord.pk, territory=territory.pk)
    if leads:
        name_first(scope, agreement, communes)
    else:
        _tell_leads([landlord])
    return agreement


@transaction.atomic
def end_agreement(scope: Scope, *, agreement: SharingAgreement) -> None:
    """End an agreement today; one that has not begun ends on its first day.

    Raises:
        PermissionDenied: the acting person sees the agreement but may not end it.
        ValidationError: it has ended already; its end stays.
    """
    held = SharingAgreement.objects.select_for_update(of=("self",)).filter(pk=agreement.pk).first()
    if held is None:
        raise PermissionDenied
    if not held.end_today():
        raise ValidationError(_("Cette convention est déjà terminée : rien n’a été modifié."))
    write_entry(
        scope, AuditAction.CANCEL, agreement, organisation_id=agreement.landlord_id,
        territory=agreement.territory_id,
    )  # fmt: skip


def assigning(scope: Scope, proposal: Proposal) -> str | None:
    """Return the address where the residences of an agent are chosen by the lead who has just invited them."""
    led = proposal.organisation_id in scope.roles.get(Role.LEAD, ())
    if not (led and proposal.role == Role.AGENT):
        return None
    return reverse("sites:proposed_assignments", args=[proposal.pk])


def state_of_proposed_assignments(proposal: Proposal) -> State:
    """Return the residences foreseen for an invited agent, as the form of assignments writes them."""
    return {"residences": list(Residence.objects.filter(pk__in=proposal.prepared.get(FORESEEN, ())))}


@transaction.atomic
def foresee(scope: Scope, *, proposal: Proposal, residences: Iterable[Residence], version: str) -> None:
    """Keep the residences at which an invited agent is to work once they have accepted; none means all of the landlord's.

    Raises:
        StaleError: the residences are no longer in the ``version`` the form was opened on.
        ValidationError: the proposal waits no more.
    """
    held = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    check_version(version, held, state_of_proposed_assignments(held))
    prepare(scope, proposal=held, **{FORESEEN: sorted(residence.pk for residence in residences)})


def assign_foreseen(membership: Membership, residences: list[int]) -> None:
    """Have an agent who has accepted work at the residences that were foreseen, in the scope "proposals".

    Raises:
        ValidationError: some were foreseen and none of them is left; without any the agent would see all.
    """
    there = list(Residence.objects.filter(pk__in=residences, landlord_id=membership.organisation_id))
    if residences and not there:
        raise ValidationError(
            _("Les résidences prévues pour vous n’existent plus : demandez une nouvelle proposition.")
        )
    ResidenceAssignment.objects.bulk_create(
        ResidenceAssignment(membership=membership, residence=residence) for residence in there
    )


def state_of_assignments(membership: Membership) -> State:
    """Return the residences of an agent, as the form of assignments writes them."""
    return {"residences": list(Residence.objects.filter(assignments__membership=membership))}


@transaction.atomic
def assign(scope: Scope, *, membership: Membership, residences: Iterable[Residence], version: str) -> None:
    """Set the residences an agent works at; none means all of the landlord's.

    Raises:
        StaleError: the assignments are no longer in the ``version`` the form was opened on.
    """
    membership = _held_as(membership, version)
    _set(scope, membership, {residence.pk for residence in residences})
    # What was foreseen for the role holds no more: without assignments the agent sees all again.
    membership.proposals.exclude(prepared={}).update(prepared={})


@transaction.atomic
def undo_assignment(scope: Scope, *, membership: Membership, version: str) -> bool:
    """Take the last change of an agent's residences back; False where the journal tells of none.

    A residence that was closed since is not given again.

    Raises:
        StaleError: the assignments are no longer in the ``version`` that the page showed.
    """
    membership = _held_as(membership, version)
    last = assigned.entries(membership).first()
    if last is None:
        return False
    current = ResidenceAssignment.objects.filter(membership=membership).values_list("residence_id", flat=True)
    former = Residence.objects.open().filter(
        pk__in=last.detail["removed"], landlord=membership.organisation_id
    )
    given = set(current) - set(last.detail["added"])
    _set(scope, membership, given | set(former.values_list("pk", flat=True)))
    return True


def _held_as(membership: Membership, version: str) -> Membership:
    """Lock the row of a membership, and check that its residences are those that the page showed."""
    held = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    check_version(version, held, state_of_assignments(held))
    return held


def _set(scope: Scope, membership: Membership, chosen: set[int]) -> None:
    current = ResidenceAssignment.objects.filter(membership=membership)
    before = set(current.values_list("residence_id", flat=True))
    current.exclude(residence__in=chosen).delete()
    added, removed = sorted(chosen - before), sorted(before - chosen)
    ResidenceAssignment.objects.bulk_create(
        ResidenceAssignment(membership=membership, residence_id=pk) for pk in added
    )
    write_entry(
        scope, AuditAction.UPDATE, membership, organisation_id=membership.organisation_id,
        residences=sorted(chosen), added=added, removed=removed,
    )  # fmt: skip
