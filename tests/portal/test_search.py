"""Search from anywhere: each person finds what they may see, and nothing of anybody else."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import system_scope
from classification.engine.services import evaluate
from sites.match_key import match_key
from sites.models import Address, Residence
from tests import factories as f
from tests.sharing import publication_of, site_address

SEARCH = reverse("search")
HTMX = {"HX-Request": "true"}


def _found(client, text, headers=None):
    page = client.get(SEARCH, {"q": text}, headers=headers).content.decode()
    return re.findall(r'href="(/(?:residences|publications)/[\w/-]+)"', page)


def _residence(residence):
    return reverse("classification:residence", args=[residence.pk])


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.COORDINATOR])
def test_people_who_see_records_find_theirs(world, sign_in, role):
    client = sign_in(world.people[role])
    first, other = _residence(world.a.residence), _residence(world.a.other)
    assert set(_found(client, "residence")) == {first, other}
    assert _found(client, "2 rue") == [other]
    assert _found(client, "RESIDENCE bis", HTMX) == [other, other]


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.PARTNER])
def test_nobody_finds_what_is_anothers(world, sign_in, role):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.b.residence.pk).update(name="Les Introuvables", reference="ZZ-9")
        Address.objects.filter(pk=world.b.address.pk).update(
            label="7 rue Cachée", match_key=match_key("7 rue Cachée")
        )
    publication_of(world.a)
    publication_of(world.b)
    client, theirs = sign_in(world.people[role]), sign_in(world.b.coordinator)
    for text in ("introuvables", "7 rue cachee", "ZZ-9", "Bailleur B"):
        for headers in (None, HTMX):
            page = client.get(SEARCH, {"q": text}, headers=headers).content.decode()
            assert re.findall(r'href="/(?:residences|publications)/[\w-]{32}', page) == []
            assert "Les Introuvables" not in page
            assert "7 rue Cachée" not in page
    assert _found(theirs, "introuvables")[0] == _residence(world.b.residence)


def test_a_partner_finds_the_last_published_sites_of_the_own_circle(world, sign_in):
    client = sign_in(world.a.partner)
    assert _found(client, "residence") == []
    made = publication_of(world.a)
    assert set(_found(client, "residence")) == {site_address(made.pk, n) for n in (1, 2)}
    by_address = _found(client, "2 rue a")
    assert by_address == _found(client, "résidence a bis")
    assert len(by_address) == 1
    with system_scope("seeding"):
        type(world.a.mandate).objects.filter(pk=world.a.mandate.pk).update(ends_on="2020-01-02")
    assert _found(client, "residence") == []


def test_a_site_given_to_two_circles_is_told_apart_by_day_and_circle(world, sign_in):
    publication_of(world.a, as_of=dt.date(2025, 5, 6))
    publication_of(world.a, as_of=dt.date(2025, 6, 6))
    with system_scope("seeding"):
        world.a.circle = f.CircleFactory(territory=world.a.territory, name="Seconde")
        f.MandateFactory(circle=world.a.circle, user=world.a.partner)
    publication_of(world.a, as_of=dt.date(2025, 5, 7))
    page = sign_in(world.a.partner).get(SEARCH, {"q": "residence bis"}).content.decode().replace("\xa0", " ")
    assert re.findall(r"niveaux au [^<]*", page) == [
        "niveaux au 6 juin 2025, Cellule A",
        "niveaux au 7 mai 2025, Seconde",
    ]


def test_the_structure_of_a_frozen_site_is_not_searched(world, sign_in):
    publication_of(world.a)
    client = sign_in(world.a.partner)
    assert [_found(client, text) for text in ("longitude", "label", "level")] == [[], [], []]


def test_the_field_gets_options_alone_and_a_count(world, sign_in):
    client = sign_in(world.a.lead)
    page = client.get(SEARCH, {"q": "residence bis"}, headers=HTMX).content.decode()
    assert "<html" not in page
    assert page.count('role="option"') == 2
    assert "2 résultats" in page


def test_says_why_there_is_nothing(world, sign_in):
    client = sign_in(world.a.lead)
    assert "deux au moins" in client.get(SEARCH, {"q": "r"}, headers=HTMX).content.decode()
    assert "Rien ne correspond à «&nbsp;zzz&nbsp;»" in client.get(SEARCH, {"q": "zzz"}).content.decode()
    assert "Deux lettres suffisent" in client.get(SEARCH).content.decode()


def test_only_roles_with_places_are_offered_the_search(world, sign_in):
    offered = {
        role: b"data-search" in sign_in(user).get("/", follow=True).content
        for role, user in world.people.items()
    }
    assert {role for role, seen in offered.items() if not seen} == {Role.ADMIN, Role.DPO}


def test_finds_many_with_the_queries_of_one(world, sign_in):
    def queries(client):
        with CaptureQueriesContext(connection) as captured:
            found = _found(client, "residence")
        return len(found), len(captured)

    client = sign_in(world.a.lead)
    client.get(SEARCH)
    few = queries(client)
    with system_scope("seeding"):
        for _n in range(3):
            f.AddressFactory(residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune))
    many = queries(client)
    assert few[0] < many[0]
    assert few[1] == many[1]


SPELLINGS = [
    "st denis tilleuls", "Saint-Denis les tilleuls", "SAINT DENIS TILLEULS", "tilleuls 99200", "99200 Tilleuls",
    "tilleuls saint-den", "l'oeuvre", "Œuvre", "tilleuls de l œuvre", "ste-marthe", "Sainte Marthe 99200",
]  # fmt: skip


@pytest.mark.parametrize("text", SPELLINGS)
def test_one_search_reads_every_spelling_with_commune_and_postcode(world, sign_in, text):
    with system_scope("seeding"):
        town = f.CommuneFactory(name="Saint-Denis-sur-Essai", postcodes=["99200"])
        far = f.CommuneFactory(name="Lointaine", postcodes=["99300"])
        names = {"name": "Les Tilleuls de l’Œuvre Sainte-Marthe", "landlord": world.a.landlord}
        here = f.ResidenceFactory(commune=town, **names)
        there = f.ResidenceFactory(commune=far, **names | {"name": "Autre chose"})
        f.AddressFactory(residence=here, label="44 quai Sud", postcode="99200")
        f.AddressFactory(residence=there, label="44 quai Sud", postcode="99300")
        f.IncidentFactory(address=here.addresses.get(), day=dt.date(2026, 3, 1))
        evaluate()
    client = sign_in(world.a.lead)
    assert set(_found(client, text)) == {_residence(here)}
    listed = client.get(reverse("classification:residences"), {"q": text}).content.decode()
    assert (_residence(here) in listed, _residence(there) in listed) == (True, False)
    facts = client.get(reverse("incidents:list"), {"place": text}).content.decode()
    assert "Les Tilleuls de l’Œuvre" in facts
    picker = client.get(reverse("incidents:places"), {"q": text}).content.decode()
    assert (f"r{here.pk}" in picker, f"r{there.pk}" in picker) == (True, False)


def test_a_commune_leads_to_its_addresses_behind_those_that_bear_its_name(world, sign_in):
    with system_scope("seeding"):
        town = f.CommuneFactory(name="Bourg-Essai", postcodes=["99400"])
        here = f.ResidenceFactory(landlord=world.a.landlord, commune=town, name="Aaa")
        f.AddressFactory(residence=here, label="5 rue du Lac", postcode="99400")
        named = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Zzz Bourg-Essai")
        elsewhere = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Bbb")
        f.AddressFactory(residence=elsewhere, label="5 rue du Lac", postcode="99500")
    client = sign_in(world.a.lead)
    assert _found(client, "bourg essai") == [_residence(named), _residence(here), _residence(here)]
    assert _found(client, "5 rue du lac bourg-essai") == [_residence(here)]
    assert _found(client, "5 rue du lac 99400")[0] == _residence(here)
    assert _found(client, "99400") == [_residence(here), _residence(here)]
