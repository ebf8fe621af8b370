"""Show proposed roles: to those who propose and confirm them, and to whom they are proposed."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import MailState, Role
from accounts.factors.rules import needs_fresh_factor
from accounts.models import Proposal
from core.back import back

from . import answering, reading, rules, services

KEEPERS = (Role.ADMIN, Role.LEAD, Role.COORDINATOR)


@require_GET
@for_roles(Role.ADMIN, Role.LEAD)
def proposal(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show a proposal as whoever made or confirms it may see it: with what was typed, and nothing of the account."""
    found = _managed_or_404(request, pk)
    named = reading.named_by_id([found.pk])[found.pk]
    mails = found.mails.exclude(state=MailState.DROPPED).order_by("-pk")[:1]
    context = {
        "proposal": named,
        "mails": mails,
        "waiting": any(mail.state == MailState.WAITING for mail in mails),
        "manages": rules.manages(request.scope, named),
        "confirms": found.waits and found.unconfirmed and rules.may_confirm(request.scope, named),
        "by_officer": rules.officer_confirms(named),
        "awaits_person": rules.awaits_its_person(found),
        "may_copy_link": request.scope.has(Role.ADMIN) and rules.may_copy_link(request.scope, named),
    }
    return render(request, "accounts/proposal.html", context)


@needs_fresh_factor()
@require_POST
@for_roles(*KEEPERS, Role.DPO)
def withdraw(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    return _done(
        request,
        pk,
        lambda found: services.withdraw(request.scope, proposal=found),
        _("La proposition est retirée."),
    )


@needs_fresh_factor()
@require_POST
@for_roles(Role.LEAD, Role.COORDINATOR, Role.DPO)
def confirm(request: ScopedRequest, pk: int) -> HttpResponse:
    """Confirm a role that an administrator proposes in the own organisation."""
    return _done(
        request,
        pk,
        lambda found: services.confirm(request.scope, proposal=found, site_url=site_url(request)),
        _("La proposition est confirmée : l’invitation est en route."),
    )


@require_POST
@for_roles(*KEEPERS)
def send_again(request: ScopedRequest, pk: int) -> HttpResponse:
    """Have the person mailed once more."""
    return _done(
        request,
        pk,
        lambda found: services.send_again(request.scope, proposal=found, site_url=site_url(request)),
        _("Un nouvel e-mail est en route."),
    )


@require_POST
@for_roles(*KEEPERS, Role.DPO)
def take_note(request: ScopedRequest, pk: int) -> HttpResponse:
    """Write that the person has read what became of a proposal."""
    found = get_object_or_404(Proposal.objects.exclude(user=request.user), pk=pk)
    answering.take_note(request.scope, proposal=found)
    return back(request, "home")


@needs_fresh_factor()
@require_POST
@for_roles(Role.ADMIN)
def invitation_link(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show the link of an invitation once, to be handed over by other means."""
    found = get_object_or_404(Proposal.objects.select_related("user"), pk=pk)
    link = services.copy_link(request.scope, proposal=found, site_url=site_url(request))
    return render(request, "accounts/invitation_link.html", {"proposal": found, "link": link})


@require_GET
def offers(request: ScopedRequest) -> HttpResponse:
    """Show what is proposed to the person; answer htmx with what their first page says of proposals."""
    told = reading.told_to(request.scope)
    if request.htmx:
        return render(request, "accounts/_proposals_told.html", {"told": told})
    return render(request, "accounts/offers.html", {"told": told})


@require_POST
def accept(request: ScopedRequest, pk: int) -> HttpResponse:
    """Take a role that is proposed to the person."""
    found = get_object_or_404(Proposal, pk=pk, user=request.user)
    try:
        answering.accept(request.scope, proposal=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Vous êtes désormais %s.") % found.get_role_display().lower())
    return redirect("home")


@require_POST
def refuse(request: ScopedRequest, pk: int) -> HttpResponse:
    """Refuse a role that is proposed to the person."""
    found = get_object_or_404(Proposal, pk=pk, user=request.user)
    try:
        answering.refuse(request.scope, proposal=found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Ce rôle est refusé : qui vous l’a proposé le saura."))
    return redirect("home")


def site_url(request: ScopedRequest) -> str:
    """Return the base of the addresses in mails, without a final slash."""
    return request.build_absolute_uri("/").rstrip("/")


def _managed_or_404(request: ScopedRequest, pk: int) -> Proposal:
    return get_object_or_404(reading.proposals_of(request.scope), pk=pk)


def _done(request: ScopedRequest, pk: int, act: Callable[[Proposal], None], said: str) -> HttpResponse:
    """Do an act on a proposal of which the person sees the page, say what came of it, and return to that page."""
    found = get_object_or_404(
        Proposal.objects.exclude(user=request.user).select_related("organisation"), pk=pk
    )
    try:
        act(found)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, said)
    if request.scope.has(Role.ADMIN, Role.LEAD):
        return back(request, "accounts:proposal", pk)
    return back(request, "home")
