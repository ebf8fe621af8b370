"""Set what the rows of a file say of an address and its residence, as far as a person agrees."""

from typing import Any

from sites.enums import GeocodingState
from sites.models import Address, Residence

from .questions import Ask
from .stock_known import Known
from .stock_places import StockPlace, name_of
from .stock_rows import Entry

_YES = {"OUI", "O", "YES", "Y", "VRAI", "TRUE", "1", "X"}
# The most numbers of dwellings that a question quotes.
_QUOTED = 6
_OF_ADDRESS = (
    "dwellings",
    "longitude",
    "latitude",
    "geocoding",
    "postcode",
    "rnb_id",
    "ban_key",
    "residence_id",
)
_OF_RESIDENCE = ("name", "in_priority_neighbourhood")


class Describing:
    """The description of the places of some rows.

    Args:
        known: the places known there.
        ask: function that asks the person what cannot be decided here.
        dwellings: how the numbers of several rows at one address make one, "sum" or "highest"; "" to ask.
        one_each: whether every row of the file is one dwelling.
    """

    def __init__(self, known: Known, ask: Ask, *, dwellings: str, one_each: bool) -> None:
        self._known = known
        self._ask = ask
        self._dwellings = dwellings
        self._one_each = one_each
        # Residences by id(): the name before the import, and "" for a new one until a row names it.
        self._names: dict[int, str] = {}
        self.changed: dict[int, Residence] = {}

    def describe(self, places: list[StockPlace]) -> None:
        """Set what the rows say; a place with an unanswered question stays as it is.

        :attr:`changed` then holds the residences of the database whose columns changed, by ``id()``.
        """
        for place in places:
            unanswered: list[str] = []
            name, dwellings = self._name(place, unanswered), self._count(place, unanswered)
            if unanswered:
                place.asked, place.reason = True, unanswered[0]
                if place.moved_from:
                    self._known.move(place.address, place.moved_from)
            else:
                self._set(place, name, dwellings)
        self._add_up(places)

    def _answer(self, kind: str, entry: Entry, unanswered: list[str], *, file: str, known: str) -> str:
        choice = self._ask(kind, line=entry.line, subject=entry.subject, file=file, known=known)
        if not choice:
            unanswered.append(kind)
        return choice

    def _name(self, place: StockPlace, unanswered: list[str]) -> str:
        """Return the name that the residence is to have; ``unanswered`` gets the kinds of questions without answer."""
        residence = place.address.residence
        recorded = self._names.setdefault(id(residence), residence.name if residence.pk else "")
        chosen = ""
        for entry in place.entries:
            name = name_of(entry)
            if not name:
                continue
            if entry.other_reference or self._known.is_other(residence, entry.reference):
                _tell_other_name(entry, name, residence)
                continue
            if not recorded:
                recorded = self._names[id(residence)] = chosen = name
            if name not in {recorded, residence.name}:
                choice = self._answer("residence_renamed", entry, unanswered, file=name, known=recorded)
                chosen = chosen or (name if choice == "rename" else "")
        return chosen or residence.name

    def _count(self, place: StockPlace, unanswered: list[str]) -> int | None:
        """Return the number of dwellings that the address is to have; None where no row says one."""
        rows = self._counted(place, unanswered)
        if not rows:
            return None
        numbers = [entry.dwellings or 0 for entry in rows]
        way = "sum" if self._one_each or len(rows) > len({e.digest for e in rows}) else self._dwellings
        if not way and len(set(numbers)) > 1:
            quoted = " ; ".join(map(str, numbers[:_QUOTED]))
            way = self._answer("dwellings_of_rows", rows[0], unanswered, file=quoted, known=_recorded(place))
        if not way and len(set(numbers)) > 1:
            return None
        if len(rows) > 1:
            rows[0].remarks.append("dwellings_added" if way == "sum" else "dwellings_highest")
        total = max(0, sum(numbers) if way == "sum" else max(numbers))
        return self._taken(place, rows[0], unanswered, total)

    def _taken(self, place: StockPlace, entry: Entry, unanswered: list[str], total: int) -> int:
        """Return ``total``, or what is recorded where the person keeps that."""
        known = place.address.dwellings
        if not place.address.pk or known in {0, total}:
            return total
        choice = self._answer("dwellings_differ", entry, unanswered, file=str(total), known=str(known))
        return total if choice == "take" else known

    def _counted(self, place: StockPlace, unanswered: list[str]) -> list[Entry]:
        """Return the rows that say a number of dwellings; of equal ones the first, unless each is a dwelling."""
        saying = [entry for entry in place.entries if entry.dwellings is not None]
        distinct = list({entry.digest: entry for entry in reversed(saying)}.values())[::-1]
        if self._one_each or len(distinct) == len(saying):
            return saying
        if any(entry.dwellings != 1 for entry in saying):
            return distinct
        count, known = str(len(saying)), _recorded(place)
        choice = self._answer("dwellings_repeated", saying[0], unanswered, file=count, known=known)
        return saying if choice == "count" else distinct

    def _set(self, place: StockPlace, name: str, dwellings: int | None) -> None:
        """Write what the rows say to the address and its residence; a point placed by hand stays."""
        address, residence = place.address, place.address.residence
        before, of_residence = _state(address, _OF_ADDRESS), _state(residence, _OF_RESIDENCE)
        first = place.entries[0]
        self._identify(place)
        address.postcode = first.values.get("postcode", "") or address.postcode
        if dwellings is not None:
            address.dwellings = dwellings
        point = next((entry.point for entry in place.entries if entry.point), None)
        # A point that the product gave to a file says nothing new of where it came from.
        here = address.longitude, address.latitude
        if point and point != here and address.geocoding != GeocodingState.PLACED:
            address.longitude, address.latitude = point
            address.geocoding, address.geocoding_score = GeocodingState.SOURCE, None
        if address.longitude is None:
            first.remarks.append("to_place")
        residence.name = name
        if priority := first.values.get("priority", ""):
            residence.in_priority_neighbourhood = priority.upper() in _YES
        if _state(residence, _OF_RESIDENCE) != of_residence:
            self._touch(residence)
            changed = True
        else:
            changed = _state(address, _OF_ADDRESS) != before
        if place.reason == "already_there" and changed:
            place.reason = "updated"

    @staticmethod
    def _identify(place: StockPlace) -> None:
        address = place.address
        for entry in place.entries:
            rnb_id, ban_key = entry.at.rnb_id, entry.at.ban_key
            address.rnb_id = (rnb_id if entry.replaces else "") or address.rnb_id or rnb_id
            address.ban_key = (ban_key if entry.replaces else "") or address.ban_key or ban_key

    def _add_up(self, places: list[StockPlace]) -> None:
        """Set the dwellings of each residence concerned to the sum of its addresses'."""
        concerned: dict[int, Residence] = {}
        for place in places:
            if not place.asked and place.reason != "already_there":
                for residence in filter(None, (place.address.residence, place.moved_from)):
                    concerned[id(residence)] = residence
        for residence in concerned.values():
            total = sum(address.dwellings for address in self._known.addresses_of(residence))
            if residence.dwellings != total:
                residence.dwellings = total
                self._touch(residence)

    def _touch(self, residence: Residence) -> None:
        if residence.pk:
            self.changed[id(residence)] = residence


def _tell_other_name(entry: Entry, name: str, residence: Residence) -> None:
    """Tell the name by which a row under another reference calls the residence, which keeps its own."""
    if name != residence.name:
        entry.other_name = name
        entry.remarks.append("other_name")


def _recorded(place: StockPlace) -> str:
    return str(place.address.dwellings) if place.address.pk else ""


def _state(row: Address | Residence, columns: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in columns)
