"""Show the indicators of two periods, and export them."""

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.journal.audit import write_entry
from classification.readers import sees_several_landlords
from core.files import KINDS, attachment, csv_file, xlsx_file
from core.opaque import written
from incidents.enums import Family
from incidents.models import Incident
from sites.models import Residence
from sites.reading import coordinated_by, write_reading

from . import exports, showing
from .asked import Asked
from .figures import Indicators
from .filters import IndicatorFilter, steps, with_values
from .measures import LEAST
from .reading import indicators
from .showing import Links, Table

READERS = (Role.LEAD, Role.COORDINATOR)
_NAME = "classification.indicators"
# What narrows the figures; the list of facts has filters of the same names.
_CHOSEN = ("family", "landlord", "territory", "residence")


@require_GET
@for_roles(*READERS)
def page(request: ScopedRequest) -> HttpResponse:
    """Show what was recorded in a period, beside another one."""
    chosen = _filter(request)
    context = {
        "filter": chosen,
        "exports": KINDS,
        "several": sees_several_landlords(request.scope),
    }
    if not chosen.form.is_valid():
        return render(request, "classification/indicators.html", {**context, "found": None}, status=400)
    found = indicators(_asked(request, chosen))
    _write_reading(request, chosen, found)
    links = _links(chosen)
    context |= {
        "found": found,
        "tables": showing.tables(found, links),
        "place_tables": _place_tables(request, found, links),
        "territory": chosen.shared_with,
        "histories": _histories(request, chosen),
        "links": showing.key_links(found, links),
        "steps": steps(request.GET, chosen.form),
        "chips": _chips(request, chosen),
        "query": request.GET.urlencode(),
        "course": showing.course(found),
        "course_rows": list(showing.course_rows(found)),
        "moments": showing.moments(found, links),
        "services": showing.services(found),
        "disruption_days": found.disruption_days[None],
        "weekdays": [WEEKDAYS[number] for number in range(7)],
        "least": LEAST,
        "earlier": min(found.period.first, found.compared.first),
        "today": timezone.localdate(),
    }
    return render(request, "classification/indicators.html", context)


@needs_fresh_factor(Role.COORDINATOR, file=True)
@require_GET
@for_roles(*READERS)
def export(request: ScopedRequest, kind: str) -> HttpResponseBase:
    """Return the indicators as a file."""
    if kind not in KINDS:
        raise Http404
    chosen = _filter(request)
    if not chosen.form.is_valid():
        return redirect(f"{reverse('classification:indicators')}?{request.GET.urlencode()}")
    found = indicators(_asked(request, chosen))
    several = sees_several_landlords(request.scope)
    links = _links(chosen)
    tables = [*showing.tables(found, links), *_place_tables(request, found, links)]
    rows = list(exports.lines(found, tables, by_landlord=several))
    columns = exports.columns(found)
    file = csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Indicateurs"))
    write_entry(
        request.scope,
        AuditAction.EXPORT,
        _NAME,
        acting_in=READERS,
        concerns=[row.pk for row in found.landlords] if several else (),
        format=kind,
        rows=len(rows),
        filters=chosen.said,
    )
    return attachment(file, "indicateurs", kind)


def _filter(request: ScopedRequest) -> IndicatorFilter:
    return IndicatorFilter(request.GET, queryset=Incident.objects.current(), request=request)


def _asked(request: ScopedRequest, chosen: IndicatorFilter) -> Asked:
    return Asked(
        facts=chosen.qs,
        places=chosen.places,
        territory=chosen.shared_with,
        family=chosen.form.cleaned_data["family"],
        period=chosen.form.chosen,
        compared=chosen.form.compared,
        reads_own=request.scope.has(Role.LEAD, Role.AGENT),
    )


def _links(chosen: IndicatorFilter) -> Links:
    data = chosen.form.cleaned_data
    narrowed = {name: getattr(data[name], "pk", data[name]) for name in _CHOSEN if data.get(name)}
    return Links(chosen.form.chosen, chosen.form.compared, narrowed)


def _place_tables(request: ScopedRequest, found: Indicators, links: Links) -> list[Table]:
    """Return the table of residences, where there are several, and that of landlords for who sees several."""
    made = []
    if sees_several_landlords(request.scope):
        made.append(showing.landlords(found, links))
    if len(found.places) > 1:
        made.append(
            showing.residences(
                found, links, lambda pk: with_values(request.GET, residence=written("residence", pk))
            )
        )
    return made


def _histories(request: ScopedRequest, chosen: IndicatorFilter) -> list[tuple[str, str]]:
    """Return the addresses of the levels over time of the same sites, each with its words."""
    territories = (
        [chosen.shared_with]
        if chosen.shared_with
        else list(coordinated_by(request.scope).order_by("name__french", "pk"))
    )
    found = [
        (
            reverse("classification:territory_history", args=[one.pk]),
            _("Évolution des niveaux : %(name)s") % {"name": one},
        )
        for one in territories
    ]
    if request.scope.has(Role.LEAD) and not chosen.shared_with:
        found.insert(0, (reverse("classification:history"), _("Évolution des niveaux")))
    return found


def _chips(request: ScopedRequest, chosen: IndicatorFilter) -> list[tuple[str, str, str]]:
    """Return what narrows the figures: its name, its value, and the query without it."""
    data = chosen.form.cleaned_data
    family = dict(Family.choices).get(data["family"])
    values = {
        "territory": chosen.shared_with,
        "family": family,
        "landlord": data.get("landlord"),
        "residence": data["residence"],
    }
    return [
        (str(chosen.filters[name].label), str(value), with_values(request.GET, **{name: ""}))
        for name, value in values.items()
        if value
    ]


def _write_reading(request: ScopedRequest, chosen: IndicatorFilter, found: Indicators) -> None:
    """Write that a coordinator read them, in the journals of the landlords counted."""
    residence: Residence | None = chosen.form.cleaned_data["residence"]
    places = [(residence.landlord_id, residence.name)] if residence else []
    write_reading(
        request.scope,
        _NAME,
        concerns=[row.pk for row in found.landlords],
        places=[*places, *((row.landlord_id, row.name) for row in found.places)],
        filters=chosen.said,
    )
