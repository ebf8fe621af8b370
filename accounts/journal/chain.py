"""Verify the chains of the journals: each entry rests on the one before, and none has changed, gone or come in between.

A journal is that of an organisation, or 0 for what concerns the installation alone. Its entries are numbered 1, 2, 3 …
in the order in which they were committed. The digest of an entry is the SHA-256 of its *canonical text*: a JSON object
in UTF-8, without spaces, its keys sorted, its values as :data:`FIELDS` says, with the number of the entry and the digest
of the one before (``previous``, empty for the first). ``deploy/verify_journal.py`` is written anew after this description.

What somebody does who may change anything in the database, this included, shows in the checkpoints kept elsewhere.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from django.db import connection

# The keys of the canonical text and the type of their values: text, number or nothing. Moments are texts in UTC with
# microseconds, 2026-05-01T10:00:00.000000Z; ``detail`` is JSON as the database writes it, in a text.
FIELDS = {
    "acting_for": "number", "acting_name": "text", "action": "text", "actor": "number", "actor_name": "text",
    "at": "text", "detail": "text", "id": "number", "journal": "number", "number": "number", "object_id": "text",
    "object_type": "text", "places": "text", "previous": "text", "role": "text", "sealed_at": "text",
    "subject": "text", "system": "text",
}  # fmt: skip

Kind = Literal[
    "gap",
    "missing",
    "journal",
    "link",
    "changed",
    "order",
    "backdated",
    "beginning",
    "unlinked",
    "cut",
    "head",
]
# No transaction that writes an entry lasts as long.
_LONGEST = "1 day"
# Links that one statement reads.
BATCH = 100_000


@dataclass(frozen=True)
class Problem:
    """The first broken link of a journal; ``number`` or ``entry`` is None where there is none."""

    journal: int
    number: int | None
    entry: int | None
    kind: Kind

    def as_json(self) -> dict[str, Any]:
        """Return the problem as a checkpoint keeps it."""
        return asdict(self)


@dataclass(frozen=True)
class Head:
    """The last link of a journal: how many entries it ever had, and the digest of the last."""

    journal: int
    number: int
    digest: str


@dataclass(frozen=True)
class Verified:
    """What a verification found: the heads of all journals, how many entries were read, and the first problem of each."""

    heads: list[Head]
    entries: int
    problems: list[Problem]


def canonical(fields: Any) -> bytes:
    r"""Return the canonical text of an entry, of the fields of :data:`FIELDS`.

    >>> canonical({"number": 1, "action": "création", "actor": None})
    b'{"action":"cr\xc3\xa9ation","actor":null,"number":1}'
    """
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def verify(known: Iterable[Head] = ()) -> Verified:
    """Read all journals in the scope "verification", which the caller enters.

    Args:
        known: heads that were written down before; an entry of that number must still have that digest.
    """
    heads, problems, entries = [], [], 0
    for head, first in _journals():
        heads.append(head)
        entries += head.number - first + 1
        if problem := _first_problem(head, first):
            problems.append(problem)
    problems += [*_unlinked(), *_cut_off(known, heads)]
    return Verified(heads, entries, problems)


def heads_of(journals: Iterable[int]) -> list[Head]:
    """Return the last link of each of these journals that has one."""
    return [head for head, _first in _journals() if head.journal in set(journals)]


def _journals() -> list[tuple[Head, int]]:
    """Return the last link of each journal and the number of its first one."""
    return [(Head(journal, number, digest), first) for journal, number, digest, first in _rows(_HEADS)]


def _first_problem(head: Head, first: int) -> Problem | None:
    """Return the first broken link of a journal, read in batches that overlap by one link."""
    if first != 1 and not _was_cut(head.journal, first):
        return Problem(head.journal, first, None, "beginning")
    for low in range(first, head.number + 1, BATCH):
        found = _rows(_BROKEN, journal=head.journal, low=low, high=low + BATCH - 1, longest=_LONGEST)
        for number, entry, kind in found:
            return Problem(head.journal, number, entry, kind)
    return None


def _was_cut(journal: int, first: int) -> bool:
    """Say whether an entry of the journal tells of the erasing of all before its ``first`` link."""
    return bool(_rows(_CUT, journal=journal, first=first))


def _unlinked() -> Iterator[Problem]:
    for journal, entry in _rows(_UNLINKED):
        yield Problem(journal, None, entry, "unlinked")


def _cut_off(known: Iterable[Head], heads: Sequence[Head]) -> Iterator[Problem]:
    """Yield, for each journal, the first head written down before that is no more what its chain holds."""
    written = sorted({(head.journal, head.number, head.digest) for head in known})
    now = {head.journal: head.number for head in heads}
    told = set[int]()
    for journal, number, digest in _rows(_DIFFERING, written=json.dumps(written)):
        if journal not in told:
            told.add(journal)
            kind: Kind = "cut" if digest is None and number > now.get(journal, 0) else "head"
            yield Problem(journal, number, None, kind)


def _rows(statement: str, **params: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, params or None)
        return cursor.fetchall()


_HEADS = """
SELECT last.journal, last.number, encode(l.digest, 'hex'), last.first
FROM (SELECT journal, max(number) AS number, min(number) AS first FROM accounts_auditlink
    WHERE number IS NOT NULL GROUP BY journal) last
