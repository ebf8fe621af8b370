"""Preview and make publications, and show their map, ranking and sites."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypedDict

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
from accounts.factors.rules import asks_for_file, needs_fresh_factor
from accounts.lists import listing as lists
from classification.method.grid_view import picture
from classification.method.scale import Mark
from classification.residence.snapshot import explain_frozen, explain_frozen_disruption, label_of
from core.dates import long_date
from core.files import KINDS, KINDS_WITH_POINTS, asked_kind, attachment, geojson_file, table_file
from core.pages import form_page, render_form, sent
from core.versions import version_of
from partners.circles.managing import managed_or_404, manages
from partners.models import Circle, Publication, PublishedSite
from partners.readers import write_publications_reading, write_territory_entry
from partners.withdrawals.services import state_of, withdrawal_of
from partners.withdrawals.telling import unseen_of

from . import coarse_views
from .campaigns import newer_than
from .drift import drift_of
from .evolution import compared, evolution, previous_of, states
from .filters import SiteFilter
from .forms import PublicationForm
from .points import counts_of, placed, points_of, summary_of
from .positions import find, positions_of
from .preview import preview_of
from .services import landlords_of, request_publication
from .tables import SiteTable, nature_of, point_columns, ranking

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Named(TypedDict):
        circle_name: str | None

    NamedPublication = WithAnnotations[Publication, _Named]

_READERS = (Role.COORDINATOR, Role.LEAD, Role.PARTNER)
_ALL = "tout"


@require_safe
@for_roles(*_READERS)
def publications(request: ScopedRequest) -> HttpResponse:
    """List the publications that the person may see; those that were withdrawn, without their numbers."""
    counts = {f"level_{mark.value}": Count("sites", filter=Q(sites__mark=mark)) for mark in Mark}
    rows = list(_named(Publication.objects.annotate(**counts)).order_by("-as_of", "-id"))
    write_publications_reading(request.scope, [row for row in rows if row.withdrawn_at is None])
    named = any(row.circle_name for row in rows)
    return render(request, "partners/publications.html", {"publications": rows, "named": named})


@form_page
@for_roles(Role.COORDINATOR)
def publish(request: ScopedRequest, pk: int) -> HttpResponse:
    """Preview a publication, and queue it once confirmed."""
    circle = managed_or_404(request, Circle, pk)
    data = sent(request)
    if data is None and "as_of" in request.GET:
        data = request.GET
    form = PublicationForm(circle, data)
    context: dict[str, Any] = {"circle": circle, "closing": None}
    if form.is_valid():
        as_of = form.cleaned_data["as_of"]
        if request.method == "POST" and not form.is_outdated:
            return _publish(request, circle, as_of)
        context |= {"as_of": as_of, **preview_of(request.scope, circle, as_of)}
    return render_form(request, "partners/publish.html", form, **context)


@needs_fresh_factor(Role.COORDINATOR, Role.PARTNER, when=asks_for_file, file=True)
@require_safe
@for_roles(*_READERS)
@lists.opens_with_default("published")
def publication(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Show the map and the ranking of a publication, or return the ranking as a file.

    Of one that was withdrawn, its readers are told so, and shown no level; its coordinators see what it was.
    """
    found = _publication(pk)
    if found.withdrawn_at and not manages(request, found.territory):
        context = {"publication": found, "latest": states(found).last(), **_standing(request, found)}
        return render(request, "partners/withdrawn.html", context)
    if found.by_neighbourhood:
        around = {**_drift(request, found), **_standing(request, found), **_states(request, found)}
        return coarse_views.page(request, found, around)
    previous = previous_of(found)
    chosen = _chosen(request, found, previous)
    table = ranking(chosen.qs, previous, coarsened=found.by_residence)
    shown = lists.listing(request, table, name="published", filterset=chosen)
    if request.GET.get("par_page") == _ALL:
        shown = _unpaged(table, shown)
    kinds = KINDS if found.by_residence else KINDS_WITH_POINTS
    if kind := asked_kind(request, kinds):
        return _export(request, found, table, kind)
    _write_reading(request, found, found, filters=chosen.active)
    context = {
        "publication": found,
        "filter": chosen,
        "table": table,
        "listing": shown,
        "kinds": kinds,
        "total": table.paginator.count,
    }
    if request.htmx.target == "ranking":
        return render(request, "partners/_ranking.html", context)
    return render(request, "partners/publication.html", context | _around(request, found, chosen))


