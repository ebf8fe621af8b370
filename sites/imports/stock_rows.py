"""Read the rows of a stock file: what each says, or why it is rejected."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from sites.models import Commune

from .communes import Communes, Place, postcode_in
from .landlords import Landlords, words
from .points import area_of, far_off, number, read_point
from .profiles import Profile, Values
from .reading import Row
from .run import Run
from .stock_addresses import RowAddress, read_address

_READING = 0.6
_LABEL_LENGTH, _MAX_DWELLINGS = 200, 100_000


@dataclass(frozen=True)
class Rejected:
    """A row that cannot be imported, and the reason."""

    line: int
    reason: str
    subject: str
    remarks: tuple[str, ...] = ()


@dataclass
class Entry:
    """A row that can be imported: its landlord, its place, its dwellings."""

    line: int
    cells: tuple[str, ...]
    values: Values
    landlord: Organisation
    commune: Commune
    at: RowAddress
    point: tuple[float, float] | None
    dwellings: int | None
    remarks: list[str] = field(default_factory=list)
    # The kind of a question about its address that has no answer.
    asked: str = ""
    # Whether its national identifiers replace those that are recorded.
    replaces: bool = False

    @property
    def key(self) -> str:
        """The key of its address."""
        return self.at.parsed.key

    @property
    def subject(self) -> str:
        """The words by which the file's author recognises the row."""
        return _subject(self.values)


def read_entries(task: Run) -> list[Entry | Rejected]:
    """Read every row of the file; save new landlords once the last row is read."""
    required = (
        ("address",) if task.organisation or "landlord" in task.profile.options else ("landlord", "address")
    )
    values_of = task.profile.bind(task.table.header, required)
    rows = []
    for done, row in enumerate(task.table.rows, 1):
        rows.append(_values(row, len(task.table.header), values_of))
        task.tell_rows(done, _READING)
    reader = _Reader(task, [row for row in rows if isinstance(row, tuple)])
    entries = [row if isinstance(row, Rejected) else reader.read(*row) for row in rows]
    if task.writes:
        reader.save_landlords()
    if "commune" not in task.profile.options:
        _drop_far_points([entry for entry in entries if isinstance(entry, Entry)])
    return entries


def _drop_far_points(entries: list[Entry]) -> None:
    by_commune: dict[int, list[tuple[Entry, tuple[float, float]]]] = defaultdict(list)
    for entry in entries:
        if entry.point:
            by_commune[entry.commune.pk].append((entry, entry.point))
    for neighbours in by_commune.values():
        for position in far_off([point for _entry, point in neighbours]):
            entry, _point = neighbours[position]
            entry.point = None
            entry.remarks.append("point_far_off")


def _values(row: Row, width: int, values_of: Callable[[list[str]], Values]) -> tuple[Row, Values] | Rejected:
    if len(row.cells) < width or any(row.cells[width:]):
        return Rejected(row.number, "wrong_columns", " ".join(row.cells)[:_LABEL_LENGTH])
    return row, values_of(row.cells)


class _Reader:
    """A reader of rows that has loaded the landlords and communes they may name."""

    def __init__(self, task: Run, rows: list[tuple[Row, Values]]) -> None:
        self._own = task.organisation
        self._profile = task.profile
        self._area = area_of(task.profile.options)
        self._fixed_commune = _fixed_commune(task.profile)
        self._communes = Communes(_place(values) for _, values in rows)
        known = [self._own] if self._own else Organisation.objects.filter(kind=OrganisationKind.LANDLORD)
        self._landlords = Landlords(known, may_create=self._own is None)

    def read(self, row: Row, values: Values) -> Entry | Rejected:
        """Return what the row says, or why it is rejected."""
        line = row.number
        remarks: list[str] = []
        landlord = self._landlord(values, remarks)
        if isinstance(landlord, str):
            return Rejected(line, landlord, _subject(values))
        at = read_address(values, remarks)
        if not at.parsed.key:
            return Rejected(line, "no_address", _subject(values))
        commune, reason = self._commune(values, remarks)
        if commune is None:
            return Rejected(line, reason, _subject(values))
        point, point_remarks = read_point(values, self._area)
        if point is None and self._profile.options.get("point_required"):
            return Rejected(line, "no_point", _subject(values))
        dwellings = self._dwellings(values.get("dwellings", ""), remarks)
        return Entry(
            line,
            tuple(row.cells),
            values,
            landlord,
            commune,
            at,
            point,
            dwellings,
            [*remarks, *point_remarks],
        )

    def save_landlords(self) -> None:
        """Save the new landlords and the new spellings."""
        Organisation.objects.bulk_create(self._landlords.created)
        Organisation.objects.bulk_update(self._landlords.respelled, ["aliases"])

    def _landlord(self, values: Values, remarks: list[str]) -> Organisation | str:
        name = values.get("landlord", "") or self._profile.options.get("landlord", "")
        if not name and self._own:
            return self._own
        if not words(name):
            return "no_landlord"
        landlord = self._landlords.find(name)
        if landlord is None:
            return "other_landlord"
        if name != landlord.name:
            remarks.append("landlord_spelling")
        return landlord

    def _commune(self, values: Values, remarks: list[str]) -> tuple[Commune | None, str]:
        """Return the commune of a row, or the reason why there is none; leave its bare postcode in the row."""
        if self._fixed_commune:
            return self._fixed_commune, ""
        found = self._communes.find(_place(values))
        written = values.get("postcode", "")
        values["postcode"] = postcode_in(written)
        if written and values["postcode"] != written:
            remarks.append("postcode_repaired")
        if found.remark:
            remarks.append(found.remark)
        return found.commune, found.reason

    def _dwellings(self, text: str, remarks: list[str]) -> int | None:
        value = number(text)
        may_be_negative = self._profile.options.get("rows_add_up", False)
        if value is not None and value <= _MAX_DWELLINGS and (value >= 0 or may_be_negative):
            return round(value)
        if text:
            remarks.append("bad_dwellings")
        return None


def _fixed_commune(profile: Profile) -> Commune | None:
    given = profile.options.get("commune")
    return Commune.objects.get_or_create(code=given["code"], defaults=given)[0] if given else None


def _place(values: Values) -> Place:
    return Place(values.get("insee", ""), values.get("postcode", ""), values.get("city", ""))


def _subject(values: Values) -> str:
    named = (values.get(name, "") for name in ("landlord", "reference", "address", "postcode"))
    return " · ".join(text for text in named if text)
