"""Write journals as whoever verifies them elsewhere needs them: every field that is hashed, and the digests.

``deploy/verify_journal.py`` reads these lines.
"""

import json
from collections.abc import Iterator

from django.db import connection

from .chain import TEXT, heads_of

CHUNK = 2000


def lines_of(journal: int, *, after: int = 0) -> list[tuple[int, str]]:
    """Return the next links of a journal after number ``after``, as JSON; each with its number.

    An entry that is gone has no line, which the next one's number shows.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"journal": journal, "after": after, "most": CHUNK})
        return [(number, line) for number, line in cursor.fetchall()]


def past_the_chain(journal: int) -> list[str]:
    """Return, as JSON, the entries of a journal that no link holds."""
    with connection.cursor() as cursor:
        cursor.execute(_UNLINKED, {"journal": journal})
        return [line for (line,) in cursor.fetchall()]


def end_of(journal: int) -> str:
    """Return, as JSON, what a journal ends with."""
    last = next(iter(heads_of([journal])), None)
    return json.dumps({
        "end": journal, "number": last.number if last else 0, "digest": last.digest if last else ""
    })  # fmt: skip


def whole(journal: int) -> Iterator[str]:
    """Yield the lines of a journal, in the scope of somebody who may read it."""
    after: int | None = 0
    while after is not None:
        found = lines_of(journal, after=after)
        yield from (line for _number, line in found)
        after = found[-1][0] if len(found) == CHUNK else None
    yield from past_the_chain(journal)
    yield end_of(journal)


_LINES = f"""
SELECT l.number, left({TEXT}, -1) || ',"digest":"' || encode(l.digest, 'hex') || '"}}'
FROM accounts_auditlink l JOIN accounts_auditentry e ON e.id = l.entry_id
WHERE l.journal = %(journal)s AND l.number > %(after)s ORDER BY l.number LIMIT %(most)s
"""
_UNLINKED = """
SELECT json_build_object('journal', %(journal)s::bigint, 'id', e.id, 'number', NULL)::text
FROM accounts_auditentry e WHERE coalesce(e.organisation_id, 0) = %(journal)s
    AND NOT EXISTS (SELECT 1 FROM accounts_auditlink l WHERE l.entry_id = e.id AND l.number IS NOT NULL)
ORDER BY e.id
"""
