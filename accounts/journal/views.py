"""The journal of one's organisation, for its DPO and its lead."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.lists.listing import sort_and_page
from accounts.models import AuditEntry
from core.cells import harmless

from .audit import write_entry
from .filters import JournalFilter
from .reading import author, names_of, subject
from .tables import JournalTable

PER_PAGE = 50


@require_GET
@for_roles(Role.DPO, Role.LEAD)
def journal(request: ScopedRequest) -> HttpResponse:
    """List the entries; htmx asks for the rows alone."""
    chosen = JournalFilter(request.GET, queryset=AuditEntry.objects.all())
    table = JournalTable(chosen.qs, order_by=("-at",))
    sort_and_page(request, table, PER_PAGE)
    rows_only = request.htmx and request.htmx.target == "rows"
    template = "accounts/_journal_rows.html" if rows_only else "accounts/journal.html"
    context = {"filter": chosen, "table": table, "export_query": request.GET.urlencode()}
    return render(request, template, context)


@require_GET
@for_roles(Role.DPO, Role.LEAD)
def export(request: ScopedRequest) -> HttpResponse:
    """Send what the list shows as CSV; that is an entry too."""
    entries = JournalFilter(request.GET, queryset=AuditEntry.objects.all()).qs
    names = names_of(entries.order_by().exclude(actor=None).values_list("actor_id", flat=True).distinct())
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"journal-{timezone.localdate():%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow([_("Quand"), _("Qui"), _("Action"), _("Sur quoi")])
    writer.writerows(_row(entry, names) for entry in entries.iterator(chunk_size=2000))
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        "accounts.journal",
        acting_in=[Role.DPO, Role.LEAD],
        rows=entries.count(),
    )
    return response


def _row(entry: AuditEntry, names: dict[int, str]) -> list[str]:
    at = f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"
    return [at, harmless(author(entry, names)), entry.get_action_display(), harmless(subject(entry))]
