"""Tell which address a row of a stock file names, by its numbers and its national identifiers."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sites.match_key import Restating, parse
from sites.models import Address

from .questions import Ask
from .stock_rows import Entry

Key = tuple[Any, ...]
# An answer restates the numbers: at most this often, for what is restated may raise another question.
_MOST_ANSWERS = 3
_CHOICES: tuple[Restating, ...] = ("all", "ends", "number", "name")


def tell_numbers(entries: list[Entry], known: Callable[[Entry], Address | None], ask: Ask) -> list[Entry]:
    """Return the rows whose numbers and units can be told; mark the others as asked about, or as left out.

    An address that is known as it is written, or as an answer restated it in an earlier import, is no question.
    """
    for entry in entries:
        for _attempt in range(_MOST_ANSWERS):
            question = entry.at.parsed.question
            if not question or known(entry) or _answered_before(entry, known):
                break
            choice = ask(question, line=entry.line, subject=entry.subject, file=entry.at.label, known="")
            if choice not in _CHOICES:
                entry.asked = "" if choice else question
                entry.refused = question if choice == "leave" else ""
                break
            written = entry.at.label
            _restate(entry, choice)
            if entry.at.label == written:
                break
    return [entry for entry in entries if not entry.settled]


def _answered_before(entry: Entry, known: Callable[[Entry], Address | None]) -> bool:
    """Say whether the address is known by one of the answers; write the row as that answer does."""
    written = entry.at
    for choice in _CHOICES:
        _restate(entry, choice)
        if not entry.at.parsed.question and known(entry):
            return True
        entry.at = written
    return False


def _restate(entry: Entry, choice: Restating) -> None:
    label = entry.at.parsed.restated(choice)
    entry.at = replace(entry.at, label=label, parsed=parse(label))


class Identifiers:
    """The addresses by their national identifiers.

    The key of an address (BAN), with the unit, names one. A building (RNB) may have several doors: its identifier
    names the one address that has it, where no row of the file writes that address itself.
    """

    def __init__(self, addresses: Mapping[Key, Address]) -> None:
        # The addresses that rows of the file write.
        self.written: set[Key] = set()
        self._addresses: dict[Key, Key] = {}
        self._buildings: dict[Key, set[Key]] = defaultdict(set)
        self._of: dict[Key, tuple[str, str]] = {}
        for key, address in addresses.items():
            self.add(key, address)

    def add(self, key: Key, address: Address) -> None:
        """Note the identifiers of an address."""
        if address.ban_key:
            unit = parse(address.label).unit
            self._addresses.setdefault((address.landlord_id, address.ban_key, unit), key)
        if address.rnb_id:
            self._buildings[address.landlord_id, address.rnb_id].add(key)
        if address.ban_key or address.rnb_id:
            self._of[key] = address.ban_key, address.rnb_id

    def add_former(self, former: Address, survivor: Key) -> None:
        """Note the identifiers of an address that was merged into the one under the key ``survivor``."""
        if former.ban_key:
            unit = parse(former.label).unit
            self._addresses.setdefault((former.landlord_id, former.ban_key, unit), survivor)
        if former.rnb_id:
            self._buildings[former.landlord_id, former.rnb_id].add(survivor)

    def find(self, entry: Entry, written: Key) -> Key | None:
        """Return the key of the address that the row's identifiers name; None where they name none."""
        at, landlord = entry.at, entry.landlord.pk
        if at.ban_key and (key := self._addresses.get((landlord, at.ban_key, at.parsed.unit))):
            return key
        doors = self._buildings.get((landlord, at.rnb_id), set()) if at.rnb_id else set()
        if len(doors) == 1 and not doors & self.written:
            return next(iter(doors))
        return None

    def agree(self, entry: Entry, key: Key, ask: Ask) -> bool:
        """Say whether the row is about the address ``key``; False where another identifier is asked about."""
        ban_key, rnb_id = self._of.get(key, ("", ""))
        at = entry.at
        same_ban = ban_key == at.ban_key or not (ban_key and at.ban_key)
        if same_ban and (rnb_id == at.rnb_id or not (rnb_id and at.rnb_id)):
            self._of[key] = ban_key or at.ban_key, rnb_id or at.rnb_id
            return True
        choice = ask(
            "other_identifier",
            line=entry.line,
            subject=entry.subject,
            file=" ".join(filter(None, (at.ban_key, at.rnb_id))),
            known=" ".join(filter(None, (ban_key, rnb_id))),
        )
        if choice == "replace":
            entry.replaces = True
        elif choice == "keep":
            entry.at = replace(at, ban_key="", rnb_id="")
        else:
            entry.asked = "other_identifier"
        return bool(choice)
