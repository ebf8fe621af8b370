"""Read the address of a row of a stock file: its label, its building and entrance, its national identifiers."""

from dataclasses import dataclass

from core.text import clean
from sites.identifiers import ban_key, rnb_id
from sites.match_key import Parsed, parse

from .profiles import Values

_LABEL_LENGTH, _UNIT_LENGTH = 200, 80


@dataclass(frozen=True)
class RowAddress:
    """What a row says of its address.

    Attributes:
        parsed: the address read, building and entrance included.
        label: how it is shown.
        rnb_id, ban_key: national identifiers of the building and of the address, empty where not given.
    """

    parsed: Parsed
    label: str
    rnb_id: str = ""
    ban_key: str = ""

    @property
    def building(self) -> str:
        """The building as it is written."""
        return self.parsed.building[:_UNIT_LENGTH]

    @property
    def entrance(self) -> str:
        """The entrance as it is written."""
        return self.parsed.entrance[:_UNIT_LENGTH]


def read_address(values: Values, remarks: list[str]) -> RowAddress:
    """Return the address of a row; a building or an entrance in a column of its own is added to its label."""
    label = clean(values.get("address", ""))
    parsed = parse(label)
    named = {"building": parsed.building, "entrance": parsed.entrance}
    for name, word in (("building", "Bât."), ("entrance", "Entrée")):
        if (unit := clean(values.get(name, ""))) and not named[name]:
            label = f"{label}, {_unit(unit, name, word)}"
    label = label.removeprefix(", ")
    if len(label) > _LABEL_LENGTH:
        remarks.append("label_cut")
        label = label[:_LABEL_LENGTH].strip()
    return RowAddress(
        parse(label),
        label,
        _identifier(rnb_id(values.get("rnb", "")), values.get("rnb", ""), remarks),
        _identifier(ban_key(values.get("ban", "")), values.get("ban", ""), remarks),
    )


def _unit(written: str, name: str, word: str) -> str:
    """Return a unit with the word that says what it is: ``A`` → ``Bât. A``; ``Tour 3`` stays."""
    parsed = parse(written)
    return written if getattr(parsed, name) else f"{word} {written}"


def _identifier(read: str, written: str, remarks: list[str]) -> str:
    if written.strip() and not read and "bad_identifier" not in remarks:
        remarks.append("bad_identifier")
    return read
