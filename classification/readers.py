"""Declare which roles read levels, and journal their reading of other landlords' levels."""

from accounts.enums import Role
from accounts.scope import Scope
from sites.models import Residence
from sites.reading import write_reading

READERS = (Role.AGENT, Role.LEAD, Role.COORDINATOR)


def sees_several_landlords(scope: Scope) -> bool:
    """Say whether the person may see levels of landlords they do not work for."""
    return scope.has(Role.COORDINATOR)


def is_own(scope: Scope, landlord_id: int) -> bool:
    """Say whether the person works for the landlord, as agent or security lead."""
    return any(landlord_id in scope.roles.get(role, ()) for role in (Role.AGENT, Role.LEAD))


def write_residence_reading(scope: Scope, residence: Residence) -> None:
    """Write a journal entry that a level was read, unless the person works for the residence's landlord."""
    if not is_own(scope, residence.landlord_id):
        write_reading(scope, residence, concerns=[residence.landlord_id], page="classification.residence")


METHOD_READERS = (Role.LEAD, Role.COORDINATOR)
