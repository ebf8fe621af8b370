"""The first page after login: the role's work, not a menu."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.enums import Role

_FIRST_PAGE = [
    (Role.COORDINATOR, "classification:map"),
    (Role.LEAD, "classification:home"),
    (Role.AGENT, "incidents:create"),
    (Role.PARTNER, "partners:circles"),
    (Role.ADMIN, "accounts:users"),
    (Role.DPO, "accounts:journal"),
]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to the work of their first role; explain when they hold none."""
    for role, name in _FIRST_PAGE:
        if request.scope.has(role):
            return redirect(name)
    return render(request, "no_role.html")
