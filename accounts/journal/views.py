"""Show and export the journal of one's organisation, for its DPO and its lead."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction
from accounts.lists.listing import sort_and_page
from accounts.lists.paging import BoundedPaginator
from accounts.models import AuditEntry
from core.files import streamed
from core.keyset import row_comparison

from .audit import write_entry
from .exports import READERS, csv_of
from .filters import JournalFilter
from .tables import JournalTable

PER_PAGE = 50


@require_GET
@for_roles(*READERS)
def journal(request: ScopedRequest) -> HttpResponse:
    """List the entries; answer htmx with the rows alone."""
    chosen = JournalFilter(request.GET, queryset=_own(request))
    table = JournalTable(_found(chosen), order_by=("-at",))
    sort_and_page(request, table, PER_PAGE, BoundedPaginator)
    rows_only = request.htmx and request.htmx.target == "rows"
    template = "accounts/_journal_rows.html" if rows_only else "accounts/journal.html"
    context = {"filter": chosen, "table": table, "export_query": request.GET.urlencode()}
    return render(request, template, context)


@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest) -> HttpResponseBase:
    """Send the entries of the list as a CSV stream; write an entry about it, which the file does not hold."""
    chosen = JournalFilter(request.GET, queryset=_own(request))
    entries = _found(chosen)
    newest = entries.order_by("-at", "-id").first()
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        "accounts.journal",
        acting_in=READERS,
        rows=entries.count(),
        filters=chosen.said,
    )
    known = entries.filter(row_comparison("<=", at=newest.at, id=newest.pk)) if newest else entries.none()
    return streamed(csv_of(known, request.user), "journal", "csv")


def _own(request: ScopedRequest) -> QuerySet[AuditEntry]:
    """Return the entries of the reader's organisations, as the policy does, in a form that uses the index."""
    own = {pk for role in READERS for pk in request.scope.roles.get(role, ())}
    return AuditEntry.objects.filter(organisation_id__in=sorted(own))


def _found(chosen: JournalFilter) -> QuerySet[AuditEntry]:
    return chosen.qs if chosen.form.is_valid() else AuditEntry.objects.none()
