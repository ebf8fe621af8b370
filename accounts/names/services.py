"""Set the other names of a landlord."""

from django.db import transaction

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import Organisation
from accounts.scope import Scope
from core.versions import State, check_version


def state_of_other_names(organisation: Organisation) -> State:
    """Return the field that the form writes, with its value: one name a line."""
    return {"names": "\n".join(organisation.aliases)}


@transaction.atomic
def set_other_names(scope: Scope, *, organisation: Organisation, names: list[str], version: str) -> None:
    """Set the names by which imports find a landlord beside its own.

    Raises:
        StaleError: the names are no longer those of the ``version`` that the form was opened on.
    """
    held = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_version(version, held, state_of_other_names(held))
    if names == held.aliases:
        return
    held.aliases = names
    held.save(update_fields=["aliases"])
    write_entry(scope, AuditAction.UPDATE, organisation, organisation_id=organisation.pk, other_names=names)
