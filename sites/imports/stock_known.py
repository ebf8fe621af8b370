"""Hold the residences and addresses that a landlord has already, where some rows of a file lie."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from core.text import visible
from sites.models import Address, Residence, ResidenceAlias

from .stock_identity import Identifiers
from .stock_rows import Entry

Key = tuple[Any, ...]


class Known:
    """The residences and addresses known in the communes of some rows, and those known under their references.

    Args:
        entries: the rows.
        by_reference: whether the reference alone makes an address, whatever it is called.

    Attributes:
        identifiers: the addresses by their national identifiers.
        added: other references given to residences.
    """

    def __init__(self, entries: Iterable[Entry], *, by_reference: bool) -> None:
        self._by_reference = by_reference
        self._residences: dict[Key, list[Residence]] = defaultdict(list)
        self._others: set[tuple[int, str]] = set()
        self._addresses: dict[Key, list[Address]] = defaultdict(list)
        self._of: dict[int, list[Address]] = defaultdict(list)
        self.identifiers = Identifiers({})
        self.added: list[ResidenceAlias] = []
        self._load(list(entries))

    def _load(self, entries: list[Entry]) -> None:
        landlords = {entry.landlord.pk for entry in entries}
        communes = {entry.commune.pk for entry in entries}
        references = sorted({entry.reference for entry in entries} - {""})
        here = Q(landlord__in=landlords, commune__in=communes)
        named = Q(landlord__in=landlords, reference__in=references)
        aliases = list(ResidenceAlias.objects.filter(here | named).order_by("id"))
        wanted = here | named | Q(pk__in={alias.residence_id for alias in aliases})
        by_id = {r.pk: r for r in Residence.objects.filter(wanted).order_by("id")}
        for residence in by_id.values():
            if residence.merged_into_id is not None:
                # The residence that it was merged into has its references.
                continue
            self._residences[residence.landlord_id, visible(residence.reference)].append(residence)
        for alias in aliases:
            if by_id[alias.residence_id].merged_into_id is None:
                self._alias(by_id[alias.residence_id], alias.reference)
        addresses = {address.pk: address for address in Address.objects.filter(here).order_by("id")}
        for address in addresses.values():
            address.residence = by_id[address.residence_id]
            if address.merged_into_id is None:
                self._note(self._key_of(address), address)
        for address in addresses.values():
            if address.merged_into_id is not None:
                self._note_former(address, addresses[address.merged_into_id])

    def key(self, entry: Entry) -> Key:
        """Return the key that identifies the row's address."""
        if self._by_reference:
            return entry.landlord.pk, entry.commune.pk, entry.reference
        written = entry.landlord.pk, entry.commune.pk, entry.key
        return self.identifiers.find(entry, written) or written

    def address(self, entry: Entry) -> Address | None:
        """Return an address that the row is about, if one is known."""
        return next(iter(self._addresses.get(self.key(entry), ())), None)

    def holders(self, key: Key) -> list[Address]:
        """Return the addresses under a key, each of another residence."""
        return self._addresses.get(key, [])

    def residences(self, landlord_id: int, reference: str) -> list[Residence]:
        """Return the residences known under a reference, in any commune."""
        return self._residences.get((landlord_id, reference), [])

    def is_other(self, residence: Residence, reference: str) -> bool:
        """Say whether ``reference`` is another reference of the residence, not its own."""
        return (id(residence), reference) in self._others

    def addresses_of(self, residence: Residence) -> list[Address]:
        """Return the addresses of a residence."""
        return self._of[id(residence)]

    def add_residence(self, residence: Residence) -> None:
        """Note a new residence."""
        self._residences[residence.landlord_id, residence.reference].append(residence)

    def add_address(self, key: Key, address: Address) -> None:
        """Note a new address."""
        self._note(key, address)

    def add_reference(self, residence: Residence, reference: str) -> None:
        """Note another reference of a residence; nothing where it has it already."""
        if reference == residence.reference or self.is_other(residence, reference):
            return
        self._alias(residence, reference)
        self.added.append(ResidenceAlias(
            residence=residence,
            landlord_id=residence.landlord_id,
            commune_id=residence.commune_id,
            reference=reference,
        ))  # fmt: skip

    def move(self, address: Address, residence: Residence) -> None:
        """Give an address to another residence."""
        self._of[id(address.residence)].remove(address)
        address.residence = residence
        self._of[id(residence)].append(address)

    def _alias(self, residence: Residence, reference: str) -> None:
        self._others.add((id(residence), reference))
        self._residences[residence.landlord_id, reference].append(residence)

    def _note(self, key: Key, address: Address) -> None:
        self._addresses[key].append(address)
        self._of[id(address.residence)].append(address)
        self.identifiers.add(key, address)

    def _note_former(self, former: Address, survivor: Address) -> None:
        """Have a survivor found by the text and the identifiers of an address that was merged into it."""
        key, own = self._key_of(former), self._key_of(survivor)
        if key != own and survivor not in self._addresses[key]:
            self._addresses[key].append(survivor)
        self.identifiers.add_former(former, own)

    def _key_of(self, address: Address) -> Key:
        if self._by_reference:
            return address.landlord_id, address.commune_id, address.residence.reference
        return address.landlord_id, address.commune_id, address.match_key
