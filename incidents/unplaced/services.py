"""Place or discard the facts that wait for a place, and take a discarding back."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from incidents.changes import records_changed
from incidents.enums import Certainty, Way
from incidents.facts.services import Place, placed_at
from incidents.models import Incident, UnplacedFact
from sites.models import Address
from sites.zones import zone_of

# The columns that a placed fact takes over as they are.
_TAKEN = (
    "fact_type_id", "place_kind", "source", "complaint_filed", "complaint_reference",
    "damage_cost", "import_run_id", "external_source", "external_id",
)  # fmt: skip


def waiting() -> QuerySet[UnplacedFact]:
    """Return the facts that wait for a place and that the acting person may place."""
    return UnplacedFact.objects.filter(settled_at=None).select_related("fact_type")


def discarded() -> QuerySet[UnplacedFact]:
    """Return the facts that were discarded and that the acting person may take back."""
    return UnplacedFact.objects.exclude(discard_reason="").select_related("fact_type", "settled_by")


def suggestions(facts: Iterable[UnplacedFact]) -> dict[int, Address]:
    """Return the addresses that are candidates of these facts and visible, by id."""
    ids = {pk for fact in facts for pk in fact.candidates}
    return Address.objects.open().filter(pk__in=ids).select_related("residence", "commune").in_bulk()


def alike(fact: UnplacedFact) -> QuerySet[UnplacedFact]:
    """Return the waiting facts of the same landlord with the same written place, point and candidates, it included.

    A fact of which nothing tells the place but its candidates is like no other.
    """
    same = Q(
        landlord_id=fact.landlord_id,
        written=fact.written,
        longitude=fact.longitude,
        latitude=fact.latitude,
        candidates=fact.candidates,
    )
    told = bool(fact.written) or fact.longitude is not None
    return waiting().filter(same if told else Q(pk=fact.pk))


@transaction.atomic
def place(scope: Scope, fact: UnplacedFact, where: Place, *, all_alike: bool = False) -> int:
    """Record a waiting fact at the place that a person chose, and those alike if asked; return how many.

    The place must be the fact's landlord's; one that was settled meanwhile is left as it is.
    """
    if where.landlord_id != fact.landlord_id:
        return 0
    chosen = alike(fact) if all_alike else waiting().filter(pk=fact.pk)
    held = list(chosen.order_by("pk").select_for_update(of=("self",)))
    placed = [one for one in held if _record(scope, one, where)]
    if placed:
        records_changed([placed_at(where)["residence_id"]])
    return len(placed)


@transaction.atomic
def discard(scope: Scope, fact: UnplacedFact, *, reason: str) -> bool:
    """Discard a waiting fact with a reason; False for one that was settled meanwhile."""
    held = waiting().filter(pk=fact.pk).select_for_update(of=("self",)).first()
    if held is None:
        return False
    held.discard_reason = reason
    _settle(scope, held, "discard_reason")
    write_entry(scope, AuditAction.CANCEL, held, organisation_id=held.landlord_id)
    return True


@transaction.atomic
def take_back(scope: Scope, fact: UnplacedFact) -> None:
    """Have a discarded fact wait for a place again; its former reason, day and person are kept.

    Raises:
        ValidationError: it is not discarded any more, or a later file brought it again under its identifier.
    """
    held = discarded().filter(pk=fact.pk).select_for_update(of=("self",)).first()
    if held is None:
        raise ValidationError(_("Ce fait n’est plus écarté : rien n’a été modifié."))
    if _brought_again(held):
        raise ValidationError(
            _("Un fichier plus récent a ramené ce fait : il reste écarté ici, pour ne pas compter deux fois.")
        )
    held.former_discards.append(
        _discarding(held) | {"back_at": timezone.now().isoformat(), "back_by": scope.user_id}
    )
    held.settled_at = held.settled_by = None
    held.discard_reason = ""
    held.save(update_fields=["settled_at", "settled_by", "discard_reason", "former_discards"])
    write_entry(scope, AuditAction.UPDATE, held, organisation_id=held.landlord_id, taken_back=True)


def _discarding(fact: UnplacedFact) -> dict[str, Any]:
    """Return how a discarded fact was discarded, as ``former_discards`` keeps it."""
    at = fact.settled_at.isoformat() if fact.settled_at else ""
    return {"reason": fact.discard_reason, "at": at, "by": fact.settled_by_id}


def _brought_again(fact: UnplacedFact) -> bool:
    """Say whether the fact is recorded, or waits in another row, under its identifier."""
    same = {
        "landlord_id": fact.landlord_id, "external_source": fact.external_source, "external_id": fact.external_id,
    }  # fmt: skip
    waits = UnplacedFact.objects.filter(**same, settled_at=None).exclude(pk=fact.pk)
    return bool(fact.external_id) and (waits.exists() or Incident.objects.filter(**same).exists())


def _record(scope: Scope, fact: UnplacedFact, where: Place) -> bool:
    """Record the fact, unless it is recorded already under its identifier."""
    recorded = fact.external_id and Incident.objects.filter(
        landlord_id=fact.landlord_id, external_source=fact.external_source, external_id=fact.external_id
    )
    if recorded and recorded.exists():
        _settle(scope, fact)
        return False
    suggested = isinstance(where, Address) and fact.candidates[:1] == [where.pk]
    fact.incident = Incident.objects.create(
        **placed_at(where),
        **{name: getattr(fact, name) for name in _TAKEN},
        **_days_at(fact, where),
        reported_by_id=scope.user_id,
        placed_by=fact.way if suggested else Way.HAND,
        placed_certainty=Certainty.CONFIRMED,
    )
    _settle(scope, fact, "incident")
    write_entry(
        scope, AuditAction.CREATE, fact.incident, organisation_id=fact.landlord_id,
        residence=fact.incident.residence_id, placed=str(fact.incident.placed_by),
    )  # fmt: skip
    return True


def _days_at(fact: UnplacedFact, where: Place) -> dict[str, dt.date | dt.time | None]:
    """Return the day, span and hour of a fact at the place chosen, by its own time where the file told the zone."""
    zone = zone_of(where.commune.department)
    here = fact.moment and fact.moment.astimezone(zone)
    day = here.date() if here else fact.day
    last = fact.moment_end.astimezone(zone).date() if fact.moment_end else fact.span_end
    return {
        "day": day,
        "span_end": last if last and last > day else None,
        "time": here.time() if here and not fact.hour_told else fact.time,
    }


def _settle(scope: Scope, fact: UnplacedFact, *fields: str) -> None:
    fact.settled_at, fact.settled_by_id = timezone.now(), scope.user_id
    fact.save(update_fields=[*fields, "settled_at", "settled_by"])
