"""Journal what a coordinator reads of other landlords, in the journals of these landlords too."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django_tables2 import Table

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope

from .models import SharingAgreement, Territory
from .perimeter import in_force


def write_reading(
    scope: Scope,
    subject: models.Model | str,
    *,
    concerns: Iterable[int] | None = None,
    places: Iterable[tuple[int, str]] = (),
    **detail: Any,
) -> None:
    """Write the journal entry of a coordinator's read; nothing for any other role.

    Args:
        scope: who reads.
        subject: the object read, or the name of a page.
        concerns: the landlords whose sites are shown, whose journals get the entry too; by default,
            all landlords that share with the person.
        places: the residences shown, by landlord and name.
        detail: as for :func:`accounts.journal.audit.write_entry`.
    """
    if scope.has(Role.COORDINATOR):
        shown = sharing_landlords(scope) if concerns is None else concerns
        write_entry(
            scope,
            AuditAction.READ,
            subject,
            acting_in=[Role.COORDINATOR],
            concerns=shown,
            places=places,
            **detail,
        )


def coordinated_by(scope: Scope) -> QuerySet[Territory]:
    """Return the territories that the person coordinates; a lead sees others."""
    return Territory.objects.filter(organisation_id__in=scope.roles.get(Role.COORDINATOR, ()))


def sharing_landlords(scope: Scope) -> list[int]:
    """Return the ids of the landlords that share with a territory the person coordinates, in order."""
    coordinated = scope.roles.get(Role.COORDINATOR, ())
    agreements = SharingAgreement.objects.filter(in_force(), territory__organisation__in=coordinated)
    return sorted(set(agreements.order_by().values_list("landlord_id", flat=True)))


def landlords_on(table: Table) -> Iterator[int]:
    """Yield the ids of the landlords of the rows on the current page of ``table``, lazily."""
    return (row.record.landlord_id for row in table.paginated_rows)


def places_on(table: Table) -> Iterator[tuple[int, str]]:
    """Yield the landlord and the residence of each row on the current page of ``table``, lazily."""
    rows = (row.record for row in table.paginated_rows)
    return ((record.landlord_id, record.residence.name) for record in rows)
