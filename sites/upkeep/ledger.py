"""Write changes of rows, keep what they were before, and take the changes back.

A change is kept as JSON: the label of its model, the ids of the rows, and the value of each changed column before and
after; without a value before where the rows were created.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypedDict, cast

from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.scope import Scope
from sites.models import Address, Place, Residence, ResidenceAlias, ResidenceAssignment

Values = dict[str, Any]
_STOCK = (Residence, Address, ResidenceAlias, ResidenceAssignment)


class Row(TypedDict):
    """A change of some rows of one table."""

    model: str
    ids: list[int]
    before: Values | None
    after: Values


class ChangedSinceError(Exception):
    """The error of taking back what something was built on since; nothing is written.

    Attributes:
        rows: what changed since, as it is called.
    """

    def __init__(self, rows: list[str]) -> None:
        super().__init__(", ".join(rows))
        self.rows = rows


class Ledger:
    """The writing of one act of a person; :attr:`rows` holds its changes in order."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.rows: list[Row] = []

    def update(self, rows: "models.QuerySet[Any]", **values: Any) -> None:
        """Write the same values to all rows, by the names of their columns in Python (``residence_id``)."""
        self._write(rows.model, dict.fromkeys(_ids(rows), values), tuple(values))

    def replace(self, rows: "models.QuerySet[Any]", column: str, old: int, new: int) -> None:
        """Replace an id by another one in a column that holds a list of ids."""
        found = dict(rows.filter(**{f"{column}__contains": [old]}).values_list("pk", column))
        fresh = {pk: {column: _replaced(ids, old, new)} for pk, ids in found.items()}
        self._write(rows.model, fresh, (column,))

    def create(self, row: Any) -> None:
        """Save a new row."""
        if isinstance(row, Place):
            row.changed_at, row.changed_by_id = timezone.now(), self._scope.user_id
        row.save(force_insert=True)
        names = [field.attname for field in row._meta.concrete_fields if field.attname not in _UNKEPT]
        after = {name: _as_json(getattr(row, name)) for name in names}
        self.rows.append(Row(model=row._meta.label, ids=[row.pk], before=None, after=after))

    def _write(self, model: type[models.Model], fresh: dict[int, Values], names: tuple[str, ...]) -> None:
        manager = model._default_manager
        groups: dict[str, tuple[Values, Values, list[int]]] = {}
        for pk, *held in manager.filter(pk__in=fresh).order_by("pk").values_list("pk", *names):
            before = {name: _as_json(value) for name, value in zip(names, held, strict=True)}
            after = {name: _as_json(value) for name, value in fresh[pk].items()}
            if before != after:
                groups.setdefault(repr((before, after)), (before, after, []))[2].append(pk)
        for before, after, ids in groups.values():
            _store(self._scope, model, manager.filter(pk__in=ids), fresh[ids[0]])
            self.rows.append(Row(model=model._meta.label, ids=ids, before=before, after=after))


def take_back(scope: Scope, rows: Iterable[Row]) -> int:
    """Write back what the rows were before, the last change first.

    Returns:
        How many records stay where somebody has put them since.

    Raises:
        ChangedSinceError: a place was changed since, or something was recorded at one that would go.
    """
    left = 0
    changed: list[str] = []
    for row in reversed(list(rows)):
        model = cast("type[models.Model]", apps.get_model(row["model"]))
        held = model._default_manager.filter(pk__in=row["ids"])
        same = held.filter(**row["after"])
        if row["before"] is None:
            changed += _delete(held, same)
            continue
        if missing := len(row["ids"]) - same.count():
            if issubclass(model, _STOCK):
                changed += _names(held.exclude(pk__in=same.values("pk"))) or [str(model._meta.verbose_name)]
                continue
            left += missing
        before = {name: _read(model, name, value) for name, value in row["before"].items()}
        _store(scope, model, held.filter(pk__in=list(same.values_list("pk", flat=True))), before)
    if changed:
        raise ChangedSinceError(list(dict.fromkeys(changed)))
    return left


def moved_records(rows: Iterable[Row]) -> int:
    """Return how many records the changes moved to another place."""
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if not issubclass(apps.get_model(row["model"]), _STOCK):
            ids[row["model"]] |= set(row["ids"])
    return sum(map(len, ids.values()))


_UNKEPT = {
    "changed_at",
    "changed_by_id",
    "opaque_id",
    "id",
    "longitude",
    "latitude",
    "geocoding",
    "geocoding_score",
}


def _ids(rows: "models.QuerySet[Any]") -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _replaced(ids: list[int], old: int, new: int) -> list[int]:
    return list(dict.fromkeys(new if pk == old else pk for pk in ids))


def _store(scope: Scope, model: type[models.Model], rows: "models.QuerySet[Any]", values: Values) -> None:
    if issubclass(model, Place):
        values = values | {"changed_at": timezone.now(), "changed_by_id": scope.user_id}
    rows.update(**values)


def _delete(held: "models.QuerySet[Any]", same: "models.QuerySet[Any]") -> list[str]:
    """Delete the rows if they are as they were created and nothing refers to them; return what does not go."""
    if held.count() != same.count():
        return _names(held)
    for relation in held.model._meta.related_objects:
        # Levels are computed anew, and have no constraint; the history stays.
        if relation.field.db_constraint:
            users = relation.related_model._default_manager.filter(**{f"{relation.field.name}__in": same})
            if found := _names(users):
                return found
    same.delete()
    return []


_NAMED = 5


def _names(rows: "models.QuerySet[Any]") -> list[str]:
    return [str(row) for row in rows.order_by("pk")[:_NAMED]]


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(model: type[models.Model], name: str, value: Any) -> Any:
    field = next(f for f in model._meta.concrete_fields if f.attname == name)
    return value if field.is_relation or value is None else field.to_python(value)
