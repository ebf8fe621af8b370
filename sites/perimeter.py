"""What of the rows one sees is one's own to write: the database's answer, as a column."""

from django.db import connection
from django.db.models import BooleanField, F, Func, Q

from accounts.enums import Role
from accounts.scope import Scope


class _Among(Func):
    """True when the column is one of the ids a scope setting holds."""

    template = "%(expressions)s = ANY ((SELECT palier_ids('%(setting)s'))::bigint[])"
    output_field = BooleanField()


def is_own(landlord: str = "landlord_id", residence: str = "residence_id") -> Q:
    """Return the condition under which the write policies let the acting person change a row.

    A coordinator sees rows of landlords that are not theirs: the perimeter of sites/policies
    says which rows exist for them, this says which of these show more than their structure.

    Args:
        landlord: path of the column that holds the landlord's id.
        residence: path of the column that holds the residence's id.
    """
    return is_of_own_landlord(landlord) | is_assigned(residence)


def is_of_own_landlord(landlord: str = "landlord_id") -> Q:
    """Return the half of :func:`is_own` for those who have the whole of a landlord; an index answers it alone."""
    return Q(_Among(F(landlord), setting="palier.landlords"))


def is_assigned(residence: str = "residence_id") -> Q:
    """Return the half of :func:`is_own` for those whom residences are assigned to; an index answers it alone."""
    return Q(_Among(F(residence), setting="palier.residences"))


def sees_assigned_alone(scope: Scope) -> bool:
    """Say whether all that somebody sees is at residences assigned to them: :func:`is_assigned` is then no filter.

    Stated beside the policies it has an index find the few rows that they would be looked for among all.
    """
    if {role for role, held in scope.roles.items() if held} != {Role.AGENT}:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT palier_ids('palier.landlords') = '{}'")
        return bool(cursor.fetchone()[0])


def is_led(landlord: str = "landlord_id") -> Q:
    """Return the condition under which the acting person leads the row's landlord: may write places."""
    return Q(_Among(F(landlord), setting="palier.lead_of"))
