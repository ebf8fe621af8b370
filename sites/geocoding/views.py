"""List the addresses without a point, place one or many, and take that back."""

from functools import partial
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.lists.listing import sort_and_page
from core.afterwards import Afterwards
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from sites.imports.reading.contract import BrokenFileError
from sites.imports.reading.process import unpacked_within
from sites.imports.reading.reader import read
from sites.models import Placement, PositionChange

from .forms import PlaceForm, PlacementForm
from .placing import (
    history_of,
    neighbours,
    place,
    place_many,
    placeable,
    return_to,
    state_of,
    undo_placement,
    waiting,
)
from .rows import MOST_ROWS, Given, Reason, of_lines, of_table, settle
from .services import GeocodingError, Question, geocoder, question_of
from .tables import ToPlaceTable

PER_PAGE = 25
# The addresses that stand beside the lines to paste.
_LISTED = 50


@require_GET
@for_roles(Role.LEAD)
def to_place(request: ScopedRequest) -> HttpResponse:
    """List the addresses that wait for a point."""
    table = ToPlaceTable(waiting().order_by("label__french", "id"))
    sort_and_page(request, table, PER_PAGE)
    context = {"table": table, "has_addresses": bool(table.rows) or placeable().open().exists()}
    if request.htmx:
        return render(request, "sites/_to_place_rows.html", context)
    placements = Placement.objects.select_related("created_by").order_by("-pk")[:5]
    return render(request, "sites/to_place.html", context | {"placements": placements})


@form_page
@for_roles(Role.LEAD)
def place_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Place an address on the map, then go on to the next one that waits."""
    address = get_object_or_404(placeable(), pk=pk)
    point = state_of(address)
    version = version_of(address, point)
    form = open_form(request, lambda data: PlaceForm(data, initial=point, version=version))
    if is_sent(request) and form.is_valid():
        try:
            place(request.scope, address, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("sites:to_place"))
        messages.success(request, _("%(address)s est placée.") % {"address": address.label})
        if form.turned:
            messages.info(request, _("La longitude venait en premier : l’ordre a été rétabli."))
        following = waiting().order_by("label__french", "id").first()
        return redirect("sites:place", following.pk) if following else redirect("sites:to_place")
    context = {
        "address": address,
        "neighbours": neighbours(address),
        "history": history_of(address),
        "version": version,
        "proposes": geocoder() is not None,
    }
    return render_form(request, "sites/place.html", form, **context)


@require_POST
@for_roles(Role.LEAD)
def return_address(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give an address the position back that it had before a change."""
    change = get_object_or_404(PositionChange.objects.select_related("address"), pk=pk)
    try:
        return_to(request.scope, change, version=request.POST.get("version", ""))
    except StaleError:
        messages.error(request, _("La position a changé depuis : rien n’a été modifié."))
    else:
        messages.success(request, _("%s a retrouvé sa position.") % change.address)
    return redirect("sites:place", change.address_id)


@require_GET
@for_roles(Role.LEAD)
def candidates(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what the geocoder proposes for an address; it is asked once the request's transaction has ended."""
    address = get_object_or_404(placeable(), pk=pk)
    return Afterwards(partial(_proposed, question_of(address), get_language() or "fr"))


def _proposed(question: Question, language: str) -> HttpResponse:
    finder = geocoder()
    with override(language):
        try:
            context = {"candidates": finder.propose(question) if finder else [], "error": ""}
        except GeocodingError as error:
            context = {"candidates": [], "error": str(error)}
        # Without the request: what it adds to every page would be read outside the person's transaction.
        return HttpResponse(render_to_string("sites/_candidates.html", context))


@form_page
@for_roles(Role.LEAD)
def place_addresses(request: ScopedRequest) -> HttpResponse:
    """Place many addresses at once, by pasted lines or a file."""
    form = PlacementForm(
        sent(request), request.FILES or None, organisation_ids=request.scope.roles[Role.LEAD]
    )
    if is_sent(request) and form.is_valid():
        landlord = form.cleaned_data["organisation"]
        try:
            rows, name = _rows_of(form)
        except BrokenFileError as error:
            form.add_error("file", str(error))
        else:
            placing = settle(rows, placeable().filter(landlord=landlord))
            placement = place_many(request.scope, landlord=landlord, placing=placing, filename=name)
            if placing.turned:
                said = ngettext(
                    "La longitude venait en premier sur %d ligne : l’ordre a été rétabli.",
                    "La longitude venait en premier sur %d lignes : l’ordre a été rétabli.",
                    placing.turned,
                )
                messages.info(request, said % placing.turned)
            return redirect("sites:placement", placement.pk)
    listed = list(waiting().order_by("label__french", "id")[:_LISTED])
    return render_form(request, "sites/placing.html", form, listed=listed)


# What a file of positions may unpack to, in bytes. It is read by the server of pages, whose temporary files are memory.
_MOST_UNPACKED = 32 * 2**20


@unpacked_within(_MOST_UNPACKED)
def _rows_of(form: PlacementForm) -> tuple[list[Given], str]:
    """Return the rows of a form and the name of their file.

    Raises:
        BrokenFileError: the file cannot be read, or holds too many rows.
    """
    file = cast("UploadedFile[bytes] | None", form.cleaned_data["file"])
    if file is None:
        rows, name = of_lines(form.cleaned_data["lines"], form.cleaned_data["listed"]), ""
    else:
        rows, name = of_table(read(file.read())), file.name or ""
    found = []
    for row in rows:
        found.append(row)
        if len(found) > MOST_ROWS:
            raise BrokenFileError(_("Au plus %d lignes à la fois.") % MOST_ROWS)
    return found, name


@require_GET
@for_roles(Role.LEAD)
def placement(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what became of the lines of a placement."""
    found = get_object_or_404(Placement.objects.select_related("created_by", "undone_by", "landlord"), pk=pk)
    labels = dict(Reason.choices)
    rejected = [(number, labels.get(reason, reason)) for number, reason in found.rejected]
    changes = found.changes.select_related("address", "address__commune").order_by("pk")
    context = {"placement": found, "rejected": rejected, "changes": changes[:200]}
    return render(request, "sites/placement.html", context)


@require_POST
@for_roles(Role.LEAD)
def placement_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Undo a placement."""
    found = get_object_or_404(Placement, pk=pk)
    try:
        undo_placement(request.scope, found)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Le placement est défait."))
    return redirect("sites:placement", found.pk)
