"""Redirect a person after login to the work of their role."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.access import ScopedRequest
from accounts.enums import Role
from partners.models import Circle

FIRST_PAGES = [
    (Role.COORDINATOR, "partners:dashboard"),
    (Role.LEAD, "classification:home"),
    (Role.AGENT, "incidents:create"),
    (Role.PARTNER, "partners:circles"),
    (Role.ADMIN, "accounts:users"),
    (Role.DPO, "accounts:journal"),
]


@require_safe
def home(request: ScopedRequest) -> HttpResponse:
    """Redirect to the first page of the person's first role; explain when they hold none."""
    first = next((page for page in FIRST_PAGES if request.scope.has(page[0])), None)
    if first is None:
        return render(request, "no_role.html")
    role, name = first
    return _only_circle() or redirect(name) if role == Role.PARTNER else redirect(name)


def _only_circle() -> HttpResponse | None:
    """Return a redirect to the circle of a partner who sees only one, else None."""
    circles = list(Circle.objects.order_by("pk").values_list("pk", flat=True)[:2])
    return redirect("partners:circle", circles[0]) if len(circles) == 1 else None
