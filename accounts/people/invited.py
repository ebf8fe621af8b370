"""Lead whoever has invited a person to what is chosen next for them, and carry it out once they have accepted.

Upper applications depend on this one and not the reverse: they register their steps here at start.
"""

from collections.abc import Callable
from typing import Any

from accounts.models import Membership, Proposal
from accounts.scope import Scope, system_scope

# The address of the page of a step; None where it is not for that role or that reader.
Step = Callable[[Scope, Proposal], str | None]
# What writes for a role what was prepared for it.
Preparation = Callable[[Membership, Any], None]

_steps: list[Step] = []
_preparations: dict[str, Preparation] = {}


def register_step(step: Step) -> None:
    """Register a step that may follow an invitation."""
    if step not in _steps:
        _steps.append(step)


def register_preparation(name: str, write: Preparation) -> None:
    """Register what writes, for a role that was accepted, what its proposal holds under ``name``."""
    _preparations[name] = write


def next_step(scope: Scope, proposal: Proposal) -> str | None:
    """Return the address of the first step that follows, None where none does."""
    return next(filter(None, (step(scope, proposal) for step in _steps)), None)


def carry_out(membership: Membership, prepared: dict[str, Any]) -> None:
    """Write what was prepared for a role, in the scope "proposals": its person may not write it."""
    with system_scope("proposals"):
        for name, value in prepared.items():
            _preparations[name](membership, value)
