"""Serve what a phone needs to record facts without a network."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def ready(request: ScopedRequest) -> HttpResponse:
    """Return the id of the logged-in person and a CSRF token for the next submission, as JSON.

    The page that asks may come from the phone's cache: it may be older than the session, or another person's.
    """
    return JsonResponse({"person": str(request.scope.user_id), "token": get_token(request)})


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def worker(request: ScopedRequest) -> HttpResponse:
    """Return the service worker of the form; its URL limits the pages that it may control."""
    return render(request, "incidents/worker.js", content_type="text/javascript")