JOIN accounts_auditlink l ON l.journal = last.journal AND l.number = last.number ORDER BY last.journal
"""
# As ``canonical``, of an entry ``e`` and its link ``l``; written out, so that it rests on no function of the database
# that somebody may have replaced.
TEXT = """'{"acting_for":' || coalesce(e.acting_for_id::text, 'null')
    || ',"acting_name":' || to_json(e.acting_name::text)::text || ',"action":' || to_json(e.action::text)::text
    || ',"actor":' || coalesce(e.actor_id::text, 'null')
    || ',"actor_name":' || to_json(e.actor_name::text)::text
    || ',"at":"' || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","detail":' || to_json(e.detail::text)::text || ',"id":' || e.id::text
    || ',"journal":' || l.journal::text || ',"number":' || l.number::text
    || ',"object_id":' || to_json(e.object_id::text)::text
    || ',"object_type":' || to_json(e.object_type::text)::text || ',"places":' || to_json(e.places::text)::text
    || ',"previous":"' || encode(l.previous, 'hex') || '","role":' || to_json(e.role::text)::text
    || ',"sealed_at":"' || to_char(l.sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","subject":' || to_json(e.subject::text)::text || ',"system":' || to_json(e.system::text)::text || '}'"""
_BROKEN = f"""
WITH links AS MATERIALIZED (
    SELECT l.*, lag(l.number) OVER w AS number_before, lag(l.digest) OVER w AS digest_before,
        lag(l.sealed_at) OVER w AS moment_before
    FROM accounts_auditlink l
    WHERE l.journal = %(journal)s AND l.number BETWEEN %(low)s - 1 AND %(high)s
    WINDOW w AS (ORDER BY l.number)
), judged AS (
    SELECT l.number, l.entry_id, CASE
        WHEN l.number_before IS NOT NULL AND l.number <> l.number_before + 1 THEN 'gap'
        WHEN l.number = 1 AND l.previous <> '' THEN 'link'
        WHEN e.id IS NULL THEN 'missing'
        WHEN coalesce(e.organisation_id, 0) <> l.journal THEN 'journal'
        WHEN l.digest_before IS NOT NULL AND l.previous <> l.digest_before THEN 'link'
        WHEN l.digest <> sha256(convert_to({TEXT}, 'UTF8')) THEN 'changed'
        WHEN l.sealed_at < l.moment_before THEN 'order'
        WHEN e.at NOT BETWEEN l.sealed_at - %(longest)s::interval AND l.sealed_at THEN 'backdated'
    END AS kind
    FROM links l LEFT JOIN accounts_auditentry e ON e.id = l.entry_id WHERE l.number >= %(low)s
)
SELECT number, entry_id, kind FROM judged WHERE kind IS NOT NULL ORDER BY number LIMIT 1
"""
_CUT = """
SELECT 1 FROM accounts_auditlink first
JOIN accounts_auditlink l ON l.journal = first.journal JOIN accounts_auditentry e ON e.id = l.entry_id
WHERE first.journal = %(journal)s AND first.number = %(first)s
    AND e.action = 'erase' AND e.object_type = 'accounts.journal' AND e.system = 'retention'
    AND e.detail @> jsonb_build_object('through', first.number - 1, 'digest', encode(first.previous, 'hex'))
    AND (e.detail ->> 'before')::timestamptz <= e.at - interval '1 year'
LIMIT 1
"""
_UNLINKED = """
SELECT coalesce(e.organisation_id, 0) AS journal, min(e.id) FROM accounts_auditentry e
WHERE NOT EXISTS (SELECT 1 FROM accounts_auditlink l WHERE l.entry_id = e.id AND l.number IS NOT NULL)
GROUP BY 1 ORDER BY 1
"""
# A head before the first link that is left was erased by the retention, but for the one that this link rests on.
_DIFFERING = """
SELECT known.journal, known.number, encode(l.digest, 'hex')
FROM (SELECT (w ->> 0)::bigint AS journal, (w ->> 1)::bigint AS number, w ->> 2 AS digest
    FROM jsonb_array_elements(%(written)s::jsonb) w) known
LEFT JOIN accounts_auditlink l ON l.journal = known.journal AND l.number = known.number
LEFT JOIN (SELECT journal, min(number) AS number FROM accounts_auditlink WHERE number IS NOT NULL GROUP BY journal) first
    ON first.journal = known.journal
LEFT JOIN accounts_auditlink rest ON rest.journal = first.journal AND rest.number = first.number
WHERE CASE WHEN l.digest IS NOT NULL THEN encode(l.digest, 'hex') <> known.digest
    WHEN known.number = first.number - 1 THEN encode(rest.previous, 'hex') <> known.digest
    ELSE known.number >= coalesce(first.number, 0) END
ORDER BY known.journal, known.number
"""
