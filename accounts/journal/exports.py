"""Send the journal as a file: a CSV stream in chunks of entries, a workbook, or the chains for a verifier."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import IO

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.models import AuditEntry, User
from accounts.scope import Scope, acting_as, load_user
from core.files import Column, csv_part, xlsx_file
from core.keyset import row_comparison

from . import proof
from .reading import figures, names_of, subject, who

READERS = (Role.DPO, Role.LEAD)
CHUNK = 2000


def csv_of(entries: QuerySet[AuditEntry], reader: User) -> Iterator[bytes]:
    """Return the parts of a CSV file of ``entries``, newest first, in the active language."""
    return _parts(entries.order_by("-at", "-id"), reader, get_language())


def _parts(entries: QuerySet[AuditEntry], reader: User, language: str | None) -> Iterator[bytes]:
    names: dict[int, str] = {}
    for number, chunk in enumerate(_chunks(entries, reader, names)):
        # The language is active only here: between parts, this thread may serve others.
        with override(language):
            part = csv_part(chunk, _columns(names), header=number == 0)
        yield part


def _chunks(entries: QuerySet[AuditEntry], reader: User, names: dict[int, str]) -> Iterator[list[AuditEntry]]:
    """Read the entries in chunks, each in a transaction of its own; add the names of their authors to ``names``.

    The first chunk is yielded even if it is empty.

    Raises:
        PermissionDenied: the reader has lost a role or the account; the file breaks off, so that it does not look whole.
    """
    rest, held = entries, set[int]()
    while True:
        with _acting_still(reader) as scope:
            holds = {pk for role in READERS for pk in scope.roles.get(role, ())}
            if not holds or not held <= holds:
                raise PermissionDenied
            held = holds
            chunk = list(rest[:CHUNK])
            names |= names_of({entry.actor_id for entry in chunk if entry.actor_id} - names.keys())
        yield chunk
        if len(chunk) < CHUNK:
            return
        rest = entries.filter(row_comparison("<", at=chunk[-1].at, id=chunk[-1].pk))


def xlsx_of(entries: QuerySet[AuditEntry]) -> IO[bytes]:
    """Return a workbook of ``entries``, newest first, in the active language."""
    rows = list(entries.order_by("-at", "-id"))
    names = names_of({row.actor_id for row in rows if row.actor_id and not row.actor_name})
    return xlsx_file(rows, _columns(names), _("Journal"))


def proof_of(reader: User) -> Iterator[bytes]:
    """Yield the chains of the journals that ``reader`` may read, part by part, each in a transaction of its own."""
    with _acting_still(reader) as scope:
        journals = sorted({pk for role in READERS for pk in scope.roles.get(role, ())})
    for journal in journals:
        after: int | None = 0
        while after is not None:
            with _acting_still(reader):
                found = proof.lines_of(journal, after=after)
                more = len(found) == proof.CHUNK
                ends = [] if more else [*proof.past_the_chain(journal), proof.end_of(journal)]
            yield "".join(f"{line}\n" for line in [*(line for _number, line in found), *ends]).encode()
            after = found[-1][0] if more else None


def _acting_still(reader: User) -> AbstractContextManager[Scope]:
    """Return the scope of a reader as their account is now: it may have been closed since the file was begun."""
    return acting_as(load_user(reader.pk))


def _columns(names: dict[int, str]) -> list[Column]:
    # Read once per part: a label per entry would cost more than the rest of its line.
    actions = {action.value: str(action.label) for action in AuditAction}
    return [
        (_("Quand"), lambda entry: f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"),
        (_("Qui"), lambda entry: who(entry, names).name),
        (_("En tant que"), lambda entry: who(entry, names).acting),
        (_("Action"), lambda entry: actions[entry.action]),
        (_("Sur quoi"), subject),
        (_("Résidences montrées"), lambda entry: entry.places.replace("\n", ", ")),
        (_("Précisions"), figures),
    ]
