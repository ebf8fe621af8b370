"""Change until when the copies of a note are downloaded, and say to their holders that this day has passed."""

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.conflicts import open_form, render_conflict
from core.dates import long_date
from core.pages import form_page, is_sent, render_form
from core.versions import StaleError, version_of
from partners.circles.managing import managed_or_404
from partners.models import NoteCopy, SynthesisNote, Withdrawal

from . import terms
from .forms import TermForm


@form_page
@for_roles(Role.COORDINATOR)
def note_term(request: ScopedRequest, pk: int) -> HttpResponse:
    """Change the last day on which the copies of an issued note are downloaded."""
    found = managed_or_404(request, SynthesisNote, pk, "landlord", "circle")
    if found.issued_at is None:
        raise Http404
    state, page = terms.state_of(found), reverse("partners:note", args=[pk])
    form = open_form(
        request, lambda data: TermForm(data, initial=dict(state), version=version_of(found, state))
    )
    if is_sent(request) and form.is_valid():
        try:
            changed = terms.set_end(request.scope, found, **form.cleaned_data)
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page)
        day = long_date(form.cleaned_data["until"])
        if changed:
            said = _("Enregistré : les exemplaires se téléchargent jusqu’au %(day)s inclus.")
            messages.success(request, said % {"day": day})
        else:
            messages.info(request, _("Rien n’a été modifié : ce jour est déjà le dernier."))
        return redirect(page)
    return render_form(request, "partners/note_term.html", form, note=found, page=page)


def ended_copy(request: ScopedRequest, copy: NoteCopy) -> HttpResponse:
    """Answer 410 where a copy is asked for after its last day; the journal tells it to the coordinator."""
    terms.note_refusal(request.scope, copy)
    return render(request, "partners/ended_copy.html", {"copy": copy}, status=HTTPStatus.GONE)


def ended_copies(request: ScopedRequest) -> QuerySet[NoteCopy]:
    """Return the copies of the acting person whose last day has passed, but for those of notes that are withdrawn."""
    own = _ended().filter(mandate__user_id=request.scope.person_id)
    return own.select_related("mandate__circle", "mandate__territory").order_by("-until", "number")


def ended_alone(copy: NoteCopy) -> bool:
    """Say whether the last day of a copy has passed; not where its note is withdrawn, which is worse news."""
    return _ended().filter(pk=copy.pk).exists()


def _ended() -> QuerySet[NoteCopy]:
    withdrawn = Withdrawal.objects.filter(note=OuterRef("note"), restored_at=None)
    past = NoteCopy.objects.filter(revoked_at=None, until__lt=timezone.localdate())
    return past.exclude(Exists(withdrawn))
