"""Serve what a phone needs to record facts without a network."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role

from .forms import FactForm
from .views import entry


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def ready(request: ScopedRequest) -> HttpResponse:
    """Return the id of the logged-in person and a CSRF token for the next submission, as JSON.

    The page that asks may come from the phone's cache: it may be older than the session, or another person's.
    """
    return JsonResponse({"person": str(request.scope.user_id), "token": get_token(request)})


@require_GET
@for_roles(Role.AGENT, Role.LEAD)
def kept(request: ScopedRequest) -> HttpResponse:
    """Show the form of a new fact as a phone keeps it: empty, and without a secret.

    It bears no message, which may tell a level, no visit, and no key of the person's drafts. It is nobody's until
    somebody says there that it is theirs (static/device_key.js).
    """
    nothing = {"messages": (), "guide": None, "draft_key": "", "drafts_sent": ""}
    return entry(request, FactForm(scope=request.scope), {"kept": True, "nobodys": True, **nothing})
