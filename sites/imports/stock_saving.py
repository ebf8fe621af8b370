"""Save the places of a stock file, with few statements."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from django.db import connection, models

from sites.models import Address, Residence, ResidenceAlias

from .copying import copy_in_parts
from .stock_places import StockPlace

_BATCH = 2_000
_ADDRESS = (
    "residence_id",
    "dwellings",
    "longitude",
    "latitude",
    "geocoding",
    "geocoding_score",
    "postcode",
    "rnb_id",
    "ban_key",
)
_NEW_ADDRESS = (
    *_ADDRESS,
    "landlord_id",
    "commune_id",
    "label",
    "match_key",
    "building",
    "entrance",
)
_RESIDENCE = ("name", "dwellings", "in_priority_neighbourhood")
_NEW_RESIDENCE = (*_RESIDENCE, "landlord_id", "commune_id", "reference")
_NEW_ALIAS = ("residence_id", "landlord_id", "commune_id", "reference")


def save(
    places: Iterable[StockPlace], changed: Iterable[Residence], aliases: Iterable[ResidenceAlias]
) -> set[int]:
    """Save new and changed rows; return the ids of the residences that are new or whose addresses changed.

    Args:
        places: the places without those asked about.
        changed: the residences of the database whose columns changed.
        aliases: the new other references, of which those of residences that are not saved are left out.
    """
    places = list(places)
    fresh = [place.address for place in places if place.address.pk is None]
    updated = [
        place.address for place in places if place.address.pk and place.reason in {"updated", "address_moved"}
    ]
    new = {id(a.residence): a.residence for a in [*fresh, *updated] if a.residence.pk is None}
    _insert_residences(list(new.values()))
    for address in [*fresh, *updated]:
        address.residence_id = address.residence.pk
    _insert(Address, _NEW_ADDRESS, fresh)
    _update(Address, updated, _ADDRESS)
    _update(Residence, list(changed), _RESIDENCE)
    _save_references(aliases)
    moved = [place.moved_from.pk for place in places if place.moved_from]
    return {address.residence_id for address in [*fresh, *updated]}.union(moved)


def _insert_residences(residences: Sequence[Residence]) -> None:
    """Insert residences, and give each its id."""
    ids = _insert(Residence, _NEW_RESIDENCE, residences, returning=("landlord_id", "reference", "id"))
    found = {(landlord, reference): pk for landlord, reference, pk in ids}
    for residence in residences:
        residence.pk = found[residence.landlord_id, residence.reference]


def _insert(
    model: type[models.Model],
    names: tuple[str, ...],
    rows: Sequence[models.Model],
    *,
    returning: tuple[str, ...] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows by COPY and one statement, and return columns of them; columns not named get the database's default.

    COPY goes by way of a temporary table, since none is allowed into a table with row-level security.
    """
    if not rows:
        return []
    table, columns = model._meta.db_table, ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE IF NOT EXISTS "new_{table}" ON COMMIT DROP AS'
            f' SELECT {columns} FROM "{table}" WITH NO DATA'
        )
        cursor.execute(f'TRUNCATE "new_{table}"')
        copy_in_parts(cursor, f"new_{table}", names, map(attrgetter(*names), rows))
        insert = f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "new_{table}"'
        if not returning:
            cursor.execute(insert)
            return []
        cursor.execute(f"{insert} RETURNING {', '.join(returning)}")
        return list(cursor.fetchall())


def _save_references(aliases: Iterable[ResidenceAlias]) -> None:
    kept = []
    for alias in aliases:
        alias.residence_id = alias.residence.pk
        if alias.residence_id:
            kept.append(alias)
    _insert(ResidenceAlias, _NEW_ALIAS, kept)


def _update(model: type[models.Model], rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """Write some columns of rows, in one statement for some thousands."""
    columns = [next(f for f in model._meta.concrete_fields if f.attname == name) for name in names]
    types = [_cast(field) for field in columns]
    quoted = [f'"{field.column}"' for field in columns]
    arrays = ", ".join(["%s::bigint[]", *(f"%s::{kind}[]" for kind in types)])
    statement = (
        f'UPDATE "{model._meta.db_table}" AS t SET ({", ".join(quoted)}) = ROW({", ".join(f"n.{q}" for q in quoted)})'
        f" FROM unnest({arrays}) AS n (id, {', '.join(quoted)}) WHERE t.id = n.id"
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            cursor.execute(
                statement, [[row.pk for row in batch], *([getattr(r, name) for r in batch] for name in names)]
            )


def _cast(field: "models.Field[Any, Any]") -> str:
    # A positive integer has a check beside its type, and a foreign key the type of what it refers to.
    return str(field.rel_db_type(connection) if field.is_relation else field.cast_db_type(connection))
