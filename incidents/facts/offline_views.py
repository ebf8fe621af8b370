"""What a phone needs to record facts where there is no network."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def ready(request: ScopedRequest) -> HttpResponse:
    """Tell a page that the server hears it, as whom, and the token that its next sending needs.

    The page may be a kept one: older than the session, or another person's.
    """
    return JsonResponse({"person": str(request.scope.user_id), "token": get_token(request)})


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def worker(request: ScopedRequest) -> HttpResponse:
    """Return the service worker of the form; where it is served from is all it may answer for."""
    return render(request, "incidents/worker.js", content_type="text/javascript")
