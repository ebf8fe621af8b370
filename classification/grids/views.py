"""Show the versions of the grid and what differs between them, and simulate another grid."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from classification.campaigns.views import coordinated
from classification.engine.services import default_grid
from classification.method.grid_view import picture
from classification.models import GridAdoption, GridVersion
from classification.readers import METHOD_READERS, sees_several_landlords
from core.files import KINDS, attachment
from core.opaque import written
from sites.reading import write_reading

from . import exports, governing, showing
from .asking import asked_grid, grid_number
from .comparison import differences, sources
from .forms import GridForm
from .reasons import reasons
from .simulation import Ground, ground, simulate

_PER_PAGE = 25
_NAME = "classification.simulator"
_SHOWN_VERSIONS = 50


@require_GET
@for_roles(*Role)
def versions(request: ScopedRequest) -> HttpResponse:
    """List the versions of the grid: a grid holds no fact, and everybody who reads a level may read it."""
    page = Paginator(GridVersion.objects.order_by("-is_default", "-pk"), _SHOWN_VERSIONS).get_page(
        request.GET.get("page")
    )
    adopting: dict[int, list[str]] = {}
    counting = governing.counting_on(timezone.localdate())
    adoptions = GridAdoption.objects.filter(pk__in=counting.values()).select_related("territory")
    for adoption in adoptions.order_by("territory__name__french"):
        adopting.setdefault(adoption.grid_version_id, []).append(adoption.territory.name)
    reference = default_grid()
    rows = [
        {
            "version": one,
            "territories": adopting.get(one.pk, []),
            "differences": len(differences(reference, one)),
        }
        for one in page
    ]
    context = {
        "rows": rows,
        "page": page,
        "governed": governing.latest(),
        "opens": request.scope.has(*METHOD_READERS),
        "simulates": request.scope.has(*METHOD_READERS),
    }
    return render(request, "classification/grid_versions.html", context)


@require_GET
@for_roles(*Role)
def version(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a version of the grid: each cell with its provenance, the thresholds, and what differs from another version."""
    found = get_object_or_404(GridVersion, pk=pk)
    others = list(GridVersion.objects.exclude(pk=pk).order_by("-is_default", "-pk")[:_SHOWN_VERSIONS])
    other = _chosen(request.GET.get("avec"), others) or (others[0] if others else None)
    context = {
        "version": found,
        "grid": picture(found),
        "key": written("grid", found.pk),
        "others": [(written("grid", one.pk), one) for one in others],
        "other": other,
        "differences": differences(other, found) if other else [],
        "simulates": request.scope.has(*METHOD_READERS),
        "sources": sources(found),
        "territories": list(coordinated(request).order_by("name__french", "pk")),
    }
    return render(request, "classification/grid_version.html", context)


@require_GET
@for_roles(*METHOD_READERS)
def simulator(request: ScopedRequest) -> HttpResponse:
    """Show which of the visible places would change level with another grid, and why; for htmx that part alone."""
    on = ground()
    base, form = asked_grid(request.GET, on)
    whole = request.GET.get("lieux") != "adresses"
    context: dict[str, Any] = {
        "base": base,
        "base_key": written("grid", base.pk),
        "form": form,
        "on": on,
        "whole": whole,
        "matrix": showing.matrix(form),
        "several": sees_several_landlords(request.scope),
        "territories": list(coordinated(request).order_by("name__french", "pk")),
    }
    if on and form.is_valid():
        context |= _simulated(request, form, on, whole=whole)
    part = request.htmx and request.htmx.target == "simulated"
    template = "classification/_simulated.html" if part else "classification/simulator.html"
    return render(request, template, context)


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(*METHOD_READERS)
def export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the places that would move as a file: residences, or addresses where the page lists these."""
    if kind not in KINDS:
        raise Http404
    on = ground()
    _base, form = asked_grid(request.GET, on)
    page = f"{reverse('classification:simulator')}?{request.GET.urlencode()}"
    if on is None or not form.is_valid():
        return redirect(page)
    whole, simulated = request.GET.get("lieux") != "adresses", form.grid
    found = simulate(simulated, on, whole=whole, per_page=exports.MOST)
    if found.number(whole=whole) > exports.MOST:
        messages.error(request, _("Trop de lieux pour un fichier : simulez un changement à la fois."))
        return redirect(page)
    several = sees_several_landlords(request.scope)
    file = exports.moves_file(kind, simulated, on, found.moves, several_landlords=several)
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        _NAME,
        acting_in=METHOD_READERS,
        concerns=sorted({move.site.landlord_id for move in found.moves}) if several else (),
        format=kind,
        rows=len(found.moves),
    )
    return attachment(file, "simulation", kind)


def _simulated(request: ScopedRequest, form: GridForm, on: Ground, *, whole: bool) -> dict[str, Any]:
    """Return what would move, one page of it with its reasons, and write the reading."""
    simulated = form.grid
    found = simulate(simulated, on, whole=whole, page=_page(request), per_page=_PER_PAGE)
    write_reading(
        request.scope, _NAME,
        places=[(move.site.landlord_id, move.site.residence.name) for move in found.moves],
    )  # fmt: skip
    page = Paginator(range(found.number(whole=whole)), _PER_PAGE).get_page(_page(request))
    whys = reasons(simulated, on, found.moves)
    changed = differences(form.version, simulated)
    return {
        "changed": changed,
        "thresholds_changed": any(not one.is_level for one in changed),
        "flows": showing.flows(found),
        "residences": found.number(whole=True),
        "addresses": found.number(whole=False),
        "lapsing": sum(flow.decided for flow in found.flows),
        "page": page,
        "rows": list(zip(found.moves, whys, strict=True)),
        "query": _query(request, page=None, lieux=None),
        "listed": _query(request, page=None),
        "asked": _query(request, page=None, lieux=None, grille=written("grid", form.version.pk)),
        "exports": KINDS,
    }


def _chosen(asked: str | None, versions: list[GridVersion]) -> GridVersion | None:
    if not asked:
        return None
    number = grid_number(asked)
    return next((one for one in versions if one.pk == number), None)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= len("999999") else 1


def _query(request: HttpRequest, **values: str | None) -> str:
    """Return the query of the page, with other values; None takes one out."""
    query = request.GET.copy()
    for name, value in values.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return query.urlencode()
