"""Say what the columns and the words of a file mean; list, rename and delete a landlord's mappings."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import deleted, tells_what_is_settled
from core.conflicts import open_form, render_conflict
from core.jobs import JobState
from core.pages import INVALID, form_page, is_sent, render_form, sent
from core.versions import StaleError, version_of
from sites.enums import ImportKind
from sites.imports import steps
from sites.imports.rejected import own_columns
from sites.imports.run import importers
from sites.imports.stale import moved_on
from sites.imports.tasks import run_import
from sites.models import ImportMapping, ImportRun, SharedMapping

from . import sharing
from .forms import ColumnsForm, MappingNameForm, ReadingForm, SharedMappingForm, initial_of
from .saved import headers_of
from .services import delete_mapping, note_columns, rename_mapping, save_mapping, state_of
from .suggest import suggest_as
from .words import WordsForm, are_words_told


@form_page
@for_roles(Role.LEAD)
def import_columns(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what was recognised of a file and say what each of its columns is."""
    run = _waiting().filter(pk=pk).first()
    if run is None:
        return moved_on(request, pk)
    kind = request.GET.get("kind", run.mapping["kind"])
    context = _recognised(run, ReadingForm(run=run)) | {"kind": kind}
    if kind not in ImportKind.values or run.analysis["undecided"]:
        return render(request, "sites/import_columns.html", context)
    mapping = run.mapping
    if kind != mapping["kind"]:
        headers = headers_of(run)
        mapping = {**suggest_as(kind, headers, own_columns(headers)), "reading": mapping["reading"]}
    form = ColumnsForm(sent(request), run=run, mapping=mapping)
    if request.method == "POST" and form.is_valid():
        return _after_columns(request, run, form)
    return render_form(request, "sites/import_columns.html", form, mapping=mapping, **context)


def _recognised(run: ImportRun, reading: ReadingForm) -> dict[str, Any]:
    """Return what the page of the columns shows of how the file was read."""
    doubts = [doubt for doubt in run.analysis["recognised"]["doubts"] if doubt["code"] != "duplicate_titles"]
    return {
        "run": run,
        "kinds": list(importers()),
        "analysis": run.analysis,
        "reading": reading,
        "doubts": [
            (doubt["code"], list(zip(doubt["choices"], doubt["samples"], strict=False))) for doubt in doubts
        ],
    }


