"""Turn rows into residences and addresses: which are new, changed, or the same.

Rules, in the order they are tried for each row:

1. A landlord has an address once: a street address with its building and entrance (:mod:`sites.match_key`, in its
   commune), or the national key (BAN) or building identifier (RNB) that the row gives. A row whose address the
   landlord already has joins it, whatever its reference: successive programmes at one door are one place.
   Another identifier at the same address is asked about.
2. Otherwise, a row whose reference is already a residence of the landlord adds its address to it.
3. Otherwise it is a new residence with one address.

A file gives the same places however often it is imported, and a fact reported at a door has one place.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.conf import settings

from core.text import clean, visible
from sites.changes import places_changed
from sites.enums import GeocodingState
from sites.models import Address, Residence

from .profiles import Profile
from .questions import Ask
from .stock_identity import Identifiers, tell_numbers
from .stock_rows import Entry

_BATCH = 2_000
_LABEL_LENGTH, _REFERENCE_LENGTH = 200, 60
_YES = {"OUI", "O", "YES", "Y", "VRAI", "TRUE", "1", "X"}

Key = tuple[Any, ...]


@dataclass
class StockPlace:
    """An address, new or known, and the rows about it.

    ``asked`` is True when a question about it has no answer: ``reason`` is its kind, and nothing is saved.
    """

    address: Address
    entries: list[Entry]
    reason: str
    residence_changed: bool = False
    asked: bool = False


def settle(entries: list[Entry], profile: Profile, ask: Ask) -> list[StockPlace]:
    """Return the places of the rows; a row in none has a reference that lies in another commune.

    Args:
        entries: the rows.
        profile: the format of the file.
        ask: function that asks the person what cannot be decided here.
    """
    by_reference = profile.options.get("identity") == "reference"
    known = _Known({entry.landlord.pk for entry in entries}, by_reference=by_reference)
    if not by_reference:
        entries = tell_numbers(entries, known.address, ask)
    known.expect(entries)
    places: dict[Key, StockPlace] = {}
    left = []
    for entry in entries:
        key = known.key(entry)
        if not known.identifiers.agree(entry, key, ask):
            continue
        if key in places:
            places[key].entries.append(entry)
        elif place := known.place(key, entry):
            places[key] = place
        else:
            left.append(entry)
    for entry in left:
        # A later row may have added the address, which the next import of the file would find.
        if place := places.get(known.key(entry)):
            place.entries = sorted([*place.entries, entry], key=attrgetter("line"))
    add_up = profile.options.get("rows_add_up", False)
    for place in places.values():
        if not _asks(place, ask):
            _describe(place, add_up=add_up)
    known.count_dwellings(places.values())
    return list(places.values())


def save(places: list[StockPlace]) -> None:
    """Save the new and the changed rows, with few statements."""
    fresh = [place for place in places if place.address.pk is None]
    changed = [place.address for place in places if place.reason == "updated" and place.address.pk]
    residences = {id(p.address.residence): p.address.residence for p in places}.values()
    new = [residence for residence in residences if residence.pk is None]
    touched = {id(p.address.residence): p.address.residence for p in places if p.residence_changed}.values()
    old = [residence for residence in touched if residence.pk is not None]
    Residence.objects.bulk_create(new, batch_size=_BATCH)
    for place in fresh:
        place.address.residence_id = place.address.residence.pk
    Address.objects.bulk_create([place.address for place in fresh], batch_size=_BATCH)
    fields = [
        "dwellings",
        "longitude",
        "latitude",
        "geocoding",
        "geocoding_score",
        "postcode",
        "rnb_id",
        "ban_key",
    ]
    Address.objects.bulk_update(changed, fields, batch_size=_BATCH)
    Residence.objects.bulk_update(old, ["name", "dwellings", "in_priority_neighbourhood"], batch_size=_BATCH)
    places_changed(sorted({address.residence_id for address in [*(p.address for p in fresh), *changed]}))


class _Known:
    """The residences and addresses that the landlords of the file have already."""

    def __init__(self, landlord_ids: set[int], *, by_reference: bool) -> None:
        self._by_reference = by_reference
        residences = Residence.objects.filter(landlord__in=landlord_ids)
        self._residences: dict[Key, Residence] = {
            (r.landlord_id, visible(r.reference)): r for r in residences
        }
        by_id = {r.pk: r for r in self._residences.values()}
        self._addresses: dict[Key, Address] = {}
        for address in Address.objects.filter(landlord__in=landlord_ids).order_by("-id"):
            address.residence = by_id[address.residence_id]
            self._addresses[self._key_of(address)] = address
        self.identifiers = Identifiers(self._addresses)

    def expect(self, entries: Iterable[Entry]) -> None:
        """Note which addresses the rows of the file write, before the first is settled."""
        self.identifiers.written = {(e.landlord.pk, e.commune.pk, e.key) for e in entries}

    def key(self, entry: Entry) -> Key:
        """Return the key that identifies the row's address."""
        if self._by_reference:
            return entry.landlord.pk, _reference(entry)
        written = entry.landlord.pk, entry.commune.pk, entry.key
        return self.identifiers.find(entry, written) or written

    def address(self, entry: Entry) -> Address | None:
        """Return the address that the row is about, if it is known."""
        return self._addresses.get(self.key(entry))

    def place(self, key: Key, entry: Entry) -> StockPlace | None:
        """Return the place of the first row about it; None when its reference lies in another commune."""
        if address := self._addresses.get(key):
            self._residences.setdefault((entry.landlord.pk, _reference(entry)), address.residence)
            return StockPlace(address, [entry], "already_there")
        reference = (entry.landlord.pk, _reference(entry))
        residence = self._residences.get(reference)
        if residence and residence.commune_id != entry.commune.pk:
            return None
        reason = "new_address" if residence else "new_residence"
        residence = residence or _new_residence(entry)
        self._residences[reference] = residence
        address = _new_address(entry, residence)
        self._addresses[key] = address
        self.identifiers.add(key, address)
        return StockPlace(address, [entry], reason)

    def count_dwellings(self, places: Iterable[StockPlace]) -> None:
        """Set each residence's dwellings to the sum of its addresses' dwellings."""
        totals: dict[int, int] = {}
        for address in self._addresses.values():
            totals[id(address.residence)] = totals.get(id(address.residence), 0) + address.dwellings
        for place in places:
            residence = place.address.residence
            if (
                not place.asked
                and place.reason != "already_there"
                and residence.dwellings != totals[id(residence)]
            ):
                residence.dwellings = totals[id(residence)]
                place.residence_changed = True

    def _key_of(self, address: Address) -> Key:
        if self._by_reference:
            return address.landlord_id, address.residence.reference
        return address.landlord_id, address.commune_id, address.match_key


