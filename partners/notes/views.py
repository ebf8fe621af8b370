"""List, make, show, issue and abandon synthesis notes; render and revoke their copies."""

from typing import Any

from django.contrib import messages
from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import AuditAction, Role
from accounts.factors.rules import asks_for_file, needs_fresh_factor
from accounts.journal.audit import write_entry
from accounts.journal.settled import deleted, tells_what_is_settled
from accounts.lists.listing import listing, opens_with_default
from accounts.models import Organisation
from core.dates import long_date
from core.files import KINDS, asked_kind, attachment, table_file
from core.jobs import JobState
from core.once import MadeAlreadyError
from core.pages import form_page, render_form, sent, site_url
from partners.circles.managing import managed_or_404
from partners.models import NoteCopy, SynthesisNote
from partners.readers import write_territory_entry
from partners.withdrawals import services as withdrawals
from partners.withdrawals.closed import closed_notes
from sites.models import Territory

from . import services, terms
from .filters import NoteFilter
from .forms import IssueForm, NoteForm
from .rendering import Recipient
from .rendering import render as render_note
from .tables import NoteTable
from .term_views import ended_alone, ended_copies, ended_copy
from .version_views import closed_page, withdrawn_copy, withdrawn_notes

_ROLES = (Role.COORDINATOR, Role.LEAD, Role.PARTNER)


@needs_fresh_factor(Role.COORDINATOR, Role.PARTNER, when=asks_for_file, file=True)
@require_safe
@for_roles(*_ROLES)
@opens_with_default("notes")
def notes(request: ScopedRequest) -> HttpResponseBase:
    """List the notes that the person manages, those about their landlord, and those of which they have a copy."""
    chosen = NoteFilter(request.GET, queryset=_listed(request))
    table = NoteTable(chosen.qs, order_by=("-as_of",))
    shown = listing(request, table, name="notes", filterset=chosen)
    if kind := asked_kind(request):
        write_entry(
            request.scope, AuditAction.EXPORT, "partners.synthesisnote",
            acting_in=_ROLES, format=kind, rows=len(table.rows),
        )  # fmt: skip
        return attachment(table_file(table, kind, _("Notes")), _("notes"), kind)
    context = {
        "filter": chosen,
        "table": table,
        "listing": shown,
        "kinds": KINDS,
        "manages": request.scope.has(Role.COORDINATOR),
        "leads": request.scope.has(Role.LEAD),
        "withdrawn": withdrawn_notes(request),
        "ended": ended_copies(request),
        "closed": closed_notes(request.scope),
    }
    rows_only = request.htmx and request.htmx.target == "rows"
    return render(request, "partners/_notes_rows.html" if rows_only else "partners/notes.html", context)