@require_POST
@for_roles(Role.LEAD)
def import_reading(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have a file read again as the person says."""
    run = _waiting().filter(pk=pk).first()
    if run is None:
        return moved_on(request, pk)
    form = ReadingForm(request.POST, run=run)
    if not form.is_valid():
        context = _recognised(run, form) | {"kind": "", "form": form}
        return render(request, "sites/import_columns.html", context, status=INVALID)
    if not steps.read_again(request.scope, run, reading=form.reading(), then=run_import):
        return moved_on(request, pk)
    return redirect("sites:import_detail", run.pk)


def _after_columns(request: ScopedRequest, run: ImportRun, form: ColumnsForm) -> HttpResponse:
    if not note_columns(request.scope, run, mapping=form.cleaned_data["mapping"]):
        return moved_on(request, run.pk)
    if are_words_told(run):
        return _preview(request, run)
    return redirect("sites:import_words", run.pk)


@form_page
@for_roles(Role.LEAD)
def import_words(request: ScopedRequest, pk: int) -> HttpResponse:
    """Say what each word of the file means."""
    run = _waiting().exclude(kind="").filter(pk=pk).first()
    if run is None:
        return moved_on(request, pk)
    form = WordsForm(sent(request), run=run)
    if request.method == "POST" and form.is_valid():
        run.mapping = form.cleaned_data["mapping"]
        return _preview(request, run)
    return render_form(request, "sites/import_words.html", form, run=run)


def _preview(request: ScopedRequest, run: ImportRun) -> HttpResponse:
    if name := run.mapping.get("save_as", ""):
        save_mapping(request.scope, run, name=name)
    if not steps.start_preview(request.scope, run, mapping=run.mapping, then=run_import):
        return moved_on(request, run.pk)
    return redirect("sites:import_detail", run.pk)


@require_GET
@for_roles(Role.LEAD, Role.ADMIN)
def mappings(request: ScopedRequest) -> HttpResponse:
    """List the mappings of the person's landlords, and those that landlords share."""
    own = ImportMapping.objects.select_related("organisation", "created_by", "shared")
    shared = SharedMapping.objects.exclude(mapping__in=ImportMapping.objects.all())
    # Leads are not told which other landlords there are, and a join would hide the rows of those.
    shared = shared.select_related("organisation") if request.scope.has(Role.ADMIN) else shared
    context = {
        "mappings": [(one, _version(one), _given(one)) for one in own],
        "shared": [(one, _version(one)) for one in shared],
        "leads": request.scope.has(Role.LEAD),
        "administers": request.scope.has(Role.ADMIN),
    }
    return render(request, "sites/import_mappings.html", context)


@require_POST
@for_roles(Role.LEAD)
def mapping_share(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a mapping to the other landlords."""
    mapping = get_object_or_404(ImportMapping, pk=pk)
    try:
        shared = sharing.share(request.scope, mapping, version=request.POST.get("version", ""))
    except StaleError as stale:
        return _outdated(request, stale, _("La partager telle quelle"))
    if shared:
        text = _("La correspondance est partagée : ses titres, et ses mots avec leur sens.")
        messages.success(request, text)
    else:
        messages.error(
            request, _("Ce nom semble désigner une personne : renommez d’abord la correspondance.")
        )
    return redirect("sites:import_mappings")


@form_page
@for_roles(Role.ADMIN)
def shared_mapping(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a shared mapping, rename it, and take words out of it."""
    shared = get_object_or_404(SharedMapping, pk=pk)
    version = version_of(shared, sharing.state_of(shared))
    form = open_form(
        request,
        lambda data: SharedMappingForm(data, shared=shared, initial=initial_of(shared), version=version),
    )
    if is_sent(request) and form.is_valid():
        name, version = form.cleaned_data["name"], form.cleaned_data["version"]
        try:
            sharing.edit(request.scope, shared, name=name, kept=form.kept(), version=version)
        except StaleError as stale:
            return _conflict(request, form, stale)
        messages.success(request, _("La correspondance partagée est enregistrée."))
        return redirect("sites:import_mappings")
    labels = importers()[ImportKind(shared.kind)].fields
    headers, columns = shared.content["headers"], shared.content["columns"]
    titles = [(headers[int(place)], labels.get(name, name)) for place, name in columns.items()]
    return render_form(request, "sites/shared_mapping.html", form, shared=shared, titles=titles)


@require_POST
@for_roles(Role.LEAD, Role.ADMIN)
@tells_what_is_settled(deleted(SharedMapping, "sites:import_mappings", Role.LEAD, Role.ADMIN))
def mapping_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a mapping back from the other landlords."""
    # A row that the person may not change cannot be locked.
    shared = get_object_or_404(SharedMapping.objects.select_for_update(), pk=pk)
    try:
        sharing.withdraw(request.scope, shared, version=request.POST.get("version", ""))
    except StaleError as stale:
        return _outdated(request, stale, _("Ne plus la partager"))
    messages.success(
        request, _("La correspondance n’est plus partagée. Les imports déjà faits ne changent pas.")
    )
    return redirect("sites:import_mappings")


@form_page
@for_roles(Role.LEAD)
def mapping_rename(request: ScopedRequest, pk: int) -> HttpResponse:
    """Give a mapping another name."""
    mapping = get_object_or_404(ImportMapping, pk=pk)
    state = state_of(mapping)
    version = version_of(mapping, state)
    form = open_form(request, lambda data: MappingNameForm(data, initial=state, version=version))
    if is_sent(request) and form.is_valid():
        try:
            renamed = rename_mapping(request.scope, mapping, **form.cleaned_data)
        except StaleError as stale:
            return _conflict(request, form, stale)
        if renamed:
            messages.success(request, _("Le nom est enregistré."))
            return redirect("sites:import_mappings")
        form.add_error("name", _("Une autre correspondance porte déjà ce nom."))
    return render_form(request, "sites/import_mapping.html", form)


@require_POST
@for_roles(Role.LEAD)
@tells_what_is_settled(deleted(ImportMapping, "sites:import_mappings", Role.LEAD))
def mapping_delete(request: ScopedRequest, pk: int) -> HttpResponse:
    """Delete a mapping."""
    mapping = get_object_or_404(ImportMapping, pk=pk)
    try:
        delete_mapping(request.scope, mapping, version=request.POST.get("version", ""))
    except StaleError as stale:
        return _outdated(request, stale, _("La supprimer"))
    messages.success(request, _("La correspondance est supprimée. Les imports déjà faits ne changent pas."))
    return redirect("sites:import_mappings")


def _conflict(
    request: ScopedRequest, form: MappingNameForm | SharedMappingForm, stale: StaleError
) -> HttpResponse:
    by = ("", stale.record.changed_at) if isinstance(stale.record, SharedMapping) else ("", None)
    return render_conflict(request, form, stale, back=reverse("sites:import_mappings"), by=by)


def _version(record: ImportMapping | SharedMapping) -> str:
    return version_of(record, sharing.whole_of(record))


def _given(mapping: ImportMapping) -> tuple[SharedMapping, str] | None:
    """Return what other landlords were given of a mapping, with its version; None for nothing."""
    shared = getattr(mapping, "shared", None)
    return (shared, _version(shared)) if shared else None


def _outdated(request: ScopedRequest, stale: StaleError, act: str) -> HttpResponse:
    """Answer 409 with the mapping as it is now, and with the choice to decide all the same."""
    context = {"mapping": stale.record, "version": version_of(stale.record, stale.state), "act": act}
    return render(request, "sites/mapping_outdated.html", context, status=HTTPStatus.CONFLICT)


def _waiting() -> QuerySet[ImportRun]:
    """Return the runs whose columns may be said: read, and nothing imported yet."""
    return ImportRun.objects.defer("report").filter(
        stage__in=steps.WAITING, state=JobState.DONE, file__isnull=False
    )
