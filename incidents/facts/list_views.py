"""List facts, filtered, sorted and paginated, and export them."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from accounts.lists.listing import as_listed, listing, opens_with_default
from accounts.lists.paging import BoundedPaginator
from accounts.scope import Scope
from core.files import XLSX_MAX_ROWS, attachment, csv_file, xlsx_file
from incidents.bulk.services import MOST
from incidents.enums import DayPart
from incidents.files import with_roles
from incidents.models import Incident, UnplacedFact
from sites.perimeter import is_assigned, is_led, is_own, sees_assigned_alone
from sites.reading import landlords_on, places_on, write_reading

from .exports import CHUNK, columns
from .filters import IncidentFilter
from .periods import NO_HOUR, hour_read
from .tables import IncidentTable


@dataclass(frozen=True, slots=True)
class WithoutHour:
    """The facts that a filter by hours leaves out: how many, as far as is counted, and the query that lists them."""

    number: int
    query: str


READERS = (Role.AGENT, Role.LEAD, Role.COORDINATOR)


@require_GET
@for_roles(*READERS)
@opens_with_default("facts")
def incidents(request: ScopedRequest) -> HttpResponse:
    """List facts; for htmx return the rows alone."""
    chosen, table = _table(request)
    shown = listing(request, table, name="facts", filterset=chosen, paginator_class=BoundedPaginator)
    write_reading(
        request.scope,
        "incidents.list",
        concerns=landlords_on(table),
        places=places_on(table),
        filters=_said(chosen),
    )
    context = {
        "filter": chosen,
        "table": table,
        "writes": request.scope.has(Role.AGENT, Role.LEAD),
        "leads": request.scope.has(Role.LEAD),
        "listing": shown,
        "without_hour": _without_hour(request, chosen),
        "most_together": MOST,
        "to_place": UnplacedFact.objects.filter(settled_at=None).count(),
    }
    rows_only = request.htmx and request.htmx.target == "rows"
    return render(request, "incidents/_rows.html" if rows_only else "incidents/list.html", context)


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the listed facts as a file, written completely within the scope of the request."""
    chosen, table = _table(request)
    facts = table.data.data
    number = facts.count()
    if kind == "xlsx" and number >= XLSX_MAX_ROWS:
        messages.error(request, _("Trop de lignes pour une feuille de calcul : filtrez, ou prenez le CSV."))
        return redirect(f"{reverse('incidents:list')}?{request.GET.urlencode()}")
    own = request.scope.has(Role.AGENT, Role.LEAD)
    held = columns(own=own, landlord=_several(request))
    chosen_columns = as_listed(request, table, name="facts", columns=held)
    rows = _complete(table.data.data, own=own).iterator(chunk_size=CHUNK)
    file = csv_file(rows, chosen_columns) if kind == "csv" else xlsx_file(rows, chosen_columns, _("Faits"))
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        "incidents.list",
        acting_in=READERS,
        concerns=facts.order_by().values_list("landlord_id", flat=True).distinct(),
        format=kind,
        rows=number,
        filters=_said(chosen),
    )
    return attachment(file, "faits", kind)


def _table(request: ScopedRequest) -> tuple[IncidentFilter, IncidentTable]:
    all_facts = _all_facts(request.scope)
    chosen = IncidentFilter(request.GET, queryset=all_facts, request=request)
    facts = chosen.qs if chosen.form.is_valid() else all_facts.none()
    leads = request.scope.has(Role.LEAD)
    table = IncidentTable(facts, several_landlords=_several(request), chooses=leads, order_by=("-day",))
    return chosen, table


def _without_hour(request: ScopedRequest, chosen: IncidentFilter) -> WithoutHour | None:
    """Count the facts that ``chosen`` leaves out for their unknown hour; None when there is none."""
    if not chosen.leaves_out_unknown_hours:
        return None
    query = request.GET.copy()
    for name in ("page", "impression"):
        query.pop(name, None)
    query["moment"] = DayPart.UNKNOWN
    left_out = IncidentFilter(query, queryset=_all_facts(request.scope), request=request).qs.order_by()
    number = left_out[: BoundedPaginator.counted].count()
    return WithoutHour(number, query.urlencode()) if number else None


def _all_facts(scope: Scope) -> QuerySet[Incident]:
    hour = hour_read() if scope.has(Role.AGENT, Role.LEAD) else NO_HOUR
    facts = (
        Incident.objects.structured()
        .select_related("landlord", "commune")
        .annotate(own=is_own(), led=is_led(), hour=hour)
    )
    return facts.filter(is_assigned()) if sees_assigned_alone(scope) else facts


def _complete(facts: QuerySet[Incident], *, own: bool) -> QuerySet[Incident]:
    """Read the confidential columns and the author's role too for those who hold a landlord's role."""
    return with_roles(facts.defer(None), "reported_by") if own else facts


def _several(request: ScopedRequest) -> bool:
    return request.scope.has(Role.COORDINATOR)


def _said(chosen: IncidentFilter) -> dict[str, str]:
    """Return the structured filters for the journal, without typed words."""
    data = chosen.form.cleaned_data
    return {
        name: str(getattr(value, "pk", value))
        for name, value in data.items()
        if value not in (None, "", False) and name != "place"
    }