def _around(request: ScopedRequest, found: Publication, chosen: SiteFilter) -> dict[str, Any]:
    """Return the context of the page around the ranking; the map fetches its points by itself."""
    words = {
        "group": _("{n} sites, niveau {level} au plus haut"),
        "close": _("Fermer"),
        "failed": _("La carte n’a pas pu être chargée ; le classement donne les mêmes résidences."),
    }
    return {
        **_drift(request, found),
        "whole": _whole(request),
        "levels": counts_of(found.sites.all()),
        **found.sites.aggregate(
            all_sites=Count("pk"), decided=Count("pk", filter=Q(decided_on__isnull=False))
        ),
        "mapped": placed(chosen.qs).exists(),
        "map_words": words,
        "evolution": evolution(found),
        **_standing(request, found),
        **_states(request, found),
    }


def _drift(request: ScopedRequest, found: Publication) -> dict[str, Any]:
    """Return whether the person manages the publication, and to its coordinator what would be published now."""
    if not manages(request, found.territory):
        return {"manages": False, "drift": None, "newer": None, "ended": False, "replaceable": False}
    ended = not found.circle.is_live()
    replaceable = not ended or found.closing_id is None
    told = {"manages": True, "ended": ended, "replaceable": replaceable}
    if found.withdrawn_at or not replaceable:
        return {**told, "drift": None, "newer": None}
    newer = newer_than(found)
    drift = drift_of(found) if newer is None else None
    version = version_of(found, state_of(found)) if drift else ""
    return {**told, "newer": newer, "drift": drift, "version": version}


def _standing(request: ScopedRequest, found: Publication) -> dict[str, Any]:
    """Return whether the publication stands: its withdrawal, what it replaces, and what the person is told of it."""
    return {
        "withdrawal": withdrawal_of(found) if found.withdrawn_at else None,
        "replaces": found.replaces.filter(restored_at=None).select_related("publication").first(),
        "notice": unseen_of(request.scope, found),
    }


