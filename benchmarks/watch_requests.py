"""The night's work on the watch list, its page, and the evaluation of the same night."""

import psycopg
from django.utils import timezone

from accounts.models import Organisation
from accounts.scope import system_scope
from classification.engine.nightly import evaluate_everything
from classification.foresight.nightly import watch_everything
from classification.models import Signal

from .indicator_requests import INCIDENTS
from .map_requests import plant
from .territory import lead_of
from .timing import Cost, Page, client_of, costs, timed

# With those of the map, a million over the five years that facts are kept.
_FACTS, _DAYS, _ROUNDS = 700_000, 5 * 365, 40


def measures(superuser_uri: str) -> tuple[float, float, dict[str, Cost]]:
    """Plant the rows in an empty database; return the seconds of the evaluation, of the watch list, and what its page costs."""
    coordinator = plant()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("SET session_replication_role = replica")
        planted.execute(INCIDENTS, {"facts": _FACTS, "days": _DAYS, "today": timezone.localdate()})
        planted.execute("VACUUM ANALYZE")
    evaluating = timed(evaluate_everything)
    watching = timed(watch_everything)
    with system_scope("evaluation"):
        assert Signal.objects.exists()
    with system_scope("seeding"):
        lead = lead_of(Organisation.objects.filter(kind="landlord").order_by("pk").first())
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    pages = {
        "a coordinator": Page(client_of(coordinator), "/a-surveiller/"),
        "a lead": Page(client_of(lead), "/a-surveiller/"),
    }
    return evaluating, watching, costs(pages, _ROUNDS)
