"""Replace an issued note by a new version, and show what is left of one that was withdrawn."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.once import MadeAlreadyError
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from partners.circles.managing import coordinated_territories, managed_or_404
from partners.models import NoteCopy, SynthesisNote, Withdrawal
from partners.withdrawals import services as withdrawals
from partners.withdrawals.closed import closed_or_404, shared_no_more
from partners.withdrawals.forms import WithdrawalForm
from partners.withdrawals.telling import notices_of

from . import services


@form_page
@for_roles(Role.COORDINATOR)
def note_supersede(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue a new version of an issued note, with the reason; it replaces the note once it is issued."""
    found = managed_or_404(request, SynthesisNote, pk, "landlord", "circle")
    if found.issued_at is None:
        raise Http404
    state, page = withdrawals.state_of(found), reverse("partners:note", args=[pk])
    form = open_form(
        request, lambda data: WithdrawalForm(data, initial=dict(state), version=version_of(found, state))
    )
    if is_sent(request) and form.is_valid():
        try:
            made = services.request_version(request.scope, found, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page, nothing=_("Elle n’est pas retirée"))
        except MadeAlreadyError as error:
            made = error.record
            messages.info(
                request,
                _("Cette note est déjà demandée : voici la première. Rien n’a été fait une seconde fois."),
            )
        return redirect("partners:note", made.pk)
    return render_form(request, "partners/supersede.html", form, given=found, page=page, is_note=True)


def closed_page(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what is left of an issued note that closed with what is shared no more: why, and its withdrawal."""
    found = closed_or_404(request.scope, pk)
    context = {
        "note": found,
        "communes": shared_no_more(found),
        "withdrawal": withdrawals.withdrawal_of(found) if found.withdrawn_at else None,
    }
    return render(request, "partners/note_closed.html", context)


def withdrawn_copy(request: ScopedRequest, copy: NoteCopy) -> HttpResponse:
    """Answer 410 with the reason why the note of a copy was withdrawn, and the copy of the version that replaces it."""
    found = get_object_or_404(Withdrawal, note_id=copy.note_id, restored_at=None)
    newest = found.in_its_place
    newer = NoteCopy.objects.filter(
        note_id=newest.pk if newest else None, revoked_at=None, mandate__user_id=request.scope.person_id
    )
    notice = notices_of(request.scope).filter(withdrawal=found, seen_at=None).first()
    context = {"withdrawal": found, "copy": copy, "newer": newer.first(), "notice": notice}
    return render(request, "partners/withdrawn_copy.html", context, status=HTTPStatus.GONE)


def withdrawn_notes(request: ScopedRequest) -> QuerySet[Withdrawal]:
    """Return the withdrawals of notes that the person no longer sees: of their copies, and of those about their landlord."""
    rows = Withdrawal.objects.filter(restored_at=None, note__isnull=False)
    own = NoteCopy.objects.filter(
        note=OuterRef("note"), mandate__user_id=request.scope.person_id, revoked_at=None
    )
    unmanaged = rows.exclude(territory__in=coordinated_territories(request.scope).order_by())
    return unmanaged.annotate(own_copy=Subquery(own.values("pk")[:1]))
