"""Replace a publication; show the progress of one that a worker makes, queue it again, and abandon it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from accounts.journal.settled import deleted, tells_what_is_settled
from core.conflicts import open_form, render_conflict
from core.pages import form_page, is_sent, render_form, site_url
from core.versions import StaleError, version_of
from partners.circles.managing import managed_or_404
from partners.models import Publication, PublicationRequest
from partners.withdrawals import services as withdrawals
from partners.withdrawals.forms import WithdrawalForm
from partners.withdrawals.views import PUBLICATION

from . import services


@form_page
@for_roles(Role.COORDINATOR)
def publication_supersede(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue a publication of the levels of the same day as they are known now, to replace one, with the reason.

    One that a campaign froze is replaced by what the campaign's last version says, from a page of its own, while its circle lives.
    """
    found = managed_or_404(request, Publication, pk, "circle__territory", "closing")
    if found.closing is not None:
        if not found.circle.is_live():
            messages.error(
                request, _("Cette cellule est terminée : rien de la campagne ne lui est plus publié.")
            )
            return redirect("partners:publication", pk)
        return redirect("partners:campaign_publish", found.closing.campaign_id, found.circle_id)
    state = withdrawals.state_of(found)
    initial = {"reason": state["reason"] or _("Des saisies de cette date ont été corrigées depuis.")}
    form = open_form(
        request, lambda data: WithdrawalForm(data, initial=initial, version=version_of(found, state))
    )
    page = reverse("partners:publication", args=[pk])
    if is_sent(request) and form.is_valid():
        try:
            asked, is_new = services.supersede(
                request.scope, found, **form.cleaned_data, site_url=site_url(request)
            )
        except StaleError as stale:
            return render_conflict(request, form, stale, back=page, nothing=_("Elle n’est pas retirée"))
        except withdrawals.ReplacedError:
            messages.error(request, str(PUBLICATION.replaced))
            return redirect(page)
        if not is_new:
            said = _("Cette publication est déjà demandée, avec le motif « %s » : voici où elle en est.")
            messages.info(request, said % asked.reason)
        return redirect("partners:publication_request", asked.pk)
    return render_form(request, "partners/supersede.html", form, given=found, page=page)


@require_safe
@for_roles(Role.COORDINATOR)
def publication_request(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the progress of a publication, then redirect to it; for htmx return the middle of the page alone."""
    found = managed_or_404(request, PublicationRequest, pk, "circle", "closing__campaign")
    if found.publication_id:
        return _lead_to(request, reverse("partners:publication", args=[found.publication_id]))
    context = {"asked": found, "under_way": found.under_way, "late": found.late}
    part = "partners/_publication_request.html"
    return render(request, part if request.htmx else "partners/publication_request.html", context)


@require_POST
@for_roles(Role.COORDINATOR)
def publication_request_retry(request: ScopedRequest, pk: int) -> HttpResponse:
    """Queue again a publication that could not be made."""
    found = managed_or_404(request, PublicationRequest, pk)
    services.retry_publication(request.scope, found, site_url=site_url(request))
    return redirect("partners:publication_request", pk)


@require_POST
@for_roles(Role.COORDINATOR)
@tells_what_is_settled(deleted(PublicationRequest, "partners:publications", Role.COORDINATOR))
def publication_request_abandon(request: ScopedRequest, pk: int) -> HttpResponse:
    """Delete a request whose publication could not be made."""
    found = managed_or_404(request, PublicationRequest, pk, "circle", "territory")
    if found.publication_id or found.under_way or not services.abandon_publication(request.scope, found):
        messages.error(
            request,
            _("Une publication faite ou en cours ne peut pas être abandonnée : rien n’a été modifié."),
        )
        return redirect("partners:publication_request", pk)
    messages.success(request, _("Publication abandonnée : la cellule n’en a rien vu."))
    return redirect("partners:circle", found.circle_id)


def _lead_to(request: ScopedRequest, page: str) -> HttpResponse:
    messages.success(request, _("Les niveaux sont publiés à la cellule ; ils ne changeront plus."))
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)
