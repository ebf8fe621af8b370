"""What circles were given: preview, publish, map, ranking, site."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django.contrib import messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.lists import listing as lists
from classification.method.grid_view import picture
from classification.method.scale import Level
from classification.residence.snapshot import explain_frozen, explain_frozen_disruption, label_of
from classification.residence.wording import listing, typeset
from core.dates import long_date
from core.files import KINDS_WITH_POINTS, asked_kind, attachment, geojson_file, table_file
from core.pages import form_page, render_form, sent
from partners.circles.managing import managed_or_404, manages
from partners.models import Circle, Mandate, Publication, PublishedSite
from partners.readers import write_publications_reading, write_territory_entry
from partners.snapshot import preview_at

from .evolution import Evolution, compared, evolution, frozen_levels, previous_of, states
from .filters import SiteFilter
from .forms import PublicationForm
from .keys import site_key
from .services import landlords_of, request_publication
from .tables import POINT_COLUMNS, SiteTable

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    from .evolution import RankedSite

    class _Named(TypedDict):
        circle_name: str | None

    NamedPublication = WithAnnotations[Publication, _Named]

_READERS = (Role.COORDINATOR, Role.LEAD, Role.PARTNER)
_ALL = "tout"
# A site without a level before stands between those that stayed and those that rose.
_NEW = 0.5


@require_safe
@for_roles(*_READERS)
def publications(request: ScopedRequest) -> HttpResponse:
    """List what was published in the territories one belongs to."""
    counts = {f"level_{level.value}": Count("sites", filter=Q(sites__level=level)) for level in Level}
    rows = list(_named(Publication.objects.annotate(**counts)).order_by("-as_of", "-id"))
    write_publications_reading(request.scope, rows)
    named = any(row.circle_name for row in rows)
    return render(request, "partners/publications.html", {"publications": rows, "named": named})


@form_page
@for_roles(Role.COORDINATOR)
def publish(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what a publication would contain; have a worker make it when confirmed."""
    circle = managed_or_404(request, Circle, pk)
    data = sent(request)
    if data is None and "as_of" in request.GET:
        data = request.GET
    form = PublicationForm(circle, data)
    context: dict[str, Any] = {"circle": circle}
    if form.is_valid():
        as_of = form.cleaned_data["as_of"]
        if request.method == "POST":
            return _publish(request, circle, as_of)
        context |= {"as_of": as_of, **_preview(request, circle, as_of)}
    return render_form(request, "partners/publish.html", form, **context)


