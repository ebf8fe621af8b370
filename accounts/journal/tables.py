"""Show the journal as a table."""

from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry
from core.dates import MomentColumn

from . import reading as journal


class JournalTable(tables.Table):
    """A table of the journal, newest first; :meth:`before_render` looks up the names of a page in one query."""

    at = MomentColumn(verbose_name=_("Quand"), seconds=True)
    actor_id = tables.Column(verbose_name=_("Qui"), orderable=False, empty_values=())
    action = tables.Column(verbose_name=_("Action"), orderable=False)
    object_type = tables.Column(verbose_name=_("Sur quoi"), orderable=False)
    places = tables.Column(verbose_name=_("Résidences montrées"), orderable=False)
    detail = tables.Column(verbose_name=_("Précisions"), orderable=False)

    always = ("at", "actor_id", "action", "object_type")

    class Meta:
        model = AuditEntry
        fields = ()
        order_by_field = "tri"
        default = "–"

    def order_at(self, entries: QuerySet[AuditEntry], descending: bool) -> tuple[QuerySet[AuditEntry], bool]:
        """Sort by moment, entries of one moment in the order they were appended."""
        return entries.order_by(*(("-at", "-id") if descending else ("at", "id"))), True

    def before_render(self, request: Any) -> None:
        """Look up the names of everybody on the page whose entry bears none, in one query."""
        rows = [row.record for row in self.paginated_rows]
        self.names = journal.names_of([row.actor_id for row in rows if row.actor_id and not row.actor_name])

    def render_actor_id(self, record: AuditEntry) -> str | SafeString:
        """Return the author's name, with the role and the organisation below it."""
        who = journal.who(record, self.names)
        if not who.acting:
            return who.name
        return format_html('{} <span class="d-md-block small text-secondary">{}</span>', who.name, who.acting)

    def render_object_type(self, record: AuditEntry) -> str:
        """Return what the entry is about."""
        return journal.subject(record)

    def render_places(self, value: str) -> str | SafeString:
        """Return the residences that were shown: the first ones, and all of them behind a click."""
        first, *more = value.split("\n")
        if not more:
            return first
        more_said = journal.and_others(len(more))
        return format_html("<details><summary>{} {}</summary>{}</details>", first, more_said, ", ".join(more))

    def render_detail(self, record: AuditEntry) -> str:
        """Return the figures of the entry, in words."""
        return journal.figures(record) or "–"
