"""List releases, show one, and return it as a file or as its document."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import OuterRef, Subquery, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from core.files import KINDS, asked_kind, attachment, csv_file, xlsx_file
from core.jobs import JobState
from partners.circles.managing import coordinated_territories
from partners.models import PlenaryRelease
from sites.models import Territory

from .rendering import document
from .showing import columns_of, file_columns, lines_of, method_of, secrecy_of

_READERS = (Role.COORDINATOR, Role.LEAD, Role.PARTNER)
_PER_PAGE = 25


@never_cache
@require_safe
@for_roles(*_READERS)
def plenary_releases(request: ScopedRequest) -> HttpResponse:
    """List the releases of one's territories, or about one's landlords."""
    name = Territory.objects.filter(pk=OuterRef("territory_id")).values("name")
    # A landlord that shares with the territory no more does not see it: the frozen name is used.
    named = Coalesce(KT("content__territory"), Subquery(name[:1]), output_field=TextField())
    rows = PlenaryRelease.objects.defer("content").annotate(territory_name=named).order_by("-as_of", "-pk")
    page = Paginator(rows, _PER_PAGE).get_page(request.GET.get("page"))
    landlords = sorted({pk for release in page for pk in release.landlords})
    if landlords:
        write_entry(request.scope, AuditAction.READ, "partners.plenaryrelease", concerns=landlords)
    return render(request, "partners/plenary_releases.html", {"page": page})


@never_cache
@require_safe
@for_roles(*_READERS)
def plenary_release(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Show a release, or how far its job is; return its tables as a file."""
    found = get_object_or_404(PlenaryRelease, pk=pk)
    if found.state != JobState.DONE:
        part = "partners/_plenary_job.html"
        context = {"release": found, "under_way": found.under_way, "late": found.late}
        return render(request, part if request.htmx else "partners/plenary_job.html", context)
    if request.htmx.target == "plenary-job":
        return HttpResponseClientRedirect(reverse("partners:plenary_release", args=[pk]))
    kind = asked_kind(request)
    _write(
        request, found, AuditAction.EXPORT if kind else AuditAction.READ, **({"format": kind} if kind else {})
    )
    if kind:
        return _file(found, kind)
    coordinated = coordinated_territories(request.scope).filter(pk=found.territory_id)
    context = {"release": found, "kinds": KINDS, "manages": coordinated.exists()}
    return render(request, "partners/plenary_release.html", context | shown_of(found.told))


@never_cache
@require_safe
@for_roles(*_READERS)
def plenary_document(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the document of a release, which is the same for everybody."""
    found = get_object_or_404(PlenaryRelease, pk=pk)
    if found.state != JobState.DONE:
        return redirect("partners:plenary_release", pk)
    _write(request, found, AuditAction.DOWNLOAD, digest=found.digest)
    name = f"statistiques-agregees-{found.as_of:%Y-%m-%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(document(found), content_type="application/pdf", headers=headers)


def shown_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the tables of a page show, before a release as after it."""
    marks, kinds = columns_of(content)
    return {
        "content": content,
        "lines": lines_of(content),
        "marks": marks,
        "kinds_of_facts": kinds,
        "method": method_of(content),
        "secrecy": secrecy_of(),
    }


def _file(found: PlenaryRelease, kind: str) -> HttpResponseBase:
    rows, columns = lines_of(found.told), file_columns(found)
    file = csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Statistiques agrégées"))
    return attachment(file, f"statistiques-agregees-{found.as_of:%Y-%m-%d}", kind)


def _write(request: ScopedRequest, found: PlenaryRelease, action: AuditAction, **detail: Any) -> None:
    concerns = [*found.landlords, *request.scope.roles.get(Role.PARTNER, ())]
    write_entry(
        request.scope, action, found, organisation_id=found.organisation_id, concerns=concerns, **detail
    )
