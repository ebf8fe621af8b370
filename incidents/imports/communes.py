"""Find the communes in which the rows of a file lie, once all are staged, by whatever part names one."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection

from sites.imports.communes import Communes, Place, locality_in
from sites.imports.profiles import Values

# The reasons why a row is at no certain place: its parts name communes apart, or none that is known.
DISAGREE, NOT_FOUND = "communes_disagree", "no_commune"
_BATCH, _PART_LENGTH = 10_000, 80
# Between what the columns say of the commune (INSEE code, postcode, name) and what the address says of it.
_MARK = "|"


class Lying(NamedTuple):
    """The communes in which a row may lie.

    Attributes:
        communes: their ids.
        doubt: the reason why an address there is not certain to be the row's; "" where it is.
        remark: a remark of the importer, or "".
    """

    communes: tuple[int, ...] = ()
    doubt: str = ""
    remark: str = ""


def within(values: Values, address: str, door: str) -> str:
    """Return all that a row says of its commune, as one text to stage; "" where it says nothing.

    Args:
        values: the fields of the row.
        address: its address, which may name postcode and commune as well.
        door: the figures of its door, which are no postcode.
    """
    postcode, after = locality_in(values.get("postcode", ""))
    in_city, city = locality_in(values.get("city", ""))
    parts = [
        values.get("insee", ""),
        postcode or values.get("postcode", "") or in_city,
        city or values.get("city", "") or after,
        *locality_in(address, but=door),
    ]
    cut = [part.replace(_MARK, " ").strip()[:_PART_LENGTH] for part in parts]
    return _MARK.join(cut) if any(cut) else ""


def settle_communes(cursor: Any) -> None:
    """Fill the table ``import_communes`` for the rows with an address; set the doubts of those at no residence yet."""
    cursor.execute(_TABLE)
    with connection.connection.cursor(name="import_communes") as said:
        said.execute(_SAID)
        while batch := [text for (text,) in said.fetchmany(_BATCH)]:
            lying = _lying(batch)
            with cursor.copy("COPY import_communes (within, commune_id, doubt, remark) FROM STDIN") as copy:
                for text, found in zip(batch, lying, strict=True):
                    for commune in found.communes or (None,):
                        copy.write_row((text, commune, found.doubt, found.remark))
    cursor.execute(_SET)


def _lying(texts: Iterable[str]) -> list[Lying]:
    places = [_places(text) for text in texts]
    communes = Communes(place for pair in places for place in pair)
    return [_of_both(communes, said, written) for said, written in places]


def _places(text: str) -> tuple[Place, Place]:
    """Return what the columns say, completed by the address, and what the address says alone."""
    code, postcode, city, there, name = text.split(_MARK)
    return Place(code, postcode or there, city or name), Place("", there, name)


def _of_both(communes: Communes, said: Place, written: Place) -> Lying:
    found = _of_place(communes, said)
    beside = _of_place(communes, written) if written.postcode and written != said else Lying()
    if found.communes and beside.communes and not set(found.communes) & set(beside.communes):
        return Lying((*found.communes, *beside.communes), DISAGREE)
    return found


def _of_place(communes: Communes, place: Place) -> Lying:
    sharing = tuple(commune.pk for commune in communes.of_postcode(place.postcode))
    if not place.code and not place.city:
        return Lying(sharing, "" if sharing else NOT_FOUND)
    found = communes.find(place)
    if found.reason == DISAGREE or (not found.commune and communes.names_another(place.city, None)):
        return Lying(tuple(commune.pk for commune in communes.of_any_part(place)), DISAGREE)
    return Lying((found.commune.pk,), "", found.remark) if found.commune else Lying(sharing, NOT_FOUND)


_TABLE = """
DROP TABLE IF EXISTS pg_temp.import_communes;
CREATE TEMPORARY TABLE import_communes (within text, commune_id bigint, doubt text, remark text) ON COMMIT DROP
"""
_SAID = """
SELECT DISTINCT within FROM import_staging WHERE reason IS NULL AND key <> '' AND within <> ''
"""
_SET = """
ANALYZE import_communes;
UPDATE import_staging s SET doubt = c.doubt, remarks = ltrim(s.remarks || ' ' || c.remark)
FROM (SELECT DISTINCT within, doubt, remark FROM import_communes WHERE doubt <> '' OR remark <> '') c
WHERE s.reason IS NULL AND s.residence_id IS NULL AND s.key <> '' AND s.within = c.within
"""
