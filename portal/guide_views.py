"""The guided first visit: going to a step, putting it away, calling it again."""

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

# What the session knows to be ticked already: a page opened again asks nothing of the database.
_TICKED = "guide"


class VisitMiddleware:
    """Ticks a step of the visit once its page was opened, by whatever way."""

    def __init__(self, get_response: Callable[[ScopedRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: ScopedRequest) -> HttpResponse:
        """Answer, and remember which steps the page was."""
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
    """Show the visit of every role the person holds, put away or not."""
    return render(request, "guide.html", {"tours": [tour_of(request.user, role) for role in _held(request)]})


@require_GET
@for_roles(*Role)
def step(request: ScopedRequest, key: str) -> HttpResponse:
    """Go where a step happens, and remember it; a step of another role leads home."""
    found = find_step(key, _held(request))
    if found is None:
        return redirect("home")
    role, there = found
    mark_seen(user=request.user, role=role, step=key)
    return redirect(there.url())


@require_POST
@for_roles(*Role)
def hide(request: ScopedRequest) -> HttpResponse:
    """Put the visit of a role away."""
    put_away(user=request.user, role=_role(request))
    return back(request, "home")


@require_POST
@for_roles(*Role)
def again(request: ScopedRequest) -> HttpResponse:
    """Begin the visit of a role anew, on its first page."""
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