@require_safe
@for_roles(*_READERS)
def publication_points(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the points of a publication as JSON, under the filters of its page, for the map and its slider."""
    found = _publication(pk)
    chosen = _chosen(request, found, previous_of(found))
    _write_reading(request, found, found, filters=chosen.active)
    return JsonResponse({"points": points_of(chosen.qs), "summary": summary_of(chosen.qs)})


@require_safe
@for_roles(*_READERS)
def site(request: ScopedRequest, pk: int, name: uuid.UUID) -> HttpResponse:
    """Show a published site and the reasons for its level; lead to the publication where that was withdrawn."""
    found = _publication(pk)
    if found.withdrawn_at and not manages(request, found.territory):
        return redirect("partners:publication", pk)
    previous = previous_of(found)
    shown, before, change = _site(found, previous, name)
    _write_reading(request, found, shown)
    as_of, version = found.as_of, found.grid_version
    context = {
        "publication": found,
        "site": shown,
        "position": positions_of(pk, [shown.rank])[shown.rank],
        "addresses": [_marked(address) for address in shown.addresses],
        "main": nature_of(shown, shown.findings[0] if shown.findings else None),
        "reasons": [explain_frozen(finding, as_of, version) for finding in shown.findings],
        "disruptions": [explain_frozen_disruption(d, as_of, version) for d in shown.disruptions],
        "grid": picture(version, [f | {"fact_type": label_of(f)} for f in shown.findings]),
        "trend": [(dt.date.fromisoformat(day), level) for day, level in shown.trend],
        "before": before,
        "compares": shown.mark and change is not None,
        "previous": previous,
        "withdrawal": withdrawal_of(found) if found.withdrawn_at else None,
    }
    return render(request, "partners/site.html", context)


def _marked(address: dict[str, Any]) -> dict[str, Any]:
    """Return a frozen address with its mark; one frozen before marks existed is shown with its level."""
    return {"mark": address["level"], "silent": False, "level_before": None} | address


def _site(
    found: Publication, previous: Publication | None, name: uuid.UUID
) -> tuple[PublishedSite, int | None, int | None]:
    """Return the site of that name, its level in ``previous`` and the change since; raise Http404 when there is none.

    Both are as of :func:`.evolution.compared`, and None without ``previous``.
    """
    known = find(found.pk, name)
    if known is None:
        raise Http404
    sites = PublishedSite.objects.filter(publication=found)
    if previous is None:
        return get_object_or_404(sites, pk=known), None, None
    if (shown := compared(sites, previous).filter(pk=known).first()) is None:
        raise Http404
    return shown, shown.before, shown.change


def _publication(pk: int) -> Publication:
    return get_object_or_404(_named(Publication.objects.select_related("grid_version")), pk=pk)


def _named(rows: QuerySet[Publication]) -> "QuerySet[NamedPublication]":
    """Add the territory, and the circle's name as far as the person sees it: a landlord sees no circle."""
    circle = Circle.objects.filter(pk=OuterRef("circle")).values("name")
    return rows.select_related("territory").annotate(circle_name=Subquery(circle))


def _publish(request: ScopedRequest, circle: Circle, as_of: dt.date) -> HttpResponse:
    asked, is_new = request_publication(request.scope, circle=circle, as_of=as_of)
    if not is_new:
        messages.info(request, _("Cette publication est déjà demandée : voici où elle en est."))
    return redirect("partners:publication_request", asked.pk)


def _export(request: ScopedRequest, found: Publication, table: SiteTable, kind: str) -> HttpResponseBase:
    """Return the ranking as a file, under the filters and columns shown; its name says that it is confidential."""
    rows = [row.record for row in table.rows]
    write_territory_entry(
        request.scope, AuditAction.EXPORT, found, territory=found.territory,
        landlords=sorted({row.shared_by_id for row in rows}),
        publication=found.pk, format=kind, rows=len(rows),
    )  # fmt: skip
    if kind == "geojson":
        file = geojson_file(rows, point_columns(found), lambda site: (site.longitude, site.latitude))
    else:
        file = table_file(table, kind, _("Classement"))
    coarsened = "par-residence-" if found.by_residence else ""
    return attachment(file, f"confidentiel-niveaux-{coarsened}{found.as_of:%Y-%m-%d}", kind)


def _write_reading(request: ScopedRequest, found: Publication, subject: Any, **detail: Any) -> None:
    landlords = [subject.shared_by_id] if isinstance(subject, PublishedSite) else landlords_of(found)
    write_territory_entry(
        request.scope, AuditAction.READ, subject, territory=found.territory, landlords=landlords,
        publication=found.pk, **detail,
    )  # fmt: skip


def _chosen(request: ScopedRequest, found: Publication, previous: Publication | None) -> SiteFilter:
    sites = found.sites.defer("addresses", "findings", "disruptions", "trend")
    return SiteFilter(request.GET, sites, request, previous)


def _unpaged(table: SiteTable, shown: lists.Listing) -> lists.Listing:
    """Put every row on one page, for printing."""
    rows = max(len(table.rows), 1)
    table.paginate(page=1, per_page=rows)
    return replace(shown, rows=rows)


def _whole(request: ScopedRequest) -> str:
    """Return the query string of the same list with every row on one page."""
    query = request.GET.copy()
    query.pop("page", None)
    query["par_page"] = _ALL
    return query.urlencode()


def _states(request: ScopedRequest, found: Publication) -> dict[str, Any]:
    rows = [found] if found.withdrawn_at else list(states(found))
    shown = [_state(request, row) for row in rows]
    here = rows.index(found)
    latest = rows[-1] if here + 1 < len(rows) else None
    return {"states": shown, "here": here, "states_here": shown[here]["page"], "latest": latest}


def _state(request: ScopedRequest, publication: Publication) -> dict[str, str]:
    """Return the day of a publication, and the URLs of its page and of its points under the same filters."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return {
        "day": long_date(publication.as_of),
        "page": reverse("partners:publication", args=[publication.pk]) + query,
        "points": reverse("partners:publication_points", args=[publication.pk]) + query,
    }
