"""Turn rows into residences and addresses: which are new, changed, or the same.

An import writes only to the record that its row names. A row names a residence by its reference, and an address of
it: a street address with its building and entrance (:mod:`sites.match_key`, in its commune), or the national key
(BAN) or building identifier (RNB) that the row gives. For each row, in this order:

1. The residence of that reference, or one that has it as another reference, has the address: the row is about it.
2. Only other residences of the landlord have the address: a person says whether it stays theirs, moves, is both's,
   or whether the reference is another one of the same residence.
3. Nobody has the address: it becomes one of the residence of that reference, in the same commune, or of a new one.

A row without a reference is about the address, if one residence has it. A file gives the same places however
often it is imported.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter

from django.conf import settings

from core.text import clean
from sites.enums import GeocodingState
from sites.models import Address, Residence

from .questions import Ask
from .stock_identity import tell_numbers
from .stock_known import Key, Known
from .stock_rows import NAME_LENGTH, Entry, bounded_reference

_SIDES = 3


@dataclass
class StockPlace:
    """An address, new or known, and the rows about it.

    Attributes:
        address: the address, with its residence.
        entries: the rows, in the order of the file.
        reason: code of what the rows do: "new_residence", "new_address", "address_moved", "updated" or
            "already_there"; the kind of the question where ``asked``.
        asked: whether a question about it has no answer; nothing is saved then.
        moved_from: the residence that had the address until now, if another.
    """

    address: Address
    entries: list[Entry]
    reason: str
    asked: bool = False
    moved_from: Residence | None = None


class Settling:
    """The settling of some rows: all those of a landlord in a commune, or of several such.

    Args:
        known: the places known there.
        ask: function that asks the person what cannot be decided here.
        by_reference: whether the reference alone makes an address.
        first_communes: landlord and reference → the commune of its first row, for references in several communes.
    """

    def __init__(
        self, known: Known, ask: Ask, *, by_reference: bool, first_communes: Mapping[tuple[int, str], int]
    ) -> None:
        self._known = known
        self._ask = ask
        self._by_reference = by_reference
        self._first_communes = first_communes
        self._places: dict[int, StockPlace] = {}
        # Address → the references under which rows of the file name it.
        self._named: dict[Key, set[str]] = defaultdict(set)

    def settle(self, entries: list[Entry]) -> list[StockPlace]:
        """Return the places of the rows; a row in none says why (:attr:`.stock_rows.Entry.settled`)."""
        rows = [entry for entry in entries if not entry.settled]
        if not self._by_reference:
            rows = tell_numbers(rows, self._known.address, self._ask)
        self._known.identifiers.written = {(e.landlord.pk, e.commune.pk, e.key) for e in rows}
        for entry in rows:
            self._named[self._known.key(entry)].add(entry.reference)
        # Rows that name their residence come before those that name an address alone.
        for entry in sorted(rows, key=lambda entry: not entry.reference):
            key = self._known.key(entry)
            if self._known.identifiers.agree(entry, key, self._ask):
                self._place(key, entry)
        places = list(self._places.values())
        for place in places:
            place.entries.sort(key=attrgetter("line"))
        return places

    def _place(self, key: Key, entry: Entry) -> None:
        holders = self._known.holders(key)
        if not entry.reference and holders:
            self._place_without_reference(entry, holders)
            return
        landlord, reference = entry.landlord.pk, reference_of(entry)
        under = self._known.residences(landlord, reference)
        mine = [address for address in holders if any(address.residence is r for r in under)]
        if mine:
            self._join(mine[0], entry, "already_there")
        elif elsewhere := [address for address in holders if not _is_closed(address)]:
            self._place_elsewhere(key, entry, elsewhere)
        elif residence := self._residence(entry):
            self._add_address(key, entry, residence)

    def _place_without_reference(self, entry: Entry, holders: list[Address]) -> None:
        name = name_of(entry)
        called = [address for address in holders if name and address.residence.name == name]
        found = called if len(holders) > 1 else holders
        if len(found) == 1:
            self._join(found[0], entry, "already_there")
        else:
            entry.refused = "several_residences"

    def _place_elsewhere(self, key: Key, entry: Entry, holders: list[Address]) -> None:
        """Place a row at an address that only residences with other references have."""
        kind = "references_at_one_address" if self._in_file(key, holders) else "address_elsewhere"
        choice = self._ask(
            kind,
            line=entry.line,
            subject=entry.subject,
            file=_side(entry.reference, name_of(entry)),
            known=" ; ".join(_side(a.residence.reference, a.residence.name) for a in holders[:_SIDES]),
        )
        if choice == "alias":
            self._known.add_reference(holders[0].residence, entry.reference)
            entry.other_reference = True
            self._join(holders[0], entry, "already_there")
        elif choice == "keep":
            entry.kept = "address_kept"
        elif not choice:
            entry.asked = kind
        elif residence := self._residence(entry):
            if choice == "move":
                self._move(holders[0], entry, residence)
            else:
                self._add_address(key, entry, residence)

    def _in_file(self, key: Key, holders: list[Address]) -> bool:
        """Say whether rows of the file name the address under a reference of a residence that has it."""
        return any(
            any(address.residence is r for r in self._known.residences(address.landlord_id, reference))
            for reference in self._named[key]
            for address in holders
        )

    def _residence(self, entry: Entry) -> Residence | None:
        """Return the residence that the row names, a new one if need be; None where the row then says why."""
        landlord, reference = entry.landlord.pk, reference_of(entry)
        under = self._known.residences(landlord, reference)
        here = [residence for residence in under if residence.commune_id == entry.commune.pk]
        if len(here) > 1:
            entry.refused = "several_residences"
            return None
        if here:
            return here[0]
        first = self._first_communes.get((landlord, entry.reference), entry.commune.pk)
        if not under and first == entry.commune.pk:
            return self._add_residence(entry, reference)
        return self._apart(entry, reference, under)

    def _apart(self, entry: Entry, reference: str, under: list[Residence]) -> Residence | None:
        """Ask what to do with a reference that is in use in another commune."""
        choice = self._ask(
            "other_commune",
            line=entry.line,
            subject=entry.subject,
            file=f"{reference} · {entry.commune}",
            known=" ; ".join(f"{_side(r.reference, r.name)} · {r.commune}" for r in under[:_SIDES]),
        )
        if choice == "separate":
            residence = self._add_residence(entry, bounded_reference(f"{reference} ({entry.commune.code})"))
            self._known.add_reference(residence, reference)
            return residence
        if choice:
            entry.refused = "other_commune"
        else:
            entry.asked = "other_commune"
        return None

    def _add_residence(self, entry: Entry, reference: str) -> Residence:
        residence = Residence(
            landlord=entry.landlord,
            commune=entry.commune,
            reference=reference,
            name=(name_of(entry) or entry.at.label)[:NAME_LENGTH],
        )
        self._known.add_residence(residence)
        return residence

    def _add_address(self, key: Key, entry: Entry, residence: Residence) -> None:
        new = residence.pk is None and not self._known.addresses_of(residence)
        address = _new_address(entry, residence)
        self._known.add_address(key, address)
        self._join(address, entry, "new_residence" if new else "new_address")

    def _move(self, address: Address, entry: Entry, residence: Residence) -> None:
        if residence.closed_on:
            entry.refused = "closed_place"
            return
        before = address.residence
        self._known.move(address, residence)
        self._join(address, entry, "address_moved")
        self._places[id(address)].moved_from = before

    def _join(self, address: Address, entry: Entry, reason: str) -> None:
        if _is_closed(address):
            entry.refused = "closed_place"
            return
        place = self._places.setdefault(id(address), StockPlace(address, [], reason))
        place.entries.append(entry)
        if reason == "address_moved":
            place.reason = reason


def _is_closed(address: Address) -> bool:
    return bool(address.closed_on or address.residence.closed_on)


def reference_of(entry: Entry) -> str:
    """Return the landlord's own reference, or one made from the address."""
    return entry.reference or bounded_reference(f"{entry.commune.code} {entry.key}")


def name_of(entry: Entry) -> str:
    """Return the name that the row gives its residence; empty where it gives none."""
    return clean(entry.values.get("name", ""))[:NAME_LENGTH]


def _new_address(entry: Entry, residence: Residence) -> Address:
    return Address(
        residence=residence,
        landlord=entry.landlord,
        commune=entry.commune,
        label=entry.at.label,
        match_key=entry.key,
        building=entry.at.building,
        entrance=entry.at.entrance,
        rnb_id=entry.at.rnb_id,
        ban_key=entry.at.ban_key,
        geocoding=GeocodingState.PENDING if settings.GEOCODER_URL else GeocodingState.TO_PLACE,
    )


def _side(reference: str, name: str) -> str:
    return " · ".join(filter(None, (reference, name)))
