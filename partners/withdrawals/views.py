"""Withdraw publications and notes, take that back, and list what has changed for whoever had read it."""

from dataclasses import dataclass
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.back import back
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, site_url
from core.versions import StaleError, version_of
from partners.circles.managing import managed_or_404
from partners.models import Notice, Publication, SynthesisNote

from . import services, telling
from .closed import closed_or_404
from .forms import WithdrawalForm

READERS = (Role.COORDINATOR, Role.LEAD, Role.PARTNER)


@dataclass(frozen=True)
class Kind:
    """The words and the page of what is withdrawn."""

    page: str
    withdrawn: Promise | str
    restored: Promise | str
    replaced: Promise | str


PUBLICATION = Kind(
    "partners:publication",
    gettext_lazy("Publication retirée : la cellule n’en voit plus aucun niveau."),
    gettext_lazy("Publication rétablie : la cellule la voit de nouveau."),
    gettext_lazy(
        "Une autre publication du même jour est en vigueur : retirez-la d’abord. Rien n’a été modifié."
    ),
)
NOTE = Kind(
    "partners:note",
    gettext_lazy("Note retirée : ses exemplaires ne peuvent plus être téléchargés."),
    gettext_lazy("Note rétablie : ses exemplaires peuvent de nouveau être téléchargés."),
    gettext_lazy(
        "Une autre version de cette note est en vigueur : retirez-la d’abord. Rien n’a été modifié."
    ),
)


@form_page
@for_roles(Role.COORDINATOR)
def publication_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Withdraw a publication, or correct the reason why it was."""
    return _withdraw(request, PUBLICATION, managed_or_404(request, Publication, pk))


@require_POST
@for_roles(Role.COORDINATOR)
def publication_restore(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the withdrawal of a publication back."""
    return _restore(request, PUBLICATION, managed_or_404(request, Publication, pk))


@form_page
@for_roles(Role.COORDINATOR)
def note_withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Withdraw an issued note, or correct the reason why it was; also one that closed with what is shared no more."""
    return _withdraw(request, NOTE, _issued_or_closed(request, pk))


@require_POST
@for_roles(Role.COORDINATOR)
def note_restore(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take the withdrawal of a note back."""
    return _restore(request, NOTE, _issued(request, pk))


@never_cache
@require_safe
@for_roles(*READERS)
def notices(request: ScopedRequest) -> HttpResponse:
    """List what was withdrawn, replaced or restored among what the person had opened or holds a copy of."""
    return _notices(request)


@require_POST
@for_roles(*READERS)
def notice_seen(request: ScopedRequest, pk: int) -> HttpResponse:
    """Note that the person took note of a withdrawal."""
    found = get_object_or_404(
        Notice.objects.select_related("withdrawal__territory"), pk=pk, user_id=request.scope.user_id
    )
    try:
        telling.mark_seen(request.scope, found, version=request.POST.get("version", ""))
    except StaleError:
        said = _(
            "Ce retrait a changé depuis que vous avez ouvert la page : relisez-le. Rien n’est enregistré."
        )
        messages.warning(request, said)
        return _notices(request, status=HTTPStatus.CONFLICT)
    return back(request, "partners:notices")


@require_POST
@for_roles(*READERS)
def notices_by_mail(request: ScopedRequest) -> HttpResponse:
    """Turn on or off the e-mails that tell the person of a withdrawal."""
    wanted = request.POST.get("told") == "yes"
    telling.choose_mail(request.scope, request.user, told=wanted)
    said = _("Vous serez prévenu par e-mail.") if wanted else _("Vous ne serez plus prévenu par e-mail.")
    messages.success(request, said)
    return redirect("partners:notices")


def _notices(request: ScopedRequest, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    found = {"notices": telling.notices_of(request.scope)}
    return render(request, "partners/notices.html", found, status=status)


def _withdraw(request: ScopedRequest, kind: Kind, given: services.Given) -> HttpResponse:
    state, page = services.state_of(given), reverse(kind.page, args=[given.pk])
    form = open_form(
        request, lambda data: WithdrawalForm(data, initial=dict(state), version=version_of(given, state))
    )
    if is_sent(request) and form.is_valid():
        try:
            services.withdraw(request.scope, given, **form.cleaned_data, site_url=site_url(request))
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page, nothing=_("Elle n’est pas retirée"))
        messages.success(request, _("Motif corrigé.") if given.withdrawn_at else str(kind.withdrawn))
        return redirect(page)
    context = {"given": given, "page": page, "is_note": isinstance(given, SynthesisNote)}
    return render_form(request, "partners/withdraw.html", form, **context)


def _restore(request: ScopedRequest, kind: Kind, given: services.Given) -> HttpResponse:
    try:
        services.restore(request.scope, given, site_url=site_url(request))
    except services.NotWithdrawnError:
        messages.info(request, _("Déjà rétablie : rien n’a été modifié."))
    except services.ReplacedError:
        messages.error(request, str(kind.replaced))
    else:
        messages.success(request, str(kind.restored))
    return redirect(kind.page, given.pk)


def _issued(request: ScopedRequest, pk: int) -> SynthesisNote:
    found = managed_or_404(request, SynthesisNote, pk, "landlord")
    if found.issued_at is None:
        raise Http404
    return found


def _issued_or_closed(request: ScopedRequest, pk: int) -> SynthesisNote:
    try:
        return _issued(request, pk)
    except Http404:
        return closed_or_404(request.scope, pk)
