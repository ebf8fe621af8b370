"""Write what a landlord says under an agreement: which communes it shares, with which council.

Only a lead of the landlord may, and a policy of the database says so too. Each word is a row that stays.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.versions import check_version
from sites.models import AgreementTerms, Commune, SharingAgreement

from .terms import Standing, council_of, standing_of, state_of_terms


def codes_of(communes: Iterable[Commune]) -> list[str]:
    """Return the INSEE codes of communes, in order, as the journal tells them."""
    return sorted(commune.code for commune in communes)


@transaction.atomic
def accept(scope: Scope, *, agreement: SharingAgreement, communes: Iterable[Commune], version: str) -> None:
    """Agree to what is asked, for ``communes`` alone: those that were asked about and are left out are refused.

    A council that was refused is agreed to in the same way.

    Raises:
        PermissionDenied: the acting person does not lead the landlord.
        StaleError: the agreement or its territory is no longer in the ``version`` that the person was shown.
        ValidationError: the agreement has ended, or nothing is asked.
    """
    held, standing = _asked(scope, agreement, version)
    chosen = {*communes} & {*standing.offered}
    # With a new council the communes of before are said again; what the territory does not have stays named.
    kept = {*standing.named} if standing.current else {*standing.outside}
    _say(scope, held, standing, kept | chosen, present=True)


@transaction.atomic
def refuse(scope: Scope, *, agreement: SharingAgreement, version: str) -> None:
    """Refuse what is asked: what was agreed before stays, and an agreement never confirmed ends.

    Raises:
        PermissionDenied, StaleError, ValidationError: as for :func:`accept`.
    """
    held, standing = _asked(scope, agreement, version)
    if standing.terms is None:
        held.end_today()
        write_entry(
            scope, AuditAction.CANCEL, held, organisation_id=held.landlord_id, territory=held.territory_id
        )
    else:
        _say(scope, held, standing, {*standing.named}, present=standing.current)


@transaction.atomic
def name_communes(
    scope: Scope, *, agreement: SharingAgreement, communes: Iterable[Commune], version: str
) -> None:
    """Share ``communes`` from now on, and no other: what is taken out is cut at the next request.

    Raises:
        PermissionDenied, StaleError: as for :func:`accept`.
        ValidationError: the agreement has ended, or its council awaits an answer first.
    """
    held = _held(scope, agreement)
    check_version(version, held, state_of_terms(held))
    standing = standing_of(held)
    if standing.council_asked:
        raise ValidationError(_("Répondez d’abord à ce qui est demandé pour cette convention."))
    _say(scope, held, standing, {*communes}, present=standing.current)


def name_first(scope: Scope, agreement: SharingAgreement, communes: Iterable[Commune]) -> None:
    """Say what an agreement just signed shares."""
    _say(scope, agreement, standing_of(agreement), {*communes}, present=True)


def _held(scope: Scope, agreement: SharingAgreement) -> SharingAgreement:
    """Return the agreement, locked, if the acting person leads its landlord and it has not ended."""
    rows = SharingAgreement.objects.select_for_update(of=("self",)).select_related("territory", "landlord")
    held = rows.filter(pk=agreement.pk, landlord__in=scope.roles.get(Role.LEAD, ())).first()
    if held is None:
        raise PermissionDenied
    if held.ends_on is not None and held.ends_on <= timezone.localdate():
        raise ValidationError(_("Cette convention est déjà terminée : rien n’a été modifié."))
    return held


def _asked(scope: Scope, agreement: SharingAgreement, version: str) -> tuple[SharingAgreement, Standing]:
    held = _held(scope, agreement)
    check_version(version, held, state_of_terms(held))
    standing = standing_of(held)
    if not (standing.waits or standing.council_refused):
        raise ValidationError(_("Rien n’est demandé pour cette convention."))
    return held, standing


def _say(
    scope: Scope,
    agreement: SharingAgreement,
    standing: Standing,
    named: AbstractSet[Commune],
    *,
    present: bool,
) -> None:
    """Add the terms that name ``named``, with their journal entry.

    They are for the present council of the territory, or else for the one of before, and refuse the present one.
    """
    before, territory = standing.terms, agreement.territory
    refused = {*territory.communes.all()} - named
    terms = AgreementTerms(
        agreement=agreement,
        landlord_id=agreement.landlord_id,
        territory=territory,
        communes=sorted(commune.pk for commune in named),
        refused=sorted(commune.pk for commune in refused),
        made_by_id=scope.user_id,
    )
    if present or before is None:
        terms.organisation_id, terms.kind = council_of(territory)
    else:
        terms.organisation_id, terms.kind = before.organisation_id, before.kind
        terms.refused_organisation_id, terms.refused_kind = council_of(territory)
    terms.save()
    was = {*standing.named}
    write_entry(
        scope, AuditAction.UPDATE, agreement, organisation_id=agreement.landlord_id, territory=territory.pk,
        added=codes_of(named - was), removed=codes_of(was - named), refused=codes_of(refused),
        council=terms.organisation_id, council_refused=terms.refused_organisation_id,
    )  # fmt: skip
