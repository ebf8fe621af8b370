"""List and record standing observations and disruptions, and confirm observations."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.contrib import messages
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_tables2 import Table

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import asks_for_file, needs_fresh_factor
from accounts.journal.audit import write_entry
from accounts.lists.listing import as_listed, listing, opens_with_default
from core.back import back, page_before
from core.files import KINDS, Column, asked_kind, attachment, csv_file, xlsx_file
from core.pages import form_page, render_form, sent
from core.versions import StaleError
from incidents.agreement import agree, asked
from incidents.facts.services import placed_at
from incidents.files import with_roles
from incidents.foreseen import Attempt, attempt
from incidents.models import Confirmation, Disruption, StandingObservation
from incidents.outdated import VERSION, render_outdated
from sites.perimeter import is_led, is_own
from sites.reading import landlords_on, places_on, write_reading
from sites.zones import today_of

from . import services as ongoing
from .exports import CHUNK, disruption_columns, observation_columns
from .filters import DisruptionFilter, ObservationFilter
from .forms import DisruptionForm, ObservationForm
from .holding import EndedMeanwhileError
from .once import AlreadyRecordedError
from .seeing import to_see
from .tables import DisruptionTable, ObservationTable

WRITERS = (Role.AGENT, Role.LEAD)
_FORM = "incidents/ongoing_form.html"
# Of an id: what is longer is none, and no column would hold it.
DIGITS = 19
READERS = (*WRITERS, Role.COORDINATOR)
_Row = TypeVar("_Row", StandingObservation, Disruption)


# After a confirmation is withdrawn, the back button must not show a cached page that offers to withdraw it again.
@needs_fresh_factor(Role.COORDINATOR, when=asks_for_file, file=True)
@never_cache
@require_GET
@for_roles(*READERS)
@opens_with_default("observations")
def observations(request: ScopedRequest) -> HttpResponseBase:
    """List standing observations: lapsed ones first, ended ones last; or return them as a file."""
    today = timezone.localdate()
    rows = ongoing.followed(_with_place(StandingObservation.objects.visible())).annotate(
        today_there=today_of("commune__department"),
        confirmed_today=Exists(
            Confirmation.objects.filter(observation=OuterRef("pk"), day=OuterRef("today_there"))
        ),
        lapsed=ExpressionWrapper(Q(counts_until__lt=today), BooleanField()),
        to_confirm=ExpressionWrapper(ongoing.to_confirm(today), BooleanField()),
    )
    rows = rows.order_by(
        F("ended_on").desc(nulls_first=True), F("counts_until").asc(nulls_first=True), "-since", "-pk"
    )
    chosen = ObservationFilter(request.GET, queryset=rows.select_related("fact_type"), request=request)
    found = chosen.qs if chosen.is_valid() else StandingObservation.objects.none()
    table = ObservationTable(found, writes=request.scope.has(*WRITERS))
    return _list(request, table, chosen, "observations", observation_columns)


@form_page
@for_roles(*WRITERS)
def create_observation(request: ScopedRequest) -> HttpResponse:
    """Record a standing observation."""
    heading, back = _("Enregistrer un constat permanent"), reverse("incidents:observations")
    form = ObservationForm(sent(request), scope=request.scope, initial={"place": request.GET.get("lieu")})
    if request.method == "POST" and form.is_valid():
        residence = placed_at(form.cleaned_data["place"])["residence_id"]
        record = partial(ongoing.record_observation, scope=request.scope, **form.cleaned_data)
        try:
            tried = attempt(request, [residence], record)
        except AlreadyRecordedError as error:
            return _recorded_already(request, "incidents:observation", error)
        if tried.asks:
            return asked(request, form, {"heading": heading, "back": back}, tried, _FORM)
        said = _("Constat enregistré : %(what)s. Il compte dès maintenant.") % {"what": tried.made}
        messages.success(request, f"{said} {tried.told}".strip())
        return redirect("incidents:observation", pk=tried.made.pk)
    return render_form(request, _FORM, form, heading=heading, back=back)


@require_POST
@for_roles(*WRITERS)
def confirm_observation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm a standing observation as of today."""
    observation = own(StandingObservation.objects.select_related("fact_type"), pk)
    shown = request.POST.get(VERSION, "")
    confirm = partial(
        ongoing.confirm_observation, scope=request.scope, observation=observation, version=shown
    )
    try:
        tried = attempt(request, [observation.residence_id], confirm)
    except EndedMeanwhileError:
        return ended(request, observation, "incidents:observations")
    except StaleError as stale:
        page = page_before(request, "incidents:observations")
        return render_outdated(request, [stale], act=_("Confirmer quand même"), back=page)
    if tried.asks:
        return _agree(request, tried, _("Confirmer un constat permanent"), observation)
    said = {
        "observation": observation,
        "today": ongoing.today_there(observation),
        "tried": tried,
        "next": request.POST.get("next", ""),
    }
    messages.success(request, render_to_string("incidents/_confirmed.html", said, request))
    return back(request, "incidents:observations")


