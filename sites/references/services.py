"""Find a residence by one of its references, and remove another reference from it."""

from django.db import transaction
from django.db.models import Q

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from sites.models import Residence, ResidenceAlias


def residence_of(reference: str) -> Residence | None:
    """Return the one residence that the acting person sees under ``reference``, its own or another one.

    None where no residence has it, or several: a reference that two share names neither.
    """
    named = Residence.objects.apart().filter(Q(reference=reference) | Q(aliases__reference=reference))
    found = list(named.distinct()[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def forget(scope: Scope, *, alias: ResidenceAlias) -> None:
    """Remove another reference of a residence: files no longer find the residence by it."""
    residence = alias.residence
    deleted, _tables = ResidenceAlias.objects.filter(pk=alias.pk).delete()
    if deleted:
        write_entry(
            scope,
            AuditAction.CANCEL,
            alias,
            organisation_id=residence.landlord_id,
            places=[(residence.landlord_id, str(residence))],
            reference_removed=alias.reference,
        )
