"""Journal the reading of what circles are given, in the journals of all organisations concerned."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model

from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from sites.models import Territory

from .models import Publication


def write_territory_entry(
    scope: Scope,
    action: AuditAction,
    subject: Model | str,
    *,
    territory: Territory,
    landlords: Iterable[int],
    **detail: Any,
) -> None:
    """Write a journal entry for the territory's organisation, the landlords concerned and the reader's own."""
    write_entry(
        scope,
        action,
        subject,
        organisation_id=territory.organisation_id,
        concerns=[*landlords, *scope.roles.get(Role.PARTNER, ())],
        **detail,
    )


def write_publications_reading(scope: Scope, publications: Collection[Publication]) -> None:
    """Write a journal entry for reading the numbers of sites by level of several publications."""
    landlords = sorted({pk for publication in publications for pk in publication.landlords})
    if landlords:
        write_entry(scope, AuditAction.READ, "partners.publication", concerns=landlords)
