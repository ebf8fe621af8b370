"""Read what people did to the places of a residence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext as _

from sites.models import Address, PlaceChange, Residence

from .ledger import Row, moved_records

_MOST = 50
# What people read of a change: the columns that a person enters.
_TOLD = (
    "name", "reference", "dwellings", "in_priority_neighbourhood", "closed_on", "label", "rnb_id", "ban_key",
    "longitude", "latitude",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed value, before and after."""

    label: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Told:
    """An act, with the values that it changed and how many records it moved."""

    change: PlaceChange
    differences: list[Difference]
    records: int


def history_of(residence: Residence) -> list[Told]:
    """Return the latest acts on a residence, the last first."""
    rows = PlaceChange.objects.filter(landlord=residence.landlord_id, residences__contains=[residence.pk])
    return [
        Told(change, list(_differences(residence, change.rows)), moved_records(change.rows))
        for change in rows.select_related("made_by", "undone_by").order_by("-id")[:_MOST]
    ]


def _differences(residence: Residence, rows: list[Row]) -> Iterator[Difference]:
    told = [row for row in rows if _is_told(row)]
    names = _names_of(residence, told)
    for row in told:
        model, before = apps.get_model(row["model"]), row["before"] or {}
        for name in _TOLD:
            if name in row["after"]:
                label = str(model._meta.get_field(name).verbose_name) + names.get(_key(row), "")
                yield Difference(
                    label, _said(model, name, before[name]), _said(model, name, row["after"][name])
                )


def _is_told(row: Row) -> bool:
    own = (Residence._meta.label, Address._meta.label)
    return row["before"] is not None and row["model"] in own and any(name in row["after"] for name in _TOLD)


def _key(row: Row) -> tuple[str, int]:
    return row["model"], row["ids"][0]


def _names_of(residence: Residence, rows: list[Row]) -> dict[tuple[str, int], str]:
    """Return what says which place a change is about, by its key: of one place other than the residence itself."""
    asked = {_key(row) for row in rows if len(row["ids"]) == 1} - {(Residence._meta.label, residence.pk)}
    names: dict[tuple[str, int], str] = {}
    for model in (Residence, Address):
        ids = [pk for label, pk in asked if label == model._meta.label]
        names |= {(model._meta.label, place.pk): f" ({place})" for place in model.objects.filter(pk__in=ids)}
    return names


def _said(model: type[Model], name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    field = next(field for field in model._meta.concrete_fields if field.name == name)
    return "–" if value in (None, "") else field.to_python(value)
