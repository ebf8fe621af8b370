"""Lead whoever has invited a person to what is chosen next for them.

Upper applications depend on this one and not the reverse: they register their steps here at start.
"""

from collections.abc import Callable

from accounts.models import Membership
from accounts.scope import Scope

# The address of the page of a step; None where it is not for that role or that reader.
Step = Callable[[Scope, Membership], str | None]

_steps: list[Step] = []


def register_step(step: Step) -> None:
    """Register a step that may follow an invitation."""
    if step not in _steps:
        _steps.append(step)


def next_step(scope: Scope, membership: Membership) -> str | None:
    """Return the address of the first step that follows, None where none does."""
    return next(filter(None, (step(scope, membership) for step in _steps)), None)
