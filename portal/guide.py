"""Show each role's guided first visit: its main path, in a few steps on the real pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import SimpleLazyObject

from accounts.access import ScopedRequest
from accounts.enums import Role
from accounts.models import GuidedVisit, User
from partners.models import Circle

from .guide_progress import visit_of
from .guide_steps import STEPS, Step
from .home import FIRST_PAGES

# A partner of a single circle is redirected to it, so that the visit is shown there too.
_SHOWN_ON = [*FIRST_PAGES, (Role.PARTNER, "partners:circle")]
_STEPS_AT: dict[str, list[tuple[Role, Step]]] = {}
for _role, _steps in STEPS.items():
    for _one in _steps:
        if _one.at:
            _STEPS_AT.setdefault(_one.at, []).append((_role, _one))


@dataclass(frozen=True, slots=True)
class Tour:
    """The visit of a role for one person: its steps, each with True if it is done."""

    role: Role
    steps: list[tuple[Step, bool]]
    is_hidden: bool

    @property
    def done(self) -> int:
        """The number of steps done."""
        return sum(done for _step, done in self.steps)

    @property
    def starts_folded(self) -> bool:
        """True for agents: on a phone the form comes before the visit."""
        return self.role == Role.AGENT


def tour_of(user: User, role: Role) -> Tour:
    """Return the visit of ``role`` for ``user``."""
    visit = visit_of(user, role)
    steps = [(step, _is_done(step, user, visit)) for step in _asked_of(role)]
    return Tour(role, steps, is_hidden=visit.hidden_at is not None)


def _asked_of(role: Role) -> list[Step]:
    """Return the steps of a visit that the person's circles make possible; all while they are in none."""
    steps = STEPS[role]
    if not any(step.given for step in steps):
        return list(steps)
    seen = set(Circle.objects.order_by().values_list("precision", flat=True).distinct())
    return [step for step in steps if not step.given or not seen or seen & set(step.given)]


def find_step(key: str, roles: list[Role]) -> tuple[Role, Step] | None:
    """Return the step called ``key`` among those of ``roles``."""
    return next(((role, step) for role in roles for step in STEPS[role] if step.key == key), None)


def visited(request: ScopedRequest) -> Iterator[tuple[Role, Step]]:
    """Yield the steps whose page is that of ``request``, for the roles that the person holds."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    for role, step in _STEPS_AT.get(name, ()):
        if request.scope.has(role) and (not step.narrowed or any(request.GET.values())):
            yield role, step


def guide(request: ScopedRequest) -> dict[str, Any]:
    """Add the visit to the context of a role's first page, until the person hides it."""
    match, scope = request.resolver_match, getattr(request, "scope", None)
    if match is None or scope is None or not scope.user_id or request.method != "GET":
        return {}
    shown_at = (role for role, page in _SHOWN_ON if page == match.view_name and scope.has(role))
    role = next(shown_at, None)
    if role is None or getattr(request, "htmx", False):
        return {}
    # Lazy, because each cell of a table runs the context processors: the visit is read only where it is shown.
    return {"guide": SimpleLazyObject(lambda: _unless_hidden(tour_of(request.user, role)))}


def _unless_hidden(tour: Tour) -> Tour | None:
    return None if tour.is_hidden else tour


def _is_done(step: Step, user: User, visit: GuidedVisit) -> bool:
    return step.did(user) if step.did else step.key in visit.seen
