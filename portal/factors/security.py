"""Show people their second factors, their sessions and their mandates, and let them end sessions."""

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest
from accounts.factors.rules import is_compulsory
from accounts.journal.own import own_acts
from accounts.models import Membership
from accounts.sessions.services import end_sessions, own_sessions
from partners.models import Mandate


@never_cache
@require_safe
def security(request: ScopedRequest) -> HttpResponse:
    """Show one's own factors, sessions, roles and mandates, and what the journal tells of one's account."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None)
    here, others = own_sessions(request.user, request.session.session_key)
    roles = Membership.objects.live().filter(user=request.user).select_related("organisation")
    mandates = Mandate.objects.filter(user=request.user).select_related("circle")
    context = {
        "factors": [factor for factor in factors if factor is not codes],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "compulsory": is_compulsory(request),
        "has_application": any(factor.type == Authenticator.Type.TOTP for factor in factors),
        "here": here,
        "others": others,
        "roles": roles.order_by("organisation__name__french", "role", "pk"),
        "mandates": mandates.order_by("-starts_on", "pk"),
        "acts": own_acts(),
    }
    return render(request, "mfa/index.html", context)


@require_POST
def end(request: ScopedRequest) -> HttpResponse:
    """End one of one's own other sessions, or all of them."""
    ended = end_sessions(
        request.scope,
        user=request.user,
        key=request.session.session_key,
        handle=request.POST.get("session", ""),
    )
    said = ngettext("%(n)s session est fermée.", "%(n)s sessions sont fermées.", ended) % {"n": ended}
    messages.success(request, said) if ended else messages.info(
        request, _("Cette session était déjà fermée.")
    )
    return redirect("mfa_index")
