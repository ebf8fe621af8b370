"""Requests for whole pages, as a coordinator of 30 landlords and as the lead of one."""

import statistics
import time

import psycopg
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.scope import system_scope
from benchmarks.map_requests import plant
from sites.models import Residence

_REPEATS = 5


def measures(superuser_uri: str) -> dict[str, float]:
    """Plant the map's rows in an empty database; return the median seconds of each page."""
    coordinator = plant()
    with system_scope("seeding"):
        landlord = Organisation.objects.filter(kind="landlord").order_by("pk").first()
        lead = User.objects.create_user("referent@banc.invalid", "Banc")
        Membership.objects.create(user=lead, organisation=landlord, role=Role.LEAD)
        residence = Residence.objects.filter(landlord=landlord).order_by("pk").first()
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    return {
        "list of residences": _seconds(coordinator, "/residences/"),
        "dashboard of a coordinator": _seconds(coordinator, "/tableau-de-bord/"),
        "home of a lead": _seconds(lead, "/accueil/"),
        "a residence": _seconds(lead, f"/residences/{residence.pk}/"),
        "search by two words": _seconds(coordinator, "/recherche/?q=rue+1200"),
    }


def _seconds(user: User, path: str) -> float:
    client = Client()
    with system_scope("authentication"):
        client.force_login(user)
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        response = client.get(path)
        times.append(time.perf_counter() - start)
        assert response.status_code == 200, (path, response.status_code)
    return statistics.median(times)
