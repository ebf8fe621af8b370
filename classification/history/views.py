"""Show how the sites of a landlord or of a territory are spread over the levels month after month, and export it."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from classification.campaigns.views import coordinated
from core.files import KINDS, attachment
from sites.reading import write_reading

from . import exports, showing
from .forms import HistoryForm
from .reach import Reach, led_by, shared_with
from .reading import history

_NAME = "classification.history"


@require_GET
@for_roles(Role.LEAD)
def landlord(request: ScopedRequest) -> HttpResponse:
    """Show the history of the landlords that the person leads."""
    return _page(request, led_by(request.scope))


@require_GET
@for_roles(Role.COORDINATOR)
def territory(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the history of what is shared with a territory that the person coordinates."""
    return _page(request, shared_with(get_object_or_404(coordinated(request), pk=pk)))


@require_GET
@for_roles(Role.LEAD)
def landlord_export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the history of the landlords that the person leads as a file."""
    return _file(request, led_by(request.scope), kind)


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(Role.COORDINATOR)
def territory_export(request: ScopedRequest, pk: int, kind: str) -> HttpResponseBase:
    """Return the history of a territory as a file."""
    return _file(request, shared_with(get_object_or_404(coordinated(request), pk=pk)), kind)


def _page(request: ScopedRequest, reach: Reach) -> HttpResponse:
    form = HistoryForm(request.GET, reach)
    context = {"form": form, "reach": reach, "exports": _exports(request, reach), "page": _address(reach)}
    if not form.is_valid():
        return render(request, "classification/history.html", {**context, "found": None}, status=400)
    found = history(form.reach, form.months)
    if reach.territory:
        concerns = [one.pk for one in form.reach.landlords]
        write_reading(
            request.scope, _NAME, concerns=concerns, territory=reach.territory.pk, filters=form.said
        )
    context |= {
        "found": found,
        "rows": [showing.row_of(point) for point in reversed(found.points)],
        "bars": showing.bars(found, by_share=form.by_share),
        "flags": showing.flags(found),
        "campaigns": showing.numbered(found),
        "left_out": exports.left_out(found.left_out),
        "by_share": form.by_share,
        "marks": [mark.value for mark in showing.ORDER],
        "counted": form.reach,
    }
    return render(request, "classification/history.html", context)


def _file(request: ScopedRequest, reach: Reach, kind: str) -> HttpResponseBase:
    if kind not in KINDS:
        raise Http404
    form = HistoryForm(request.GET, reach)
    if not form.is_valid():
        return redirect(f"{_address(reach)}?{request.GET.urlencode()}")
    found = history(form.reach, form.months)
    file = exports.history_file(kind, found)
    role = Role.COORDINATOR if reach.territory else Role.LEAD
    write_entry(
        request.scope, AuditAction.EXPORT, _NAME, acting_in=[role],
        concerns=[one.pk for one in form.reach.landlords] if reach.territory else (),
        format=kind, rows=len(found.points) + len(found.diagnoses), filters=form.said,
    )  # fmt: skip
    return attachment(file, "evolution-des-niveaux", kind)


def _address(reach: Reach) -> str:
    """Return the address of the page."""
    if reach.territory:
        return reverse("classification:territory_history", args=[reach.territory.pk])
    return reverse("classification:history")


def _exports(request: ScopedRequest, reach: Reach) -> list[tuple[str, str]]:
    """Return the addresses of the files under the same choices, each with the name of its kind."""
    name, args = (
        ("territory_history_export", [reach.territory.pk]) if reach.territory else ("history_export", [])
    )
    return [
        (f"{reverse(f'classification:{name}', args=[*args, kind])}?{request.GET.urlencode()}", str(said))
        for kind, said in KINDS.items()
    ]