@require_POST
@for_roles(*WRITERS)
def withdraw_confirmation(request: ScopedRequest, pk: int) -> HttpResponse:
    """Withdraw the confirmation that the person gave today, or the one that is named."""
    observation = own(StandingObservation.objects.select_related("fact_type"), pk)
    # In the query, which the page that asks about levels sends again.
    named = request.GET.get("confirmation", "")
    withdraw = partial(
        ongoing.withdraw_confirmation,
        scope=request.scope,
        observation=observation,
        confirmation=int(named) if named.isdecimal() and len(named) < DIGITS else None,
    )
    try:
        tried = attempt(request, [observation.residence_id], withdraw)
    except EndedMeanwhileError:
        return ended(request, observation, "incidents:observations")
    if tried.asks:
        return _agree(request, tried, _("Annuler une confirmation"), observation)
    if tried.made:
        said = _("Confirmation annulée : %(what)s.") % {"what": observation}
        messages.success(request, f"{said} {tried.told}".strip())
    else:
        messages.error(request, _("Il n’y a pas, ou plus, de confirmation à annuler ici."))
    return back(request, "incidents:observations")


@needs_fresh_factor(Role.COORDINATOR, when=asks_for_file, file=True)
@require_GET
@for_roles(*READERS)
@opens_with_default("disruptions")
def disruptions(request: ScopedRequest) -> HttpResponseBase:
    """List disruptions, the latest first; or return them as a file."""
    chosen = DisruptionFilter(
        request.GET, queryset=_with_place(Disruption.objects.visible()), request=request
    )
    found = chosen.qs if chosen.is_valid() else Disruption.objects.none()
    awaits = request.scope.has(Role.LEAD) and to_see(Disruption.objects.filter(is_led())).exists()
    table = DisruptionTable(found, awaits=awaits, writes=request.scope.has(*WRITERS))
    return _list(request, table, chosen, "disruptions", disruption_columns)


@form_page
@for_roles(*WRITERS)
def create_disruption(request: ScopedRequest) -> HttpResponse:
    """Record a disruption of a service or a piece of equipment."""
    heading, back = _("Enregistrer une perturbation"), reverse("incidents:disruptions")
    form = DisruptionForm(sent(request), scope=request.scope, initial={"place": request.GET.get("lieu")})
    if request.method == "POST" and form.is_valid():
        residence = placed_at(form.cleaned_data["place"])["residence_id"]
        record = partial(ongoing.record_disruption, scope=request.scope, **form.cleaned_data)
        try:
            tried = attempt(request, [residence], record)
        except AlreadyRecordedError as error:
            return _recorded_already(request, "incidents:disruption", error)
        if tried.asks:
            return asked(request, form, {"heading": heading, "back": back}, tried, _FORM)
        said = _("Perturbation enregistrée : %(what)s.") % {"what": tried.made}
        messages.success(request, f"{said} {tried.told}".strip())
        return redirect("incidents:disruption", pk=tried.made.pk)
    return render_form(request, _FORM, form, heading=heading, back=back)


