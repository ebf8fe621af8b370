"""Show the journal as a table."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from core.dates import MomentColumn

from . import reading as journal


class JournalTable(tables.Table):
    """A table of the journal, newest first; :meth:`before_render` looks up the names of a page in one query."""

    at = MomentColumn(verbose_name=_("Quand"), seconds=True)
    actor_id = tables.Column(verbose_name=_("Qui"), orderable=False, empty_values=())
    action = tables.Column(verbose_name=_("Action"))
    object_type = tables.Column(verbose_name=_("Sur quoi"), orderable=False)

    class Meta:
        model = AuditEntry
        fields = ()
        order_by_field = "tri"
        default = "–"

    def order_at(self, entries: QuerySet[AuditEntry], descending: bool) -> tuple[QuerySet[AuditEntry], bool]:
        """Sort by moment, entries of one moment in the order they were appended."""
        return entries.order_by(*(("-at", "-id") if descending else ("at", "id"))), True

    def before_render(self, request: Any) -> None:
        """Look up the names of everybody on the page in one query."""
        self.names = journal.names_of(
            [row.record.actor_id for row in self.paginated_rows if row.record.actor_id]
        )

    def render_actor_id(self, record: AuditEntry) -> str:
        """Return the author's name."""
        return journal.author(record, self.names)

    def render_object_type(self, record: AuditEntry) -> str:
        """Return what the entry is about."""
        return journal.subject(record)
