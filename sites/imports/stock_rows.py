"""Read the rows of a stock file, and what each says."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import Organisation
from core.text import clean
from sites.identifiers import bounded
from sites.models import Commune

from .points import area_of, number, read_point
from .profiles import Profile, Values
from .reading import Row
from .stock_addresses import RowAddress, read_address

_FRACTION = re.compile(r"^([0-9]+)[.,]0$")
_ADDRESS = ("address", "building", "entrance")
NAME_LENGTH = 200
_SUBJECT_LENGTH, _MAX_DWELLINGS, _REFERENCE_LENGTH = 200, 100_000, 60


class Staged(NamedTuple):
    """A row of the table ``stock_staging``, in the order of its columns; with a reason, it is rejected.

    ``said`` holds the values as JSON, and ``digest`` is equal for rows whose cells are equal.
    """

    line: int
    reason: str | None = None
    landlord: str = ""
    reference: str = ""
    insee: str = ""
    postcode: str = ""
    city: str = ""
    dwellings: int | None = None
    longitude: float | None = None
    latitude: float | None = None
    digest: bytes = b""
    remarks: str = ""
    subject: str = ""
    said: str = "{}"


@dataclass
class Entry:
    """A row that can be imported: its landlord, its place, its dwellings.

    Attributes:
        asked: kind of a question about it that has no answer.
        refused: code of the reason for which it is rejected.
        kept: code of the reason for which what is recorded stays, and the row writes nothing.
        other_reference: whether its reference becomes another one of the residence at its address.
        replaces: whether its national identifiers replace those that are recorded.
        other_name: the name that it gives, where the residence keeps another one.
    """

    line: int
    digest: bytes
    values: Values
    landlord: Organisation
    commune: Commune
    at: RowAddress
    point: tuple[float, float] | None
    dwellings: int | None
    subject: str
    remarks: list[str] = field(default_factory=list)
    asked: str = ""
    refused: str = ""
    kept: str = ""
    other_reference: bool = False
    replaces: bool = False
    other_name: str = ""

    @property
    def key(self) -> str:
        """The key of its address."""
        return self.at.parsed.key

    @property
    def reference(self) -> str:
        """The landlord's reference as it is stored; empty where the row has none."""
        return bounded_reference(self.values.get("reference", ""))

    @property
    def settled(self) -> bool:
        """Whether its outcome is known without a place."""
        return bool(self.asked or self.refused or self.kept)


class Reader:
    """The reader of a file's rows by the rules of one profile."""

    def __init__(self, profile: Profile, width: int) -> None:
        self._profile = profile
        self.width = width
        self._area = area_of(profile.options)

    def fits(self, row: Row) -> bool:
        """Say whether the row has the columns of the header."""
        return len(row.cells) >= self.width and not any(row.cells[self.width :])

    def read(self, row: Row, values: Values) -> Staged:
        """Return the row to stage."""
        remarks: list[str] = []
        point, point_remarks = read_point(values, self._area)
        reason = "no_point" if point is None and self._profile.options.get("point_required") else None
        if not any(map(str.isalnum, "".join(values.get(name, "") for name in _ADDRESS))):
            reason = "no_address"
        return Staged(
            line=row.number,
            reason=reason,
            landlord=values.get("landlord", "") or "",
            reference=bounded_reference(values.get("reference", "")),
            insee=values.get("insee", ""),
            postcode=values.get("postcode", ""),
            city=values.get("city", ""),
            dwellings=self._dwellings(values.get("dwellings", ""), remarks),
            longitude=point[0] if point else None,
            latitude=point[1] if point else None,
            digest=hashlib.blake2b("\x1f".join(row.cells).encode(), digest_size=16).digest(),
            remarks=" ".join([*remarks, *point_remarks]),
            subject=_subject(values),
            said=json.dumps(values, ensure_ascii=False),
        )

    def _dwellings(self, text: str, remarks: list[str]) -> int | None:
        if self._profile.options.get("row_is_a_dwelling"):
            return 1
        value = number(text)
        may_be_negative = self._profile.options.get("dwellings") == "sum"
        if value is not None and value <= _MAX_DWELLINGS and (value >= 0 or may_be_negative):
            return max(round(value), -_MAX_DWELLINGS)
        if text:
            remarks.append("bad_dwellings")
        return None


def entry_of(staged: Staged, landlord: Organisation, commune: Commune, remarks: list[str]) -> Entry:
    """Return the row with its landlord and commune; ``remarks`` come after those of its reading."""
    values = json.loads(staged.said)
    said: list[str] = staged.remarks.split()
    at = read_address(values, said)
    if len(clean(values.get("name", ""))) > NAME_LENGTH:
        said.append("name_cut")
    point = (
        None if staged.longitude is None or staged.latitude is None else (staged.longitude, staged.latitude)
    )
    entry = Entry(
        line=staged.line,
        digest=bytes(staged.digest),
        values=values,
        landlord=landlord,
        commune=commune,
        at=at,
        point=point,
        dwellings=staged.dwellings,
        subject=staged.subject,
        remarks=[*remarks, *said],
    )
    if not at.parsed.key:
        entry.refused = "no_address"
    return entry


def bounded_reference(reference: str) -> str:
    """Return a reference of a residence as it is stored, whatever kind of file gives it.

    A whole number that a spreadsheet wrote as a fraction ("1001.0") is that number.
    """
    return bounded(_FRACTION.sub(r"\1", reference.strip()), _REFERENCE_LENGTH)


def _subject(values: Values) -> str:
    named = (values.get(name, "") for name in ("landlord", "reference", "address", "postcode"))
    return " · ".join(text for text in named if text)[:_SUBJECT_LENGTH]
