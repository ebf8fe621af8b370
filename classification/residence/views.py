"""List residences with their level, export the list, and show one residence."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from accounts.lists.listing import as_listed, listing, opens_with_default
from classification.decisions.reading import contested_among, former_of, standing_of
from classification.decisions.services import shown_version
from classification.foresight.reading import signals_of
from classification.models import Ending, SiteLevel
from classification.readers import METHOD_READERS, READERS, sees_several_landlords, write_residence_reading
from classification.readers import is_own as is_own_of
from core.files import KINDS_WITH_POINTS, XLSX_MAX_ROWS, attachment
from core.opaque import written
from incidents.facts.links import list_of
from sites.models import Residence
from sites.perimeter import is_own
from sites.reading import landlords_on, places_on, write_reading

from . import exports
from .evolution import with_change
from .filters import ResidenceFilter
from .sheet import Sheet, sheet_of
from .tables import ResidenceTable


@require_GET
@for_roles(*READERS)
@opens_with_default("residences")
def residences(request: ScopedRequest) -> HttpResponse:
    """List residences with their level; for htmx return the rows alone."""
    chosen, table = _list(request)
    shown = listing(request, table, name="residences", filterset=chosen)
    write_reading(
        request.scope, "classification.residences",
        concerns=landlords_on(table), places=places_on(table), filters=chosen.active,
    )  # fmt: skip
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "exports": KINDS_WITH_POINTS,
        "reads_method": request.scope.has(*METHOD_READERS),
        "several_landlords": sees_several_landlords(request.scope),
        "imports": request.scope.has(Role.LEAD),
    }
    rows_only = request.htmx and request.htmx.target == "rows"
    return render(request, "classification/_rows.html" if rows_only else "classification/list.html", context)


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the listed residences as a file, under the same filters and columns."""
    if kind not in KINDS_WITH_POINTS:
        raise Http404
    chosen, table = _list(request)
    sites = table.data.data
    number = sites.count()
    if kind == "xlsx" and number >= XLSX_MAX_ROWS:
        messages.error(request, _("Trop de lignes pour une feuille de calcul : filtrez, ou prenez le CSV."))
        return redirect(f"{reverse('classification:residences')}?{request.GET.urlencode()}")
    own = request.scope.has(Role.AGENT, Role.LEAD)
    held = exports.columns(own=own, several_landlords=sees_several_landlords(request.scope))
    columns = as_listed(request, table, name="residences", columns=held)
    file = exports.residences_file(kind, table.data.data, columns)
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        "classification.residences",
        acting_in=READERS,
        concerns=sites.order_by().values_list("landlord_id", flat=True).distinct(),
        format=kind,
        rows=number,
        filters=chosen.active,
    )
    return attachment(file, "residences", kind)


@never_cache
@require_GET
@for_roles(*READERS)
def residence(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a residence: its level, the reasons for it, and its history."""
    found = get_object_or_404(Residence.objects.select_related("landlord", "commune", "merged_into"), pk=pk)
    write_residence_reading(request.scope, found)
    sheet = sheet_of(found)
    context = {
        "sheet": sheet,
        "residence": found,
        "facts": list_of(residence=found.pk),
        "indicators": _indicators(request, found),
        "writes": request.scope.has(Role.AGENT, Role.LEAD),
        "leads": found.landlord_id in request.scope.roles.get(Role.LEAD, ()),
        "aliases": list(found.aliases.all()),
        "reads_method": request.scope.has(*METHOD_READERS),
        "signals": list(signals_of(found)) if request.scope.has(*METHOD_READERS) else [],
        **_decisions(request, found, sheet),
        "history": [[month.day.isoformat(), month.mark, month.days_with_facts] for month in sheet.history],
        "points": [
            [place.address.longitude, place.address.latitude, place.site.mark, place.address.label]
            for place in sheet.stairwells
            if place.address and place.address.longitude is not None
        ],
    }
    return render(request, "classification/residence.html", context)


def _decisions(request: ScopedRequest, found: Residence, sheet: Sheet) -> dict[str, Any]:
    """Return what was decided about the level, and what its lead decides on."""
    if sheet.place is None:
        return {}
    site, standing = sheet.place.site, standing_of(found.pk)
    site.residence = found
    former = former_of(found.pk)
    return {
        "standing": standing,
        "former": former,
        "lapsed": former[0] if former and not standing and former[0].ending == Ending.LAPSED else None,
        "contested": found.pk in contested_among([site]),
        "decision_key": written("residence", found.pk),
        "decision_version": shown_version(site, standing),
        "is_own": is_own_of(request.scope, found.landlord_id),
    }


def _indicators(request: ScopedRequest, residence: Residence) -> str:
    """Return the address of the residence's indicators; "" for who reads none."""
    if not request.scope.has(Role.LEAD, Role.COORDINATOR):
        return ""
    return f"{reverse('classification:indicators')}?residence={written('residence', residence.pk)}"


def _list(request: ScopedRequest) -> tuple[ResidenceFilter, ResidenceTable]:
    chosen = ResidenceFilter(request.GET, queryset=_residences(), request=request)
    sites = chosen.qs if chosen.is_valid() else SiteLevel.objects.none()
    several = sees_several_landlords(request.scope)
    table = ResidenceTable(sites, several_landlords=several, order_by=("-level",))
    return chosen, table


def _residences() -> QuerySet[SiteLevel]:
    levels = SiteLevel.objects.filter(address=None).select_related("residence", "landlord", "commune")
    return with_change(levels.annotate(own=is_own()))
