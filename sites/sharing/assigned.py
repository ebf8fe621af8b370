"""Read how the residences of an agent changed, from the journal of the landlord."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.enums import AuditAction
from accounts.journal.reading import author, names_of
from accounts.models import AuditEntry, Membership
from core.order import in_french
from sites.models import Residence

# How many changes the page of the residences tells.
SHOWN = 20


@dataclass(frozen=True)
class Change:
    """A change of the residences of an agent, with the names of those that came and went."""

    at: dt.datetime
    who: str
    added: list[str]
    removed: list[str]


def entries(membership: Membership) -> QuerySet[AuditEntry]:
    """Return the entries that tell which residences an agent was given and lost, the latest first."""
    told = AuditEntry.objects.filter(
        organisation=membership.organisation_id,
        object_type=membership._meta.label_lower,
        object_id=str(membership.pk),
        action=AuditAction.UPDATE,
        detail__has_keys=["added", "removed"],
    )
    return told.exclude(detail__added=[], detail__removed=[]).order_by("-id")


def history(membership: Membership) -> list[Change]:
    """Return the last changes of the residences of an agent, the latest first."""
    found = list(entries(membership)[:SHOWN])
    ids = {pk for entry in found for name in ("added", "removed") for pk in entry.detail[name]}
    residences = {pk: residence.name for pk, residence in Residence.objects.in_bulk(ids).items()}
    people = names_of({entry.actor_id for entry in found if entry.actor_id})

    def named(pks: Iterable[int]) -> list[str]:
        return sorted((residences[pk] for pk in pks if pk in residences), key=in_french)

    return [
        Change(entry.at, author(entry, people), named(entry.detail["added"]), named(entry.detail["removed"]))
        for entry in found
    ]
