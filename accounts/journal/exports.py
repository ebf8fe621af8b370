"""Stream the journal as a CSV file, in chunks of entries."""

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from accounts.enums import AuditAction, Role
from accounts.models import AuditEntry, User
from accounts.scope import acting_as
from core.files import Column, csv_part
from core.keyset import row_comparison

from .reading import author, names_of, subject

READERS = (Role.DPO, Role.LEAD)
CHUNK = 2000


def csv_of(entries: QuerySet[AuditEntry], reader: User) -> Iterator[bytes]:
    """Return the parts of a CSV file of ``entries``, newest first, in the active language."""
    return _parts(entries.order_by("-at", "-id").defer("detail"), reader, get_language())


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
        PermissionDenied: the reader has lost a role; the file breaks off, so that it does not look whole.
    """
    rest, held = entries, set[int]()
    while True:
        with acting_as(reader) as scope:
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


def _columns(names: dict[int, str]) -> list[Column]:
    # Read once per part: a label per entry would cost more than the rest of its line.
    actions = {action.value: str(action.label) for action in AuditAction}
    return [
        (_("Quand"), lambda entry: f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"),
        (_("Qui"), lambda entry: author(entry, names)),
        (_("Action"), lambda entry: actions[entry.action]),
        (_("Sur quoi"), subject),
    ]
