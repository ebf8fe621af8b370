"""Show the page of the installation, and try its parts out."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ScopedRequest, for_roles
from accounts.enums import MailKind, Role
from accounts.mail.reading import latest_mails

from . import services
from .reading import parts


@require_safe
@for_roles(Role.ADMIN)
def installation(request: ScopedRequest) -> HttpResponse:
    """Show what of the installation works, and what is left to do."""
    found = parts(request.user)
    context = {
        "parts": found,
        "awaited": any(part.trial.asked for part in found if part.trial),
        "left": sum(part.state != "fine" for part in found),
        "trial_mails": [mail for mail in latest_mails(request.user) if mail.kind == MailKind.TRIAL],
    }
    return render(request, "installation.html", context)


@require_POST
@for_roles(Role.ADMIN)
def try_out(request: ScopedRequest, what: str) -> HttpResponse:
    """Have a part tried out; the page shows what came of it."""
    if what not in services.TRIALS:
        raise Http404
    site_url = request.build_absolute_uri("/").rstrip("/")
    services.try_part(request.scope, user=request.user, what=what, site_url=site_url)
    return redirect("installation")
