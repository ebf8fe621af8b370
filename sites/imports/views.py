"""List imports; send a file, follow its import, read its report, start it again."""

import gzip
import io
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.journal.audit import write_entry
from accounts.journal.settled import deleted, tells_what_is_settled
from accounts.lists.listing import listing, opens_with_default
from accounts.models import Organisation
from core.files import KINDS, asked_kind, attachment, table_file
from core.jobs import JobState
from core.pages import INVALID, form_page, render_form, sent
from sites.enums import ImportKind, ImportStage, Outcome
from sites.geocoding.placing import waiting
from sites.models import ImportRun

from . import services, steps, summary
from .communes import own_communes
from .filters import ImportFilter
from .forms import AnswersForm, UploadForm
from .mapping.services import keep_answers
from .mapping.words import words_of
from .run import importers
from .stale import moved_on
from .stored import Column, light_runs, stored_column
from .tables import ImportTable
from .tasks import run_import
from .templates import csv_template, example_of, xlsx_template
from .undo import services as undo

_COMMUNES_TOLD = 12
_TEMPLATES = {
    "csv": (csv_template, "text/csv; charset=utf-8"),
    "xlsx": (xlsx_template, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@require_GET
@for_roles(Role.LEAD)
@opens_with_default("imports")
def imports(request: ScopedRequest) -> HttpResponseBase:
    """List the imports; answer htmx with the rows alone."""
    runs = light_runs().defer("analysis").select_related("created_by").order_by("-id")
    chosen = ImportFilter(request.GET, queryset=runs)
    table = ImportTable(chosen.qs)
    shown = listing(request, table, name="imports", filterset=chosen)
    if kind := asked_kind(request):
        write_entry(request.scope, AuditAction.EXPORT, "sites.importrun", format=kind, rows=len(table.rows))
        return attachment(table_file(table, kind, _("Imports")), _("imports"), kind)
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "kinds": KINDS,
        "to_place": waiting().count(),
        "landlords": Organisation.objects.filter(pk__in=request.scope.roles[Role.LEAD]),
    }
    rows_only = request.htmx and request.htmx.target == "rows"
    return render(request, "sites/_imports_rows.html" if rows_only else "sites/imports.html", context)


@form_page
@for_roles(Role.LEAD)
def import_create(request: ScopedRequest) -> HttpResponse:
    """Receive a file, and have it read before anybody says what it holds."""
    scope = request.scope
    form = UploadForm(
        sent(request), request.FILES or None, organisation_ids=scope.roles[Role.LEAD], user_id=scope.user_id
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        run = services.receive(
            request.scope,
            filename=file.name,
            content=file,
            organisation=form.cleaned_data["organisation"],
            then=run_import,
        )
        return redirect("sites:import_detail", run.pk)
    words = importers()[ImportKind.INCIDENTS].words()
    return render_form(
        request,
        "sites/import_form.html",
        form,
        kinds=list(importers()),
        words=words,
        communes=own_communes()[:_COMMUNES_TOLD],
    )


@require_GET
@for_roles(Role.LEAD)
def import_detail(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show an import under way, its preview or its result; answer htmx with the middle of the page alone."""
    run = get_object_or_404(light_runs().select_related("created_by"), pk=pk)
    done = run.state == JobState.DONE
    if done and run.stage == ImportStage.ANALYSIS:
        columns = reverse("sites:import_columns", args=[run.pk])
        return HttpResponseClientRedirect(columns) if request.htmx else redirect(columns)
    interrupted, late = run.interrupted, run.late
    context = {
        "run": run,
        "interrupted": interrupted,
        "late": late,
        "may_restart": services.may_restart(run),
        "may_undo": undo.may_undo(run),
        "undoing": run.stage == ImportStage.UNDO,
        "undone": undo.is_undone(run),
        "undone_lines": undo.lines(run, run.undone) if run.undone else [],
        "live": run.state in {JobState.QUEUED, JobState.RUNNING} and not interrupted and not late,
    }
    if done:
        previewed = run.stage == ImportStage.PREVIEW
        context |= _preview(run, AnswersForm(run=run)) if previewed else _result(run)
    return render(request, "sites/_import.html" if request.htmx else "sites/import_detail.html", context)


def _preview(run: ImportRun, form: AnswersForm) -> dict[str, Any]:
    """Return what the page of a preview shows: the outcome of each row, and the questions."""
    total = summary.total(run)
    written = run.counts.keys() & {Outcome.IMPORTED.value, Outcome.WAITING.value}
    return {
        "preview": True,
        "nothing": bool(total) and not written and not form.questions,
        "asked_anew": run.analysis.get("asked_anew", False),
        "outcomes": summary.outcomes(run),
        "remarks": summary.remarks(run),
        "total": total,
        "form": form,
        "has_words": bool(words_of(run)),
    }


def _result(run: ImportRun) -> dict[str, Any]:
    """Return what the page of a finished import shows."""
    return {
        "done": True,
        "outcomes": summary.outcomes(run),
        "rejected": summary.rejected(run),
        "shown": summary.SHOWN,
        "remarks": summary.remarks(run),
        "total": summary.total(run),
        "given_back": ImportRun.objects.filter(pk=run.pk, rejected__isnull=False).exists(),
    }


@require_POST
@for_roles(Role.LEAD)
def import_start(request: ScopedRequest, pk: int) -> HttpResponse:
    """Import a file as it was previewed, or preview it again with the answers given."""
    run = _previewed().filter(pk=pk).first()
    if run is None:
        return moved_on(request, pk)
    form = AnswersForm(request.POST, run=run)
    if not form.is_valid():
        context = {"run": run, **_preview(run, form)}
        return render(request, "sites/import_detail.html", context, status=INVALID)
    go_on = steps.answer if "again" in request.POST else steps.start_import
    if not go_on(request.scope, run, answers=form.answers(), then=run_import):
        return moved_on(request, pk)
    keep_answers(request.scope, run, answers=form.cleaned_data)
    return redirect("sites:import_detail", run.pk)


@require_POST
@for_roles(Role.LEAD)
@tells_what_is_settled(deleted(ImportRun, "sites:imports", Role.LEAD))
def import_abandon(request: ScopedRequest, pk: int) -> HttpResponse:
    """Forget a file of which nothing was imported."""
    run = get_object_or_404(ImportRun, pk=pk)
    if not steps.abandon(request.scope, run):
        return moved_on(request, pk)
    messages.success(
        request, _("L’import est abandonné : rien n’en a été enregistré, et le fichier est oublié.")
    )
    return redirect("sites:imports")


def _previewed() -> QuerySet[ImportRun]:
    return light_runs().filter(stage=ImportStage.PREVIEW, state=JobState.DONE)


@require_GET
@for_roles(Role.LEAD)
def import_rejected(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Send the rows that were not imported, with their own columns and the reason in front."""
    run = get_object_or_404(light_runs(), pk=pk, rejected__isnull=False)
    write_entry(request.scope, AuditAction.DOWNLOAD, run, organisation_id=run.organisation_id, rejected=True)
    return _sent(run, "rejected", f"lignes-a-corriger-{run.pk}.csv")


@require_GET
@for_roles(Role.LEAD)
def import_report(request: ScopedRequest, pk: int) -> HttpResponseBase:
    """Send the report: one line per row of the file."""
    run = get_object_or_404(light_runs(), pk=pk, report__isnull=False)
    write_entry(request.scope, AuditAction.DOWNLOAD, run, organisation_id=run.organisation_id, report=True)
    return _sent(run, "report", f"rapport-import-{run.pk}.csv")


def _sent(run: ImportRun, column: Column, filename: str) -> FileResponse:
    """Return a gzipped column of the run as a file, unpacked while it is sent."""
    with stored_column(run, column) as file:
        packed = io.BytesIO(file.read())
    return FileResponse(
        gzip.open(packed),
        as_attachment=True,
        filename=filename,
        content_type="text/csv; charset=utf-8",
    )


@require_POST
@for_roles(Role.LEAD)
def import_restart(request: ScopedRequest, pk: int) -> HttpResponse:
    """Put an import that stopped or waits too long back in the queue."""
    run = get_object_or_404(ImportRun, pk=pk)
    if services.restart(request.scope, run, then=run_import):
        messages.success(request, _("L’import reprend du début : rien n’avait été enregistré."))
    else:
        messages.info(request, _("Cet import n’est pas à reprendre."))
    return redirect("sites:import_detail", run.pk)


@require_GET
@for_roles(Role.LEAD)
def import_template(request: ScopedRequest, kind: str, ending: str) -> HttpResponseBase:
    """Send a template of the product's own format."""
    found = importers().get(ImportKind(kind)) if kind in ImportKind.values else None
    if found is None or ending not in _TEMPLATES:
        raise Http404
    make, content_type = _TEMPLATES[ending]
    return FileResponse(
        io.BytesIO(make(example_of(found), found.words())),
        as_attachment=True,
        filename=f"modele-{kind}.{ending}",
        content_type=content_type,
    )