@require_safe
@for_roles(*_READERS)
@lists.opens_with_default("published")
def publication(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Show the shared map and the ranking."""
    found = _publication(pk)
    moved = evolution(found)
    chosen = _chosen(request, found, moved)
    table = SiteTable(_rows(chosen.qs, moved), exclude=() if moved else ("before",))
    shown = lists.listing(request, table, name="published", filterset=chosen)
    if request.GET.get("par_page") == _ALL:
        shown = _unpaged(table, shown)
    if kind := asked_kind(request, KINDS_WITH_POINTS):
        return _export(request, found, table, kind)
    _write_reading(request, found, found, filters=chosen.active)
    context = {
        "publication": found,
        "manages": manages(request, found.territory),
        "filter": chosen,
        "table": table,
        "listing": shown,
        "whole": _whole(request),
        "levels": _counts(found.sites.all()),
        "kinds": KINDS_WITH_POINTS,
        "points": _points(chosen.qs),
        "map_words": {"group": _("{n} sites, niveau {level} au plus haut"), "close": _("Fermer")},
        "total": chosen.qs.count(),
        "evolution": moved,
        **_states(request, found),
    }
    template = "partners/_ranking.html" if request.htmx.target == "ranking" else "partners/publication.html"
    return render(request, template, context)


@require_safe
@for_roles(*_READERS)
def publication_points(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the points of a publication, narrowed as its page is, for the slider of the map."""
    found = _publication(pk)
    chosen = _chosen(request, found, evolution(found))
    _write_reading(request, found, found, filters=chosen.active)
    return JsonResponse({"points": _points(chosen.qs), "summary": _summary(_counts(chosen.qs))})


@require_safe
@for_roles(*_READERS)
def site(request: ScopedRequest, pk: int, rank: int) -> HttpResponse:
    """Show one published site and why it has its level."""
    found = _publication(pk)
    previous = previous_of(found)
    shown, before = _site(found, previous, rank)
    _write_reading(request, found, shown)
    as_of, version = found.as_of, found.grid_version
    context = {
        "publication": found,
        "site": shown,
        "reasons": [explain_frozen(finding, as_of, version) for finding in shown.findings],
        "disruptions": [explain_frozen_disruption(d, as_of, version) for d in shown.disruptions],
        "grid": picture(version, [f | {"fact_type": label_of(f)} for f in shown.findings]),
        "trend": [(dt.date.fromisoformat(day), level) for day, level in shown.trend],
        "before": before,
        "previous": previous,
    }
    return render(request, "partners/site.html", context)


def _site(found: Publication, previous: Publication | None, rank: int) -> tuple[PublishedSite, int | None]:
    """Return the site of that rank, and its level in ``previous``."""
    sites = PublishedSite.objects.filter(publication=found)
    if previous is None:
        return get_object_or_404(sites, rank=rank), None
    if (shown := compared(sites, previous).filter(rank=rank).first()) is None:
        raise Http404
    return shown, shown.before


def _publication(pk: int) -> Publication:
    return get_object_or_404(_named(Publication.objects.select_related("grid_version")), pk=pk)


def _named(rows: QuerySet[Publication]) -> "QuerySet[NamedPublication]":
    """Add the names of territory and circle; a landlord sees publications, not who is in the circle."""
    circle = Circle.objects.filter(pk=OuterRef("circle")).values("name")
    return rows.select_related("territory").annotate(circle_name=Subquery(circle))


def _preview(request: ScopedRequest, circle: Circle, as_of: dt.date) -> dict[str, Any]:
    """What would be published, what moved since the publication before, and who would see it."""
    sites = preview_at(circle.territory, as_of)
    write_territory_entry(
        request.scope, AuditAction.READ, circle, territory=circle.territory,
        landlords=sorted({site.landlord_id for site in sites}), preview=as_of.isoformat(),
    )  # fmt: skip
    counts = Counter(site.level for site in sites)
    last = Publication.objects.filter(circle=circle, as_of__lt=as_of).order_by("as_of").last()
    frozen = frozen_levels([last.pk])[last.pk] if last else {}
    before = [frozen.get(site_key(circle.pk, site.opaque_id)) for site in sites]
    return {
        "levels": [(level, counts[level]) for level in reversed(Level)],
        "total": len(sites),
        "sites": list(zip(sites, before, strict=True)),
        "last": last,
        "landlords": sorted({site.landlord for site in sites}),
        "members": Mandate.objects.live()
        .filter(circle=circle)
        .select_related("user")
        .order_by("user__full_name"),
    }


def _publish(request: ScopedRequest, circle: Circle, as_of: dt.date) -> HttpResponse:
    asked, is_new = request_publication(request.scope, circle=circle, as_of=as_of)
    if not is_new:
        messages.info(request, _("Cette publication est déjà demandée : voici où elle en est."))
    return redirect("partners:publication_request", asked.pk)


def _export(request: ScopedRequest, found: Publication, table: SiteTable, kind: str) -> HttpResponseBase:
    """Send the ranking as it is shown; its name says how confidential it is."""
    rows = [row.record for row in table.rows]
    write_territory_entry(
        request.scope, AuditAction.EXPORT, found, territory=found.territory,
        landlords=sorted({row.shared_by_id for row in rows}),
        publication=found.pk, format=kind, rows=len(rows),
    )  # fmt: skip
    if kind == "geojson":
        file = geojson_file(rows, POINT_COLUMNS, lambda site: (site.longitude, site.latitude))
    else:
        file = table_file(table, kind, _("Classement"))
    return attachment(file, f"confidentiel-niveaux-{found.as_of:%Y-%m-%d}", kind)


def _write_reading(request: ScopedRequest, found: Publication, subject: Any, **detail: Any) -> None:
    landlords = [subject.shared_by_id] if isinstance(subject, PublishedSite) else landlords_of(found)
    write_territory_entry(
        request.scope, AuditAction.READ, subject, territory=found.territory, landlords=landlords,
        publication=found.pk, **detail,
    )  # fmt: skip


def _chosen(request: ScopedRequest, found: Publication, moved: Evolution | None) -> SiteFilter:
    sites = found.sites.defer("addresses", "disruptions", "trend")
    return SiteFilter(request.GET, sites, request, moved)


def _rows(sites: QuerySet[PublishedSite], moved: Evolution | None) -> "list[RankedSite]":
    rows = list(cast("QuerySet[RankedSite]", sites))
    for row in rows:
        row.main = label_of(row.findings[0]) if row.findings else "–"
        if moved is None:
            row.before, row.change = None, 0
        elif row.change is None:
            row.change = _NEW
    return rows


def _unpaged(table: SiteTable, shown: lists.Listing) -> lists.Listing:
    """Put every row on one page, as paper needs them."""
    rows = max(len(table.rows), 1)
    table.paginate(page=1, per_page=rows)
    return replace(shown, rows=rows)


def _whole(request: ScopedRequest) -> str:
    """Return the query of the same list with every row on one page."""
    query = request.GET.copy()
    query.pop("page", None)
    query["par_page"] = _ALL
    return query.urlencode()


def _states(request: ScopedRequest, found: Publication) -> dict[str, Any]:
    rows = list(states(found))
    shown = [_state(request, row) for row in rows]
    here = rows.index(found)
    return {"states": shown, "here": here, "states_here": shown[here]["page"]}


def _state(request: ScopedRequest, publication: Publication) -> dict[str, str]:
    """Where the page and the points of a published state are, under the same filters."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return {
        "day": long_date(publication.as_of),
        "page": reverse("partners:publication", args=[publication.pk]) + query,
        "points": reverse("partners:publication_points", args=[publication.pk]) + query,
    }


def _summary(counts: list[tuple[Level, int]]) -> str:
    said = [_("%(n)s de niveau %(level)s") % {"n": n, "level": level.value} for level, n in counts if n]
    return typeset(listing(said))


def _counts(sites: QuerySet[PublishedSite]) -> list[tuple[Level, int]]:
    found = dict(sites.order_by().values_list("level").annotate(n=Count("pk")))
    return [(level, found.get(level, 0)) for level in reversed(Level)]


def _points(sites: QuerySet[PublishedSite]) -> list[dict[str, Any]]:
    return [_point(site) for site in sites if site.longitude is not None]


def _point(site: PublishedSite) -> dict[str, Any]:
    return {
        "at": [site.latitude, site.longitude],
        "level": site.level,
        "label": _("Niveau %(n)s") % {"n": site.level},
        "rank": site.rank,
        "name": site.name,
        "url": reverse("partners:site", args=[site.publication_id, site.rank]),
    }
