"""List the residences to watch, export the list, put one to rest and take it back."""

from itertools import chain

from django.contrib import messages
from django.db.models import Count, IntegerField, Max, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from accounts.lists.listing import as_listed, listing, opens_with_default
from classification.models import Rest, Signal, SiteLevel
from classification.readers import METHOD_READERS, sees_several_landlords, write_residence_reading
from core.back import back, page_before
from core.conflicts import open_form, render_conflict
from core.dates import long_date
from core.files import KINDS, attachment
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from sites.models import Residence
from sites.reading import landlords_on, places_on, write_reading

from . import exports
from .filters import WatchFilter
from .forms import RestForm
from .ranked_reading import rankings
from .reading import signals_of
from .services import TakenBackError, at_rest, organisation_for, put_to_rest, rest_of, state_of, take_back
from .tables import WatchTable

READERS = METHOD_READERS
_NAME = "classification.watch"
# How many former rests a page shows.
_FORMER = 10


@require_GET
@for_roles(*READERS)
@opens_with_default("watch")
def watch(request: ScopedRequest) -> HttpResponse:
    """List the residences to watch with their reasons; for htmx return the rows alone."""
    chosen, table = _list(request)
    shown = listing(request, table, name="watch", filterset=chosen)
    rows_only = request.htmx and request.htmx.target == "rows"
    ranked = [] if rows_only else rankings()
    sites = [place.site for one in ranked for place in one.places]
    write_reading(
        request.scope, _NAME, filters=chosen.active,
        concerns=chain(landlords_on(table), (site.landlord_id for site in sites)),
        places=chain(places_on(table), ((site.landlord_id, site.residence.name) for site in sites)),
    )  # fmt: skip
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "exports": KINDS,
        "rankings": ranked,
        "several_landlords": sees_several_landlords(request.scope),
        "as_of": Signal.objects.order_by().aggregate(day=Max("as_of"))["day"],
    }
    return render(
        request, "classification/_watch_rows.html" if rows_only else "classification/watch.html", context
    )


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the residences to watch as a file, under the same filters and columns."""
    if kind not in KINDS:
        raise Http404
    chosen, table = _list(request)
    held = exports.columns(several_landlords=sees_several_landlords(request.scope))
    columns = as_listed(request, table, name="watch", columns=held)
    sites = table.data.data
    file = exports.watch_file(kind, sites, columns)
    write_entry(
        request.scope, AuditAction.EXPORT, _NAME, acting_in=READERS,
        concerns=sites.order_by().values_list("landlord_id", flat=True).distinct(),
        format=kind, rows=sites.count(), filters=chosen.active,
    )  # fmt: skip
    return attachment(file, "sites-a-surveiller", kind)


@never_cache
@form_page
@for_roles(*READERS)
def rest(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put a residence to rest with a reason, until a day."""
    residence = _watched_or_404(pk)
    now = rest_of(pk, organisation_for(request.scope, residence))
    state = state_of(now)
    form = open_form(
        request,
        lambda data: RestForm(data, initial=dict(state), version=version_of(residence, state)),
    )
    if is_sent(request) and form.is_valid():
        try:
            made = put_to_rest(request.scope, residence, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=reverse("classification:watch"))
        said = _("%(name)s est en veille jusqu’au %(day)s.")
        messages.success(request, said % {"name": residence.name, "day": long_date(made.until)})
        return redirect(page_before(request, "classification:watch"))
    write_residence_reading(request.scope, residence)
    context = {
        "residence": residence,
        "rest": now,
        "signals": signals_of(residence),
        "former": Rest.objects.filter(residence=residence).exclude(pk=now.pk if now else 0)[:_FORMER],
        "next": page_before(request, "classification:watch"),
    }
    return render_form(request, "classification/rest.html", form, **context)


@require_POST
@for_roles(*READERS)
def rest_end(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have a residence watched again."""
    found = get_object_or_404(Rest.objects.select_related("residence"), pk=pk)
    try:
        take_back(request.scope, found)
    except TakenBackError:
        messages.info(request, _("Ce site n’était déjà plus en veille : rien n’a été changé."))
    else:
        messages.success(request, _("%(name)s est de nouveau surveillé.") % {"name": found.residence.name})
    return back(request, "classification:watch")


def _watched_or_404(pk: int) -> Residence:
    """Return a residence that is watched, or at rest."""
    residence: Residence = get_object_or_404(Residence.objects.select_related("landlord", "commune"), pk=pk)
    if not (signals_of(residence).exists() or Rest.objects.filter(residence=residence).exists()):
        raise Http404
    return residence


def _list(request: ScopedRequest) -> tuple[WatchFilter, WatchTable]:
    every = _sites()
    chosen = WatchFilter(request.GET, queryset=every, request=request)
    sites = chosen.qs if chosen.is_valid() else every.none()
    several = sees_several_landlords(request.scope)
    return chosen, WatchTable(sites, several_landlords=several, order_by=("-reasons",))


def _sites() -> QuerySet[SiteLevel]:
    per_site = Signal.objects.filter(residence=OuterRef("residence")).order_by().values("residence")
    told = Subquery(per_site.annotate(number=Count("pk")).values("number"), output_field=IntegerField())
    signals = Prefetch("residence__signals", Signal.objects.select_related("fact_type"))
    resting = Prefetch("residence__rests", Rest.objects.filter(at_rest()), to_attr="resting")
    rows = SiteLevel.objects.filter(address=None).select_related("residence", "landlord", "commune")
    return rows.annotate(told=Coalesce(told, 0)).prefetch_related(signals, resting)
