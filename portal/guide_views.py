"""Show the guided first visit, open its steps, hide and restart it."""

from collections.abc import Callable
from http.client import OK

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.back import back

from .guide import find_step, tour_of, visited
from .guide_progress import call_again, mark_seen, put_away

# The session key of the steps saved as seen, so that a page opened again needs no query.
_TICKED = "guide"


class VisitMiddleware:
    """The middleware that marks a step as seen once its page was opened, however it was reached."""

    def __init__(self, get_response: Callable[[ScopedRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        """Return the response, and mark the steps of its page as seen."""
        response = self._get_response(request)
        if request.method != "GET" or response.status_code != OK or not request.scope.user_id:
            return response
        ticked = request.session.get(_TICKED, [])
        for role, step in visited(request):
            if step.key not in ticked:
                mark_seen(user=request.user, role=role, step=step.key)
                ticked = request.session[_TICKED] = [*ticked, step.key]
        return response


@require_GET
@for_roles(*Role)
def guide(request: ScopedRequest) -> HttpResponse:
    """Show the visits of all roles that the person holds, hidden ones included."""
    return render(request, "guide.html", {"tours": [tour_of(request.user, role) for role in _held(request)]})


@require_GET
@for_roles(*Role)
def step(request: ScopedRequest, key: str) -> HttpResponse:
    """Mark a step as seen and redirect to its page; redirect home for a step of another role."""
    found = find_step(key, _held(request))
    if found is None:
        return redirect("home")
    role, there = found
    mark_seen(user=request.user, role=role, step=key)
    return redirect(there.url())


@require_POST
@for_roles(*Role)
def hide(request: ScopedRequest) -> HttpResponse:
    """Hide the visit of a role."""
    put_away(user=request.user, role=_role(request))
    return back(request, "home")


@require_POST
@for_roles(*Role)
def again(request: ScopedRequest) -> HttpResponse:
    """Restart the visit of a role, and redirect to the person's first page."""
    call_again(user=request.user, role=_role(request))
    request.session.pop(_TICKED, None)
    return redirect("home")


def _held(request: ScopedRequest) -> list[Role]:
    return [role for role in Role if request.scope.has(role)]


def _role(request: ScopedRequest) -> Role:
    role = request.POST.get("role", "")
    if role not in Role.values:
        raise BadRequest
    return Role(role)