def _recorded_already(request: ScopedRequest, page: str, error: AlreadyRecordedError) -> HttpResponse:
    said = _("%(what)s : déjà enregistré à l’identique. Rien n’a été enregistré une seconde fois.")
    messages.info(request, said % {"what": error.record})
    return redirect(page, pk=error.record.pk)


def _agree(
    request: ScopedRequest, tried: Attempt[bool], heading: str, observation: StandingObservation
) -> HttpResponse:
    page = page_before(request, "incidents:observations")
    return agree(request, tried, heading=heading, subject=observation, back=page)


def ended(request: ScopedRequest, subject: StandingObservation | Disruption, page: str) -> HttpResponse:
    """Say that the subject had ended or was cancelled before, and that nothing was written."""
    messages.error(request, _("%(what)s : déjà terminé ou annulé. Rien n’a été modifié.") % {"what": subject})
    return back(request, page)


def _with_place(rows: QuerySet[_Row]) -> QuerySet[_Row]:
    return rows.select_related("address", "residence", "commune", "landlord").annotate(own=is_own())


def own(rows: QuerySet[_Row], pk: int, **state: object) -> _Row:
    """Return a row of one's own by its key; raise Http404 where there is none in that state."""
    return get_object_or_404(
        rows.filter(is_own()).select_related("address", "residence", "commune"), pk=pk, **state
    )


def _list(
    request: ScopedRequest,
    table: Table,
    chosen: ObservationFilter | DisruptionFilter,
    name: str,
    columns: Callable[..., list[Column]],
) -> HttpResponseBase:
    if kind := asked_kind(request):
        return _file(request, table, kind, name, columns)
    shown = listing(request, table, name=name, filterset=chosen)
    write_reading(request.scope, f"incidents.{name}", concerns=landlords_on(table), places=places_on(table))
    context = {
        "table": table,
        "filter": chosen,
        "listing": shown,
        "kinds": KINDS,
        "writes": request.scope.has(*WRITERS),
        "leads": request.scope.has(Role.LEAD),
        **_awaiting_sight(request, table, chosen),
    }
    rows_only = request.htmx and request.htmx.target == "rows"
    return render(request, "incidents/_ongoing_rows.html" if rows_only else f"incidents/{name}.html", context)


def _awaiting_sight(
    request: ScopedRequest, table: Table, chosen: ObservationFilter | DisruptionFilter
) -> dict[str, object]:
    """Return how many disruptions await the lead, the ids of those on the page shown, and whether none was left to ask for."""
    if not isinstance(chosen, DisruptionFilter) or not request.scope.has(Role.LEAD):
        return {"all_seen": False}
    led = set(to_see(Disruption.objects.filter(is_led())).values_list("pk", flat=True))
    return {
        "to_see": len(led),
        "all_seen": not led and chosen.asks_for_unseen,
        "shown_to_see": [row.record.pk for row in table.paginated_rows if row.record.pk in led],
    }


def _file(
    request: ScopedRequest, table: Table, kind: str, name: str, columns: Callable[..., list[Column]]
) -> HttpResponseBase:
    """Return the listed records as a file, written completely within the scope of the request."""
    held = columns(own=request.scope.has(*WRITERS), landlord=request.scope.has(Role.COORDINATOR))
    shown = as_listed(request, table, name=name, columns=held)
    rows = with_roles(table.data.data, "created_by")
    title = str(_("Constats permanents") if name == "observations" else _("Perturbations"))
    found = rows.iterator(chunk_size=CHUNK)
    file = csv_file(found, shown) if kind == "csv" else xlsx_file(found, shown, title)
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        f"incidents.{name}",
        acting_in=READERS,
        concerns=rows.order_by().values_list("landlord_id", flat=True).distinct(),
        format=kind,
        rows=rows.count(),
    )
    return attachment(file, "constats" if name == "observations" else "perturbations", kind)