@form_page
@for_roles(Role.COORDINATOR)
def note_create(request: ScopedRequest) -> HttpResponse:
    """Request a note, and queue its making."""
    form = NoteForm(request.scope, sent(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        wanted = {name: data[name] for name in ("territory", "as_of", "landlord")}
        try:
            made = services.request_note(request.scope, **wanted)
        except MadeAlreadyError as error:
            made = error.record
            messages.info(
                request,
                _("Cette note est déjà demandée : voici la première. Rien n’a été fait une seconde fois."),
            )
        return redirect("partners:note", made.pk)
    return render_form(request, "partners/note_form.html", form)


@require_safe
@for_roles(Role.COORDINATOR)
def note(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the progress of a note and, once it is frozen, its figures and copies; of one that closed, why and what is left."""
    try:
        found = managed_or_404(request, SynthesisNote, pk, "landlord", "circle", "supersedes__circle")
    except Http404:
        return closed_page(request, pk)
    if found.content:
        write_territory_entry(
            request.scope, AuditAction.READ, found, territory=found.territory, landlords=found.landlords
        )
    template = "partners/_note_state.html" if request.htmx else "partners/note.html"
    return render(request, template, _note_context(found, IssueForm(found)))


@require_POST
@for_roles(Role.COORDINATOR)
def note_retry(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue again a note that could not be made."""
    services.retry_note(request.scope, managed_or_404(request, SynthesisNote, pk))
    return redirect("partners:note", pk)


@require_POST
@for_roles(Role.COORDINATOR)
@tells_what_is_settled(deleted(SynthesisNote, "partners:notes", Role.COORDINATOR))
def note_abandon(request: ScopedRequest, pk: int) -> HttpResponse:
    """Delete a draft, or a note that could not be made."""
    found = managed_or_404(request, SynthesisNote, pk, "landlord")
    if found.issued_at or found.under_way or not services.abandon_note(request.scope, found):
        messages.error(
            request, _("Une note diffusée ou en cours d’établissement ne peut pas être abandonnée.")
        )
        return redirect("partners:note", pk)
    said = {"about": found.landlord or found.territory, "day": long_date(found.as_of)}
    messages.success(request, _("Projet de note abandonné : %(about)s, situation au %(day)s.") % said)
    return redirect("partners:notes")


@require_POST
@for_roles(Role.COORDINATOR)
def note_issue(request: ScopedRequest, pk: int) -> HttpResponse:
    """Issue a frozen note to a circle."""
    found = managed_or_404(request, SynthesisNote, pk, "landlord", "circle", "supersedes__circle")
    form = IssueForm(found, request.POST)
    if found.issued_at or not found.digest:
        messages.error(request, _("Cette note ne peut pas être diffusée."))
    elif form.is_valid():
        if services.issue_note(request.scope, found, **form.cleaned_data, site_url=site_url(request)):
            said = _(
                "La note est diffusée : chaque membre trouve son exemplaire numéroté, à télécharger jusqu’au %(day)s inclus."
            )
            messages.success(request, said % {"day": long_date(form.cleaned_data["until"])})
        else:
            messages.info(
                request, _("Cette note, ou une autre de ses versions, est en vigueur : rien n’a été modifié.")
            )
    else:
        return render_form(request, "partners/note.html", **_note_context(found, form))
    return redirect("partners:note", pk)


@needs_fresh_factor(file=True)
@require_safe
@for_roles(Role.COORDINATOR, Role.LEAD)
def note_document(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the PDF of a note: to its coordinator, draft or issued; to a lead, of the note about their landlord."""
    found = get_object_or_404(SynthesisNote, pk=pk, content__isnull=False)
    coordinating = _coordinated(request).filter(pk=found.territory_id).select_related("organisation")
    if territory := coordinating.first():
        return _document(request, found, found, territory.organisation, "Exemplaire du coordonnateur")
    if found.landlord_id in request.scope.roles[Role.LEAD] and found.landlord:
        return _document(request, found, found, found.landlord, "Exemplaire du bailleur")
    raise Http404


@needs_fresh_factor(file=True)
@require_safe
@for_roles(Role.PARTNER)
def copy_document(request: ScopedRequest, pk: int) -> HttpResponse:
    """Return the PDF of one's own numbered copy; of a withdrawn note why it was, after its last day that it has passed."""
    own = NoteCopy.objects.filter(pk=pk, revoked_at=None, mandate__user_id=request.scope.person_id)
    copy = own.select_related("note", "mandate__organisation").first()
    if copy is None or copy.note.withdrawn_at or copy.ended:
        held = get_object_or_404(own.select_related("mandate__circle", "mandate__territory"))
        return ended_copy(request, held) if ended_alone(held) else withdrawn_copy(request, held)
    organisation = copy.mandate.organisation
    if organisation is None:
        # A mandate without an organisation gives no access; the policy hides its copies already.
        raise Http404
    return _document(request, copy.note, copy, organisation, f"Exemplaire n° {copy.number}")


@require_POST
@for_roles(Role.COORDINATOR)
def copy_revoke(request: ScopedRequest, pk: int) -> HttpResponse:
    """Revoke a copy."""
    copy = managed_or_404(request, NoteCopy, pk, path="note__")
    if services.revoke_copy(request.scope, copy):
        messages.success(request, _("L’exemplaire n° %(number)s est révoqué.") % {"number": copy.number})
    else:
        messages.info(request, _("Cet exemplaire est déjà révoqué : rien n’a été modifié."))
    return redirect("partners:note", copy.note_id)


def _listed(request: ScopedRequest) -> QuerySet[SynthesisNote]:
    # A landlord still sees the notes about itself when it no longer sees the territory: the frozen name is used.
    territory = Territory.objects.filter(pk=OuterRef("territory_id")).values("name")
    notes = services.with_own_copy(SynthesisNote.objects.defer("content"), request.scope)
    return notes.annotate(
        territory_name=Coalesce(KT("content__territory"), Subquery(territory[:1]), output_field=TextField()),
        landlord_name=F("landlord__name"),
        managed=ExpressionWrapper(
            Q(territory__in=_coordinated(request).order_by()), output_field=BooleanField()
        ),
    ).order_by("-as_of", "-pk")


def _coordinated(request: ScopedRequest) -> QuerySet[Territory]:
    return Territory.objects.filter(organisation_id__in=request.scope.roles[Role.COORDINATOR])


def _document(
    request: ScopedRequest, found: SynthesisNote, subject: Model, organisation: Organisation, copy: str
) -> HttpResponse:
    content = found.content
    if content is None:
        raise Http404
    reader = Recipient(holder=request.user.full_name, organisation=organisation.name, copy=copy)
    # A coordinator alone still reads a note that is withdrawn.
    withdrawal = withdrawals.withdrawal_of(found) if found.withdrawn_at else None
    made = render_note(
        content,
        reader,
        content_digest=found.digest,
        at=timezone.now(),
        issued_at=found.issued_at,
        withdrawn=(withdrawal.withdrawn_at, withdrawal.reason) if withdrawal else None,
    )
    owner = Territory.objects.filter(pk=found.territory_id).values_list("organisation_id", flat=True).first()
    write_entry(
        request.scope,
        AuditAction.DOWNLOAD,
        subject,
        organisation_id=owner or organisation.pk,
        concerns=[*found.landlords, *request.scope.roles[Role.PARTNER]],
        note=found.pk,
        copy=copy,
        digest=made.digest,
    )
    name = slugify(f"note {content['territory']} {found.as_of} {copy}")
    return HttpResponse(
        made.pdf,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}.pdf"',
            "Cache-Control": "no-store",
        },
    )


def _note_context(found: SynthesisNote, form: IssueForm) -> dict[str, Any]:
    context: dict[str, Any] = {
        "note": found,
        "form": form,
        "waiting": found.under_way,
        "late": found.late,
        "failed": found.state == JobState.FAILED or found.interrupted or found.late,
    }
    if found.content:
        figures = found.content["figures"]
        stopped = figures.get("stopped")
        context["levels"] = [*figures["levels"], *([stopped] if stopped and stopped["sites"] else [])]
    context["withdrawal"] = withdrawals.withdrawal_of(found) if found.withdrawn_at else None
    context["drafts"] = found.new_versions.filter(issued_at=None).order_by("pk")
    if found.issued_at:
        copies = NoteCopy.objects.filter(note=found).select_related(
            "mandate__proposal", "mandate__membership"
        )
        context["copies"] = copies.prefetch_related("mandate__user")
        context["refusals"] = terms.refusals(found)
    return context
