"""Show people their second factors."""

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest
from accounts.factors.rules import is_compulsory


@never_cache
@require_safe
def security(request: ScopedRequest) -> HttpResponse:
    """Show one's own factors, and how many recovery codes are left."""
    factors = list(Authenticator.objects.filter(user=request.user).order_by("pk"))
    codes = next((factor for factor in factors if factor.type == Authenticator.Type.RECOVERY_CODES), None)
    context = {
        "factors": [factor for factor in factors if factor is not codes],
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "compulsory": is_compulsory(request),
        "has_application": any(factor.type == Authenticator.Type.TOTP for factor in factors),
    }
    return render(request, "mfa/index.html", context)
