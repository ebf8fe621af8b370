#!/usr/bin/env python3
"""Verify a journal exported by Palier, with Python's standard library alone: ``verify_journal.py EXPORT [CHECKPOINTS]``.

The export ("journal-preuve.jsonl") has a JSON object on each line: an entry of a journal with its digest, and after the
entries of each journal what it ends with (``end``: the journal, ``number``: of its last entry, ``digest``: of it). An
entry's digest is the SHA-256, in hexadecimal, of its canonical text: the object without ``digest`` as JSON in UTF-8,
keys sorted, no spaces, no character escaped that need not be. ``number`` counts 1, 2, 3 … within a journal; ``previous``
is the digest of the entry before, "" for the first. ``at`` is when the entry was written, ``sealed_at`` when it was
linked. A journal that begins later holds an entry (action "erase", object "accounts.journal") whose ``detail`` tells
the last number that the retention erased (``through``), and its digest.

CHECKPOINTS is the file that Palier writes each night: a JSON object on each line, with ``heads`` (journal, number,
digest), ``previous``, the digest of the line before, and ``digest``, the SHA-256 of ``previous`` and of the heads.

Prints what was verified; or the first broken link, and exits with 1.
"""

import datetime as dt
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LONGEST_TRANSACTION = dt.timedelta(days=1)


class BrokenLinkError(Exception):
    """A link that does not hold; the message names it."""


def canonical(value: Any) -> bytes:
    """Return the canonical text of a value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(entry: dict[str, Any]) -> str:
    """Return the digest that an entry must have."""
    return hashlib.sha256(canonical({key: entry[key] for key in entry if key != "digest"})).hexdigest()


def moment(text: str) -> dt.datetime:
    """Return a moment of an entry."""
    return dt.datetime.fromisoformat(text)


class Journal:
    """A journal while its entries are read, one after another; of their digests it keeps those of ``wanted`` numbers."""

    def __init__(self, number: int, wanted: set[int]) -> None:
        self.number = number
        self.wanted = wanted
        self.first = 0
        self.last: dict[str, Any] = {}
        self.rests_on: tuple[int, str] | None = None
        self.erased: set[tuple[int, str]] = set()
        self.digests: dict[int, str] = {}
        self.ended = False

    def take(self, entry: dict[str, Any]) -> None:
        """Read the next entry; raise BrokenLinkError where it does not rest on the one before."""
        self._must(entry["number"] is not None, entry, "was written past the chain: it has no number")
        if self.last:
            self._must(
                entry["number"] == self.last["number"] + 1, entry, f"comes after entry {self.last['number']}"
            )
            self._must(entry["previous"] == self.last["digest"], entry, "does not rest on the entry before")
            self._must(
                entry["sealed_at"] >= self.last["sealed_at"], entry, "was linked before the entry before"
            )
        elif entry["number"] != 1 or entry["previous"]:
            self._must(entry["number"] != 1, entry, "is the first, and rests on another")
            self.rests_on = (entry["number"] - 1, entry["previous"])
        self._must(entry["digest"] == digest_of(entry), entry, "is not what was written")
        late = moment(entry["sealed_at"]) - moment(entry["at"])
        self._must(
            dt.timedelta() <= late <= LONGEST_TRANSACTION, entry, "bears another day than that of its link"
        )
        if entry["action"] == "erase" and entry["object_type"] == "accounts.journal":
            told = json.loads(entry["detail"])
            self.erased.add((told.get("through"), told.get("digest")))
        if entry["number"] in self.wanted:
            self.digests[entry["number"]] = entry["digest"]
        self.first = self.first or entry["number"]
        self.last = entry

    def end(self, number: int, digest: str) -> None:
        """Compare the last entry with what the journal is said to end with."""
        held = (self.last.get("number", 0), self.last.get("digest", ""))
        if held != (number, digest):
            message = f"journal {self.number}: ends with entry {held[0]}, and its last link is {number}"
            raise BrokenLinkError(message)
        if self.rests_on and self.rests_on not in self.erased:
            message = f"journal {self.number}: what came before entry {self.rests_on[0] + 1} is gone, and no entry says so"
            raise BrokenLinkError(message)
        self.ended = True

    def meet(self, number: int, digest: str) -> None:
        """Compare with a head written down before."""
        held = self.digests.get(
            number, self.rests_on[1] if self.rests_on and number == self.first - 1 else None
        )
        if held is None and number < self.first:
            return
        if held != digest:
            what = "is missing" if held is None else "is another"
            message = f"journal {self.number}: entry {number} {what}: a checkpoint tells of it"
            raise BrokenLinkError(message)

    def _must(self, holds: bool, entry: dict[str, Any], why: str) -> None:
        if not holds:
            message = f"journal {self.number}: entry {entry['number']} (id {entry['id']}) {why}"
            raise BrokenLinkError(message)


def read(lines: Iterable[str], known: Iterable[dict[str, Any]] = ()) -> dict[int, Journal]:
    """Return the journals of an export, verified and compared with the heads that were written down before."""
    written = [(head["journal"], head["number"], head["digest"]) for head in known]
    journals: dict[int, Journal] = {}
    for line in lines:
        told = json.loads(line)
        number = told["end"] if "end" in told else told["journal"]
        if number not in journals:
            journals[number] = Journal(
                number, {entry for journal, entry, _digest in written if journal == number}
            )
        if "end" in told:
            journals[number].end(told["number"], told["digest"])
        else:
            journals[number].take(told)
    for journal in journals.values():
        if not journal.ended:
            message = f"journal {journal.number}: the export does not say with what it ends"
            raise BrokenLinkError(message)
    for journal, entry, digest in written:
        if journal in journals:
            journals[journal].meet(entry, digest)
    return journals


def heads(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the heads of a file of checkpoints, each line of which rests on the one before."""
    before = None
    for place, line in enumerate(lines, start=1):
        told = json.loads(line)
        text = told["previous"].encode() + canonical(told["heads"])
        if told["digest"] != hashlib.sha256(text).hexdigest() or before not in {None, told["previous"]}:
            message = f"checkpoints: line {place} is not what was written"
            raise BrokenLinkError(message)
        before = told["digest"]
        yield from told["heads"]


def main(export: str, checkpoints: str = "") -> int:
    """Verify an export, and compare it with checkpoints; return the exit code."""
    try:
        known = heads(Path(checkpoints).read_text(encoding="utf-8").splitlines()) if checkpoints else ()
        with Path(export).open(encoding="utf-8") as lines:
            journals = read(lines, known)
    except BrokenLinkError as broken:
        sys.stdout.write(f"BROKEN {broken}\n")
        return 1
    for journal in journals.values():
        head = journal.last.get("digest", "")
        held = journal.last.get("number", 0) - journal.first + 1 if journal.last else 0
        sys.stdout.write(f"journal {journal.number}: {held} entries hold, up to {head}\n")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.stdout.write(__doc__)
        sys.exit(2)
    sys.exit(main(*sys.argv[1:]))
