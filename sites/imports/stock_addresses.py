"""Read the address of a row of a stock file: its label, its building and entrance, its national identifiers."""

from dataclasses import dataclass

from core.text import clean
from sites.identifiers import ban_key, rnb_id
from sites.match_key import Parsed, parse
from sites.spelling.tokens import whole_numbers

from .profiles import Values

# Columns that name a unit, with the word for a bare letter or number in them.
_WORDS = {"building": "Bât.", "entrance": "Entrée"}
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
    """Return the address of a row; add what could not be read to its remarks."""
    label = written_address(values)
    # The key is that of the whole address: only what is shown is cut.
    parsed = parse(label)
    if len(label) > _LABEL_LENGTH:
        remarks.append("label_cut")
        label = label[:_LABEL_LENGTH].strip()
    return RowAddress(
        parsed,
        label,
        _identifier(rnb_id(values.get("rnb", "")), values.get("rnb", ""), remarks),
        _identifier(ban_key(values.get("ban", "")), values.get("ban", ""), remarks),
    )


def written_address(values: Values) -> str:
    """Return the address of a row as one text, with the building and the entrance of their columns."""
    label = whole_numbers(clean(values.get("address", "")))
    units = {name: whole_numbers(clean(written)) for name in _WORDS if (written := values.get(name))}
    if not any(units.values()):
        return label
    parsed = parse(label)
    for name, unit in units.items():
        # Where the address names another one, both are told.
        if unit and not (getattr(parsed, name) and parse(_with_unit(label, unit, name)).unit == parsed.unit):
            label = _with_unit(label, unit, name)
    return label.removeprefix(", ")


def _with_unit(label: str, written: str, name: str) -> str:
    """Return the address with a unit and the word that says what it is: ``A`` → ``Bât. A``; ``Tour 3`` stays."""
    # Some words say it behind an address alone ("12 rue des Essais, allée B").
    said = getattr(parse(f"1 rue X, {written}"), name)
    return f"{label}, {written}" if said else f"{label}, {_WORDS[name]} {written}"


def _identifier(read: str, written: str, remarks: list[str]) -> str:
    if written.strip() and not read and "bad_identifier" not in remarks:
        remarks.append("bad_identifier")
    return read
