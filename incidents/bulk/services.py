"""Change many facts in one act, and undo an act."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from incidents.changes import records_changed
from incidents.enums import Act
from incidents.facts.services import CHOSEN, Place, placed_at
from incidents.models import BulkAct, FactType, Incident
from sites.models import Address, Residence
from sites.perimeter import is_led

# Up to as many residences are evaluated one by one (classification.engine.services.MANY), within a request.
MOST = 500
_PLACED = ("residence_id", "address_id", "landlord_id", "commune_id", "placed_by", "placed_certainty")
_WRITTEN: dict[str, tuple[str, ...]] = {
    Act.CANCEL: ("cancelled_at", "cancel_reason"),
    Act.MOVE: _PLACED,
    Act.RETYPE: ("fact_type_id", "subtype_id"),
}
_SIGNED = ("changed_by_id", "changed_at")


class NothingToDoError(Exception):
    """The error of an act, or of its undoing, that would change no fact: all are cancelled, already so, or changed since."""


class UndoneMeanwhileError(Exception):
    """The error of undoing an act that was undone already."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is asked to be done to each fact.

    ``reason`` is that of a cancellation, ``place`` where facts move, ``fact_type`` what they become; the others are
    empty.
    """

    act: str
    reason: str = ""
    place: Place | None = None
    fact_type: FactType | None = None

    def values(self) -> dict[str, Any]:
        """Return the columns that each fact gets, without those of its place's ids that do not change."""
        if self.act == Act.CANCEL:
            return {"cancelled_at": timezone.now(), "cancel_reason": self.reason}
        if self.place is not None:
            return placed_at(self.place) | CHOSEN
        return {"fact_type_id": self.fact_type and self.fact_type.pk, "subtype_id": None}

    def changes(self, fact: Incident) -> bool:
        """Say whether it would change the fact; what was cancelled stays as it is."""
        if fact.cancelled_at:
            return False
        if self.act == Act.CANCEL:
            return True
        if self.place is not None:
            where = placed_at(self.place)
            return any(getattr(fact, name) != where[name] for name in ("residence_id", "address_id"))
        return self.fact_type is not None and fact.fact_type_id != self.fact_type.pk


@dataclass(frozen=True, slots=True)
class Done:
    """What an act or its undoing did.

    Attributes:
        act: the act.
        changed: the ids of the facts that it changed.
        left: the ids of the others, which stay as they are.
        seal: a key of all that, and of the state that the facts had.
    """

    act: BulkAct
    changed: list[int]
    left: list[int]
    seal: str


@transaction.atomic
def carry_out(*, scope: Scope, facts: Collection[int], asked: Asked) -> Done:
    """Change the facts that the acting person leads, as one act; those that it would not change are left out.

    Args:
        scope: a security lead.
        facts: ids of facts of one landlord.
        asked: what is done to each.

    Raises:
        NothingToDoError: none would change; nothing is written.
    """
    held = _held(facts)
    chosen = [fact for fact in held if asked.changes(fact)]
    if not chosen:
        raise NothingToDoError
    values, residences = asked.values(), {fact.residence_id for fact in chosen}
    act = BulkAct.objects.create(
        landlord_id=chosen[0].landlord_id,
        act=asked.act,
        reason=asked.reason,
        facts=[fact.pk for fact in chosen],
        made_at=timezone.now(),
        made_by_id=scope.user_id,
    )
    seal = _seal(held, [asked.act, asked.reason, repr(asked.place), repr(asked.fact_type)])
    values |= {"changed_by_id": scope.user_id, "changed_at": act.made_at}
    for fact in chosen:
        _set(fact, values)
    Incident.objects.filter(pk__in=act.facts).update(**values)
    _enter(scope, act, chosen, AuditAction.CANCEL if asked.act == Act.CANCEL else AuditAction.UPDATE)
    write_entry(scope, AuditAction.CREATE, act, organisation_id=act.landlord_id, facts=len(chosen))
    records_changed(sorted(residences | {fact.residence_id for fact in chosen}))
    return Done(act, act.facts, [fact.pk for fact in held if fact not in chosen], seal)


