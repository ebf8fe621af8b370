"""Requests for the indicators, and the plain count of the facts that each of them sorts."""

import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial

import psycopg
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from classification.indicators import periods
from classification.indicators.periods import Period
from incidents.models import Incident
from incidents.querysets import may_fall_since

from .map_requests import plant

# With those of the map, a million over the five years that facts are kept.
_FACTS, _DAYS, _ROUNDS = 700_000, 5 * 365, 15


def measures(superuser_uri: str) -> Iterator[tuple[str, float, float]]:
    """Plant the rows in an empty database; yield a name, the seconds of the page and those of the count."""
    coordinator = plant()
    with system_scope("seeding"):
        landlord = Organisation.objects.filter(kind="landlord").order_by("pk").first()
        lead = User.objects.create_user("referent@banc.invalid", "Banc")
        Membership.objects.create(user=lead, organisation=landlord, role=Role.LEAD)
    today = timezone.localdate()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("SET session_replication_role = replica")
        planted.execute(INCIDENTS, {"facts": _FACTS, "days": _DAYS, "today": today})
        planted.execute("VACUUM ANALYZE")
    quarter = periods.default(today)
    year = periods.read(str(today.year - 1))
    for role, user in (("a coordinator", coordinator), ("a lead", lead)):
        for name, period in (("a quarter", quarter), ("a year", year)):
            compared = periods.year_before(period, today)
            yield (
                f"{name}, as {role}",
                _median(partial(_ask, _client(user), {"period": period.code, "against": compared.code})),
                _median(partial(_count, user, period, compared)),
            )


def _client(user: User) -> Client:
    client = Client()
    with acting_as(user):
        client.force_login(user)
    return client


def _ask(client: Client, query: dict[str, str]) -> None:
    response = client.get("/indicateurs/", query)
    assert response.status_code == 200, response.status_code


def _count(user: User, *both: Period) -> None:
    with acting_as(user):
        for period in both:
            facts = Incident.objects.current().filter(may_fall_since(period.first), day__lte=period.last)
            assert facts.count() > 1000


def _median(act: Callable[[], None]) -> float:
    times = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


# A fact in twenty has a span; a third have no hour. A few addresses have many facts.
INCIDENTS = """
INSERT INTO incidents_incident (landlord_id, commune_id, residence_id, address_id, fact_type_id, place_kind, day, span_end,
    time, source, complaint_filed, complaint_reference, external_source, external_id, created_at, cancel_reason, damage_cost)
SELECT a.landlord_id, a.commune_id, a.residence_id, a.id, t.ids[1 + n %% cardinality(t.ids)],
    (ARRAY['lobby', 'stairwell', 'cellar', 'car_park', ''])[1 + n %% 5], d.day,
    CASE WHEN n %% 20 = 0 THEN d.day + 3 END,
    CASE WHEN n %% 3 > 0 THEN make_time((n %% 24)::int, 30, 0) END, (ARRAY['staff', 'resident', 'police'])[1 + n %% 3],
    n %% 10 = 0, '', '', '', now(), '', CASE WHEN n %% 7 = 0 THEN n %% 1000 END
FROM (SELECT array_agg(id ORDER BY id) AS ids FROM incidents_facttype) t
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM sites_address) w
CROSS JOIN generate_series(1, %(facts)s) AS n
CROSS JOIN LATERAL (SELECT %(today)s::date - 4 - (n %% %(days)s)::int AS day) d
JOIN sites_address a ON a.id = w.ids[1 + (cardinality(w.ids) * ((n::bigint * 7919 %% 1000) / 1000.0) ^ 2)::int %% cardinality(w.ids)]
"""
