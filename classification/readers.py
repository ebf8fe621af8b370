"""Who reads levels, and which of these reads the journal keeps."""

from accounts.enums import Role
from accounts.scope import Scope
from sites.models import Residence
from sites.reading import write_reading

READERS = (Role.AGENT, Role.LEAD, Role.COORDINATOR)


def sees_several_landlords(scope: Scope) -> bool:
    """Say whether levels of other landlords than one's own may be on the page."""
    return scope.has(Role.COORDINATOR)


def is_own(scope: Scope, landlord_id: int) -> bool:
    """Say whether a landlord is one the person works for."""
    return any(landlord_id in scope.roles.get(role, ()) for role in (Role.AGENT, Role.LEAD))


def write_residence_reading(scope: Scope, residence: Residence) -> None:
    """Journal that the level of another landlord's residence was read, where the coordinator acts."""
    if not is_own(scope, residence.landlord_id):
        write_reading(scope, residence, concerns=[residence.landlord_id], page="classification.residence")


METHOD_READERS = (Role.LEAD, Role.COORDINATOR)
