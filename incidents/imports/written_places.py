"""Stage what a row of a file says of its place, whatever the kind of the records."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

from incidents.files import whole_residence_words
from sites.identifiers import ban_key, bounded, rnb_id
from sites.imports.points import Box, read_point
from sites.imports.profiles import Values
from sites.imports.stock_addresses import written_address
from sites.imports.stock_rows import bounded_reference
from sites.match_key import Door, Doors, parse, plain

from .communes import within

TEXT_LENGTH = 200
# The digits of the digest that ends a longer identifier or address: a file has up to a million of them.
DIGEST_DIGITS = 16
# The key of a row that speaks of its residence as a whole; no address has it.
WHOLE_KEY = "*"
# The staged columns by which the place of a row is found.
PLACE_COLUMNS = (
    "reference", "place_text", "key", "within", "street", "door", "suffix", "unit", "rnb_id", "ban_key", "meant_street",
    "meant_low", "meant_high", "longitude", "latitude",
)  # fmt: skip


def place_columns(values: Values, area: Sequence[Box], remarks: list[str]) -> dict[str, Any]:
    """Return each of ``PLACE_COLUMNS`` with its value; add what is left of the row's point to its remarks."""
    point, point_remarks = read_point(values, area)
    remarks += point_remarks
    place = written_address(values)
    key, at, unit, meant = _read_address(place)
    found = (
        bounded_reference(values.get("reference", "")),
        bounded(place, TEXT_LENGTH, DIGEST_DIGITS),
        key,
        within(values, place, str(at.number) if at else ""),
        at.street if at else "",
        at.number if at else None,
        at.suffix if at else "",
        unit,
        _identifier(rnb_id, values.get("rnb", ""), remarks),
        _identifier(ban_key, values.get("ban", ""), remarks),
        meant.street if meant else "",
        meant.low if meant else None,
        meant.high if meant else None,
        *(point or (None, None)),
    )
    return dict(zip(PLACE_COLUMNS, found, strict=True))


def _identifier(read: Callable[[str], str], written: str, remarks: list[str]) -> str:
    found = read(written)
    if written.strip() and not found and "bad_identifier" not in remarks:
        remarks.append("bad_identifier")
    return found


@lru_cache(32_768)
def _read_address(text: str) -> tuple[str, Door | None, str, Doors | None]:
    if plain(text) in _whole_residence():
        return WHOLE_KEY, None, "", None
    parsed = parse(text)
    return parsed.key, parsed.door, parsed.unit, None if parsed.door else parsed.meant


@cache
def _whole_residence() -> set[str]:
    return {plain(words) for words in whole_residence_words()}
