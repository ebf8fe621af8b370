"""Write and read signs: when somebody last asked a process or a service to answer, and when it did."""

from django.utils import timezone

from core.models import Sign
from core.rls import as_system


def ask(name: str) -> None:
    """Write that ``name`` is asked to answer now."""
    with as_system("installation"):
        Sign.objects.update_or_create(name=name, defaults={"asked_at": timezone.now()})


def answered(name: str, *, problem: str = "") -> None:
    """Write that ``name`` answered now, well or with a problem, which is a word of the writer's."""
    now = timezone.now()
    with as_system("installation"):
        sign, _made = Sign.objects.select_for_update().get_or_create(name=name)
        going_wrong = sign.failing_since or now
        sign.answered_at, sign.problem = now, problem
        sign.failing_since = going_wrong if problem else None
        sign.save(update_fields=["answered_at", "problem", "failing_since"])
