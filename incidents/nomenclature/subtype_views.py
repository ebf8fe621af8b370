"""List, add, rename, end and restore the sub-types of the territories that a person coordinates."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.scope import Scope
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from incidents.models import FactSubtype

from . import services
from .forms import SubtypeForm, SubtypeNameForm


def _own(request: ScopedRequest) -> QuerySet[FactSubtype]:
    """Return the sub-types of the territories that the person coordinates; leads of landlords see others' too."""
    own = FactSubtype.objects.filter(territory__organisation__in=request.scope.roles[Role.COORDINATOR])
    return own.select_related("territory", "fact_type")


@require_GET
@for_roles(Role.COORDINATOR)
def subtypes(request: ScopedRequest) -> HttpResponse:
    """List the sub-types, those that ended last, each with the number of facts that have it."""
    facts = Count("incidents", filter=Q(incidents__cancelled_at=None))
    found = _own(request).annotate(facts=facts)
    ordered = found.order_by("territory__name__french", "fact_type__gravity", "label__french", "pk")
    rows = list(ordered)
    context = {
        "live": [row for row in rows if not row.ended_at],
        "ended": [row for row in rows if row.ended_at],
    }
    return render(request, "incidents/subtypes.html", context)


@form_page
@for_roles(Role.COORDINATOR)
def create_subtype(request: ScopedRequest) -> HttpResponse:
    """Add a sub-type."""
    form = SubtypeForm(sent(request), scope=request.scope)
    if is_sent(request) and form.is_valid():
        try:
            made = services.create_subtype(request.scope, **form.cleaned_data)
        except ValidationError as error:
            form.add_error("label", error)
        else:
            messages.success(request, _("%s est ajoutée.") % made)
            return redirect("incidents:subtypes")
    return render_form(request, "incidents/subtype.html", form, subtype=None)


@form_page
@for_roles(Role.COORDINATOR)
def edit_subtype(request: ScopedRequest, pk: int) -> HttpResponse:
    """Rename a sub-type."""
    subtype = get_object_or_404(_own(request), pk=pk)
    state = services.state_of(subtype)
    version = version_of(subtype, state)
    form = open_form(request, lambda data: SubtypeNameForm(data, initial=state, version=version))
    if is_sent(request) and form.is_valid():
        try:
            services.rename_subtype(request.scope, subtype, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("incidents:subtypes"))
        except ValidationError as error:
            form.add_error("label", error)
        else:
            messages.success(request, _("Le nouveau nom est enregistré."))
            return redirect("incidents:subtypes")
    return render_form(request, "incidents/subtype.html", form, subtype=subtype)


@require_POST
@for_roles(Role.COORDINATOR)
def end_subtype(request: ScopedRequest, pk: int) -> HttpResponse:
    """End a sub-type."""
    return _act(request, pk, services.end_subtype, _("%s est terminée : elle n’est plus proposée."))


@require_POST
@for_roles(Role.COORDINATOR)
def restore_subtype(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the end of a sub-type back."""
    return _act(request, pk, services.restore_subtype, _("%s est rétablie."))


def _act(
    request: ScopedRequest, pk: int, write: Callable[[Scope, FactSubtype], FactSubtype], said: str
) -> HttpResponse:
    subtype = get_object_or_404(_own(request), pk=pk)
    try:
        write(request.scope, subtype)
    except ValidationError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, said % subtype)
    return redirect("incidents:subtypes")
