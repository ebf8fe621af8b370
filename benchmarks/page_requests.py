"""Requests for whole pages, as a coordinator of 30 landlords, a lead and a caretaker of one."""

import time

import psycopg
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from accounts.scope import acting_as, system_scope
from sites.models import Residence, ResidenceAssignment

from .map_requests import plant

_ROUNDS = 7


# Seconds of the clock, and of the processor in this process: the database is another one.
Cost = tuple[float, float]


def measures(superuser_uri: str) -> dict[str, Cost]:
    """Plant the map's rows in an empty database; return the least of each page's costs."""
    coordinator = plant()
    with system_scope("seeding"):
        landlord = Organisation.objects.filter(kind="landlord").order_by("pk").first()
        lead = User.objects.create_user("referent@banc.invalid", "Banc")
        Membership.objects.create(user=lead, organisation=landlord, role=Role.LEAD)
        residence = Residence.objects.filter(landlord=landlord).order_by("pk").first()
        caretaker = User.objects.create_user("agent@banc.invalid", "Banc")
        membership = Membership.objects.create(user=caretaker, organisation=landlord, role=Role.AGENT)
        ResidenceAssignment.objects.create(membership=membership, residence=residence)
    with psycopg.connect(superuser_uri, autocommit=True) as planted:
        planted.execute("VACUUM ANALYZE")
    seen_by, led_by, minded_by = _client(coordinator), _client(lead), _client(caretaker)
    pages = {
        "list of residences": (seen_by, "/residences/"),
        "dashboard of a coordinator": (seen_by, "/tableau-de-bord/"),
        "home of a lead": (led_by, "/accueil/"),
        "form of a fact, minding few places": (minded_by, "/faits/nouveau/"),
        "form of a fact, minding many": (led_by, "/faits/nouveau/"),
        "facts of a coordinator": (seen_by, "/faits/"),
        "facts of a lead": (led_by, "/faits/"),
        "facts of a caretaker": (minded_by, "/faits/"),
        "levels for a lead to decide": (led_by, "/residences/niveaux/"),
        "a residence": (led_by, reverse("classification:residence", args=[residence.pk])),
        "search by two words": (seen_by, "/recherche/?q=rue+1200"),
        "a page that is not there": (led_by, "/nulle-part/"),
    }
    # In turns, so that whatever else the machine does falls on all of them.
    rounds = [{name: _cost(*page) for name, page in pages.items()} for _ in range(_ROUNDS)]
    return {name: tuple(map(min, zip(*(costs[name] for costs in rounds), strict=True))) for name in pages}


def _client(user: User) -> Client:
    client = Client()
    with acting_as(user):
        client.force_login(user)
    return client


def _cost(client: Client, path: str) -> Cost:
    start, begun = time.perf_counter(), time.process_time()
    response = client.get(path)
    cost = time.perf_counter() - start, time.process_time() - begun
    assert response.status_code == (404 if path == "/nulle-part/" else 200), (path, response.status_code)
    return cost
