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


def measures(superuser_uri: str) -> dict[str, float]:
    """Plant the map's rows in an empty database; return the least seconds of each page."""
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
    }
    # In turns, so that whatever else the machine does falls on all of them.
    rounds = [{name: _seconds(*page) for name, page in pages.items()} for _ in range(_ROUNDS)]
    return {name: min(times[name] for times in rounds) for name in pages}


def _client(user: User) -> Client:
    client = Client()
    with acting_as(user):
        client.force_login(user)
    return client


def _seconds(client: Client, path: str) -> float:
    start = time.perf_counter()
    response = client.get(path)
    seconds = time.perf_counter() - start
    assert response.status_code == 200, (path, response.status_code)
    return seconds