@transaction.atomic
def undo(*, scope: Scope, act: BulkAct) -> Done:
    """Give the facts of an act back what they were before it; those changed since, or without their place, stay.

    Raises:
        UndoneMeanwhileError: it was undone already.
        NothingToDoError: all of them would stay; nothing is written.
    """
    act = BulkAct.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if act.undone_at:
        raise UndoneMeanwhileError
    held = _held(act.facts)
    seal = _seal(held, [str(act.pk)])
    residences = {fact.residence_id for fact in held}
    back = _as_before(act, [fact for fact in held if fact.changed_at == act.made_at])
    act.undone_at, act.undone_by_id = timezone.now(), scope.user_id
    if not back:
        raise NothingToDoError
    changed = {fact.pk for fact in back}
    act.kept = [pk for pk in act.facts if pk not in changed]
    act.save(update_fields=["undone_at", "undone_by_id", "kept"])
    for fact in back:
        _set(fact, {"changed_by_id": scope.user_id, "changed_at": act.undone_at})
    Incident.objects.bulk_update(back, [*_WRITTEN[act.act], *_SIGNED])
    _enter(scope, act, back, AuditAction.UPDATE)
    write_entry(scope, AuditAction.CANCEL, act, organisation_id=act.landlord_id, facts=len(back))
    records_changed(sorted(residences | {fact.residence_id for fact in back}))
    return Done(act, sorted(changed), act.kept, seal)


def residences_of(act: BulkAct) -> set[int]:
    """Return the residences where the facts of an act are now, and where they were before it."""
    now = set(Incident.objects.filter(pk__in=act.facts).values_list("residence_id", flat=True))
    return now | set(_former(act, act.facts).values_list("residence_id", flat=True))


def _former(act: BulkAct, facts: Collection[int]) -> QuerySet[Model]:
    """Return the state of each fact that the act ended."""
    states: QuerySet[Model] = apps.get_model("incidents", "IncidentEvent")._default_manager.all()
    former = states.filter(pgh_obj_id__in=facts).exclude(changed_at=act.made_at)
    return former.order_by("pgh_obj_id", "-pgh_id").distinct("pgh_obj_id")


def _held(facts: Collection[int]) -> list[Incident]:
    """Lock the rows of the facts that the acting person leads, in the order of their ids, and return them."""
    rows = Incident.objects.filter(is_led(), pk__in=facts).select_for_update(of=("self",))
    return list(rows.order_by("pk"))


def _as_before(act: BulkAct, facts: list[Incident]) -> list[Incident]:
    """Give facts back the values that the act overwrote; leave out those whose former place is gone."""
    former = _former(act, [fact.pk for fact in facts]).values("pgh_obj_id", *_WRITTEN[act.act])
    before = {row["pgh_obj_id"]: row for row in former}
    known = [fact for fact in facts if fact.pk in before]
    for fact in known:
        _set(fact, {name: before[fact.pk][name] for name in _WRITTEN[act.act]})
    return _still_there(act, known) if act.act == Act.MOVE else known


def _still_there(act: BulkAct, facts: list[Incident]) -> list[Incident]:
    """Place facts as their addresses and residences are now; leave out those whose place is the landlord's no more."""
    addresses = Address.objects.in_bulk({fact.address_id for fact in facts} - {None})
    residences = Residence.objects.in_bulk({fact.residence_id for fact in facts if fact.address_id is None})
    there = []
    for fact in facts:
        place = addresses.get(fact.address_id) if fact.address_id else residences.get(fact.residence_id)
        if place is not None and place.landlord_id == act.landlord_id:
            _set(fact, placed_at(place))
            there.append(fact)
    return there


def _set(fact: Incident, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(fact, name, value)


def _enter(scope: Scope, act: BulkAct, facts: Collection[Incident], action: AuditAction) -> None:
    # The journal names the place of each.
    prefetch_related_objects(list(facts), "residence", "address__residence")
    for fact in facts:
        write_entry(
            scope, action, fact, organisation_id=fact.landlord_id, residence=fact.residence_id, act=act.pk
        )  # fmt: skip


def _seal(facts: Collection[Incident], said: Collection[str]) -> str:
    """Return a key of the state of the facts, and of what is to be done to them."""
    states = [f"{fact.pk}:{fact.changed_at}:{fact.cancelled_at}" for fact in facts]
    return hashlib.sha256("\n".join([*said, *states]).encode()).hexdigest()[:32]
