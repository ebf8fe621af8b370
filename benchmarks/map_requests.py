"""Requests for the map's data of 60,000 addresses, and the rows they are made over."""

import datetime as dt
import gzip
import statistics
import time
from collections.abc import Callable, Iterator

import psycopg
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from sites.models import Commune

from .territory import share

ADDRESSES = 60_000
LANDLORDS = 30
WEST, SOUTH, EAST, NORTH = 1.4, 48.1, 3.5, 49.2
MAX_SECONDS, MAX_BYTES = 0.150, 200_000
_REPEATS = 7

# One row for each measure: name, seconds, limit in seconds, bytes compressed, limit in bytes.
Measure = tuple[str, float, float, int, int]


def measures(superuser_uri: str) -> list[Measure]:
    """Plant the rows in an empty database and measure each zoom, both units and a few filters."""
    coordinator = plant()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    client = Client(headers={"accept-encoding": "gzip"})
    with acting_as(coordinator):
        client.force_login(coordinator)
    return [_measure(client, name, query) for name, query in _queries()]


def plant(addresses: int = ADDRESSES, among: Callable[[list[int]], list[int]] = list) -> User:
    """Make addresses of 30 landlords, three to a residence, with their facts and levels; return a coordinator.

    Args:
        addresses: how many.
        among: of the landlords' ids, those that residences are given to in turns; one that is named twice gets twice as many.
    """
    with transaction.atomic(), system_scope("seeding"):
        communes = Commune.objects.bulk_create(
            [Commune(code=f"B{n:04d}", name=f"Banc {n}", department="99", postcodes=[]) for n in range(36)]
        )
        landlords = Organisation.objects.bulk_create(
            [Organisation(name=f"Bailleur banc {n}", kind="landlord") for n in range(LANDLORDS)]
        )
        _territory, user = share("Banc carte", landlords, communes)
        with connection.cursor() as cursor:
            values = {
                "landlords": among([landlord.pk for landlord in landlords]),
                "communes": [commune.pk for commune in communes],
                "addresses": addresses,
                "today": timezone.localdate(),
                "west": WEST, "south": SOUTH, "east": EAST, "north": NORTH,
            }  # fmt: skip
            for statement in (_RESIDENCES, _ADDRESSES, _INCIDENTS):
                cursor.execute(statement, values)
    with system_scope("evaluation"):
        evaluate()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user


def _queries() -> Iterator[tuple[str, dict[str, object]]]:
    everything = f"{WEST},{SOUTH},{EAST},{NORTH}"
    for zoom in (6, 8, 10, 12, 14, 16, 19):
        yield f"zoom {zoom}, everything in view", {"bbox": everything, "zoom": zoom}
    yield "zoom 19, addresses", {"bbox": everything, "zoom": 19, "unit": "address"}
    yield "zoom 9, addresses", {"bbox": everything, "zoom": 9, "unit": "address"}
    for zoom, width in ((12, 0.4), (14, 0.1), (16, 0.025), (18, 0.006)):
        box = f"2.3,48.8,{2.3 + width},{48.8 + width / 2}"
        yield f"zoom {zoom}, a screen of it, addresses", {"bbox": box, "zoom": zoom, "unit": "address"}
    yield "levels 3 and 4", {"bbox": everything, "zoom": 9, "level": [3, 4]}
    yield "one fact type", {"bbox": everything, "zoom": 9, "fact_type": 1}
    yield "facts of the last 28 days", {"bbox": everything, "zoom": 9, "period": 28}
    yield "one fact type, last 91 days", {"bbox": everything, "zoom": 9, "period": 91, "fact_type": 1}
    yield (
        "the same, addresses",
        {"bbox": everything, "zoom": 9, "period": 91, "fact_type": 1, "unit": "address"},
    )
    today = timezone.localdate()
    between = {"since": today - dt.timedelta(200), "until": today - dt.timedelta(100)}
    dates = {"bbox": everything, "zoom": 9, "period": "dates"}
    yield "facts between two dates", {**dates, **between}
    yield "the same, addresses", {**dates, **between, "unit": "address"}
    yield "facts since a date", {**dates, "since": between["since"]}
    yield "facts until a date", {**dates, "until": between["until"]}


def _measure(client: Client, name: str, query: dict[str, object]) -> Measure:
    times, size = [], 0
    for _ in range(_REPEATS):
        start = time.perf_counter()
        response = client.get(reverse("classification:map_data"), query)
        times.append(time.perf_counter() - start)
        assert response.status_code == 200, response.status_code
        size = len(response.content)
        # Django leaves answers of less than 200 bytes as they are.
        if response.headers.get("Content-Encoding") == "gzip":
            assert gzip.decompress(response.content)
        else:
            assert size < 200, size
    return (name, statistics.median(times), MAX_SECONDS, size, MAX_BYTES)


_RESIDENCES = """
INSERT INTO sites_residence (landlord_id, commune_id, reference, name, dwellings, in_priority_neighbourhood)
SELECT (%(landlords)s::bigint[])[1 + n %% cardinality(%(landlords)s::bigint[])],
    (%(communes)s::bigint[])[1 + (n / 7) %% cardinality(%(communes)s::bigint[])],
    'BANC-' || n, 'Résidence ' || n, 60, n %% 5 = 0
FROM generate_series(1, %(addresses)s / 3) AS n
"""
# Addresses of one residence lie within some 100 m of each other.
_ADDRESSES = """
INSERT INTO sites_address (residence_id, landlord_id, commune_id, label, postcode, match_key, dwellings,
    longitude, latitude, geocoding)
SELECT r.id, r.landlord_id, r.commune_id, n || ' rue ' || r.id, '99000', n || ' rue ' || r.id, 20,
    r.longitude + n * 0.0007, r.latitude + n * 0.0003, 'source'
FROM (
    SELECT *, %(west)s + random() * (%(east)s - %(west)s - 0.01) AS longitude,
        %(south)s + random() * (%(north)s - %(south)s - 0.01) AS latitude
    FROM sites_residence WHERE reference LIKE 'BANC-%%') AS r
CROSS JOIN generate_series(1, 3) AS n
"""
# Five facts an address on average, squared so that a few have many.
_INCIDENTS = """
INSERT INTO incidents_incident (landlord_id, commune_id, residence_id, address_id, fact_type_id, place_kind,
    day, source, complaint_filed, complaint_reference, external_source, external_id, created_at, cancel_reason)
SELECT a.landlord_id, a.commune_id, a.residence_id, a.id, t.ids[1 + (a.id + n) %% cardinality(t.ids)], '',
    %(today)s::date - (300 * random() * random())::int, 'staff', false, '', '', '', now(), ''
FROM sites_address a
CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM incidents_facttype) t
CROSS JOIN LATERAL generate_series(1, (15 * ((a.id * 7919) %% 100 / 100.0) ^ 2)::int) AS n
WHERE a.postcode = '99000'
"""
