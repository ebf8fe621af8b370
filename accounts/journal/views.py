"""Show and export the journal of one's organisation, for its DPO and its lead."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction
from accounts.lists.listing import listing, opens_with_default
from accounts.lists.paging import BoundedPaginator
from accounts.models import AuditEntry
from core.files import asked_kind, attachment, streamed
from core.keyset import row_comparison

from .audit import write_entry
from .exports import READERS, csv_of, proof_of, xlsx_of
from .filters import JournalFilter
from .tables import JournalTable

XLSX_ROWS = 20_000


@require_GET
@for_roles(*READERS)
@opens_with_default("journal")
def journal(request: ScopedRequest) -> HttpResponse:
    """List the entries; answer htmx with the rows alone. Reading it is an entry, which the next reading shows."""
    chosen = JournalFilter(request.GET, queryset=_own(request))
    table = JournalTable(_found(chosen), order_by=("-at",))
    shown = listing(request, table, name="journal", filterset=chosen, paginator_class=BoundedPaginator)
    rows_only = request.htmx and request.htmx.target == "rows"
    template = "accounts/_journal_rows.html" if rows_only else "accounts/journal.html"
    asked = chosen.form.cleaned_data if chosen.form.is_valid() else {}
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "asked": asked,
        "export_query": request.GET.urlencode(),
        "whole_query": urlencode({
            "question": "whole", **{name: asked[name] for name in ("since", "until", "person") if asked.get(name)},
        }),
    }  # fmt: skip
    answer = render(request, template, context)
    write_entry(request.scope, AuditAction.READ, "accounts.journal", filters=chosen.said)
    return answer


@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest) -> HttpResponseBase:
    """Send the entries of the list as a file; write an entry about it, which the file does not hold."""
    kind = asked_kind(request, ("csv", "xlsx")) or "csv"
    chosen = JournalFilter(request.GET, queryset=_own(request))
    entries = _found(chosen)
    rows = entries.count()
    if kind == "xlsx" and rows > XLSX_ROWS:
        messages.error(request, _("Trop de lignes pour une feuille de calcul : filtrez, ou prenez le CSV."))
        return redirect(f"{reverse('accounts:journal')}?{request.GET.urlencode()}")
    newest = entries.order_by("-at", "-id").first()
    write_entry(
        request.scope, AuditAction.EXPORT, "accounts.journal", format=kind, rows=rows, filters=chosen.said
    )
    known = entries.filter(row_comparison("<=", at=newest.at, id=newest.pk)) if newest else entries.none()
    if kind == "xlsx":
        return attachment(xlsx_of(known), "journal", kind)
    return streamed(csv_of(known, request.user), "journal", kind)


@require_GET
@for_roles(*READERS)
def proof(request: ScopedRequest) -> HttpResponseBase:
    """Send the chains of the reader's journals whole, as ``deploy/verify_journal.py`` reads them."""
    write_entry(request.scope, AuditAction.EXPORT, "accounts.journal", format="jsonl")
    answer = streamed(proof_of(request.user), "journal-preuve", "csv")
    answer.headers["Content-Type"] = "application/jsonl"
    answer.headers["Content-Disposition"] = 'attachment; filename="journal-preuve.jsonl"'
    return answer


def _own(request: ScopedRequest) -> QuerySet[AuditEntry]:
    """Return the entries of the reader's organisations, as the policy does, in a form that uses the index."""
    own = {pk for role in READERS for pk in request.scope.roles.get(role, ())}
    return AuditEntry.objects.filter(organisation_id__in=sorted(own))


def _found(chosen: JournalFilter) -> QuerySet[AuditEntry]:
    return chosen.qs if chosen.form.is_valid() else AuditEntry.objects.none()