def _new_residence(entry: Entry) -> Residence:
    return Residence(
        landlord=entry.landlord,
        commune=entry.commune,
        reference=_reference(entry),
        name=(clean(entry.values.get("name", "")) or _label(entry))[:_LABEL_LENGTH],
    )


def _new_address(entry: Entry, residence: Residence) -> Address:
    return Address(
        residence=residence,
        landlord=entry.landlord,
        commune=entry.commune,
        label=_label(entry),
        match_key=entry.key,
        building=entry.at.building,
        entrance=entry.at.entrance,
        rnb_id=entry.at.rnb_id,
        ban_key=entry.at.ban_key,
        geocoding=GeocodingState.PENDING if settings.GEOCODER_URL else GeocodingState.TO_PLACE,
    )


def _asks(place: StockPlace, ask: Ask) -> bool:
    """Say whether the rows would change the name of a known residence and no answer says what to do."""
    residence = place.address.residence
    for entry in place.entries:
        name = clean(entry.values.get("name", ""))[:_LABEL_LENGTH]
        if residence.pk is None or name in {"", residence.name}:
            continue
        answer = ask(
            "residence_renamed", line=entry.line, subject=entry.subject, file=name, known=residence.name
        )
        if not answer:
            place.asked, place.reason = True, "residence_renamed"
        elif answer == "keep":
            entry.values["name"] = ""
    return place.asked


def _describe(place: StockPlace, *, add_up: bool) -> None:
    """Set what the rows say of the address; keep a point placed by hand."""
    address = place.address
    before = _state(address), _state(address.residence)
    first = place.entries[0]
    for entry in place.entries:
        address.rnb_id = (entry.at.rnb_id if entry.replaces else "") or address.rnb_id or entry.at.rnb_id
        address.ban_key = (entry.at.ban_key if entry.replaces else "") or address.ban_key or entry.at.ban_key
    address.postcode = first.values.get("postcode", "") or address.postcode
    address.dwellings = _dwellings(place.entries, address.dwellings, add_up=add_up)
    point = next((entry.point for entry in place.entries if entry.point), None)
    if point and address.geocoding != GeocodingState.PLACED:
        address.longitude, address.latitude = point
        address.geocoding, address.geocoding_score = GeocodingState.SOURCE, None
    if address.longitude is None:
        first.remarks.append("to_place")
    address.residence.name = clean(first.values.get("name", ""))[:_LABEL_LENGTH] or address.residence.name
    if priority := first.values.get("priority", ""):
        address.residence.in_priority_neighbourhood = priority.upper() in _YES
    place.residence_changed = _state(address.residence) != before[1]
    if place.reason == "already_there" and (_state(address) != before[0] or place.residence_changed):
        place.reason = "updated"


def _dwellings(entries: list[Entry], known: int, *, add_up: bool) -> int:
    distinct = {entry.cells: entry.dwellings for entry in entries if entry.dwellings is not None}
    counts = distinct.values()
    if not counts:
        return known
    return max(0, sum(counts) if add_up else max(counts))


def _state(row: Address | Residence) -> tuple[Any, ...]:
    names = (
        ("dwellings", "longitude", "latitude", "geocoding", "postcode", "rnb_id", "ban_key")
        if isinstance(row, Address)
        else ("name", "in_priority_neighbourhood")
    )
    return tuple(getattr(row, name) for name in names)


def _label(entry: Entry) -> str:
    return entry.at.label


def _reference(entry: Entry) -> str:
    """Return the landlord's own reference, or one made from the address."""
    reference = entry.values.get("reference", "") or f"{entry.commune.code} {entry.key}"
    if len(reference) <= _REFERENCE_LENGTH:
        return reference
    digest = hashlib.sha256(reference.encode()).hexdigest()[:8]
    return f"{reference[: _REFERENCE_LENGTH - 9]}-{digest}"
