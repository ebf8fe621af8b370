"""Say why a place would move: which fact types, at which frequency, fall in which cell."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from classification import engine
from classification.method.scale import Frequency
from classification.models import Finding, GridVersion
from classification.residence.explanation import agreed
from classification.residence.wording import typeset
from incidents.models import FactType

from .simulation import Ground, Move

# The place of a finding, and its type.
_Key = tuple[int, int | None, int]
# The frequency of a finding, and its level.
_Found = tuple[int, int]


def reasons(version: GridVersion, on: Ground, moves: Sequence[Move]) -> list[list[str]]:
    """Return for each place that would move the sentences that say why, in a constant number of queries."""
    ids = {move.site.residence_id for move in moves}
    if not ids:
        return []
    types = FactType.objects.in_bulk()
    rows = Finding.objects.filter(residence__in=ids).order_by()
    before: dict[_Key, _Found] = {
        (residence, address, kind): (frequency, level)
        for residence, address, kind, frequency, level in rows.values_list(
            "residence_id", "address_id", "fact_type_id", "frequency", "level"
        )
    }
    after: dict[_Key, _Found] = {
        _key(row): (row["frequency"], row["level"]) for row in engine.findings(version, on.as_of, ids)
    }
    places: dict[tuple[int, int | None], set[_Key]] = {}
    for key in before | after:
        places.setdefault(key[:2], set()).add(key)
    return [
        _of_place(
            move, places.get((move.site.residence_id, move.site.address_id), set()), before, after, types
        )
        for move in moves
    ]


def _key(row: dict[str, Any]) -> _Key:
    return row["residence_id"], row["address_id"], row["fact_type_id"]


def _of_place(
    move: Move,
    keys: set[_Key],
    before: dict[_Key, _Found],
    after: dict[_Key, _Found],
    types: dict[int, FactType],
) -> list[str]:
    """Return the sentences about the types that give the new level, where it rises, or gave the former one."""
    deciding, level = (after, move.after) if move.after > move.site.level else (before, move.site.level)
    chosen = [key for key in keys if key in deciding and deciding[key][1] == level]
    chosen = [key for key in chosen if before.get(key) != after.get(key)]
    chosen.sort(key=lambda key: (-types[key[2]].gravity, types[key[2]].code))
    return [sentence_of(types[key[2]], before.get(key), after.get(key)) for key in chosen]


def sentence_of(kind: FactType, before: _Found | None, after: _Found | None) -> str:
    """Return the sentence about a type that is found otherwise: its frequency and its level, before and after."""
    values = {"type": str(kind), "gravity": kind.gravity}
    if before:
        values |= {"was": agreed(Frequency(before[0]), kind.code), "before": before[1]}
    if after:
        values |= {"frequency": agreed(Frequency(after[0]), kind.code), "after": after[1]}
    if after is None:
        said = _(
            "%(type)s (gravité %(gravity)s) : sous tous les seuils, au lieu de %(was)s → niveau %(before)s"
        )
    elif before is None:
        said = _(
            "%(type)s (gravité %(gravity)s) : %(frequency)s → niveau %(after)s, jusqu’ici sous tous les seuils"
        )
    elif before[0] == after[0]:
        said = _("%(type)s (gravité %(gravity)s) : %(frequency)s → niveau %(after)s au lieu de %(before)s")
    else:
        said = _(
            "%(type)s (gravité %(gravity)s) : %(frequency)s → niveau %(after)s, au lieu de %(was)s → niveau %(before)s"
        )
    return typeset(said % values)
