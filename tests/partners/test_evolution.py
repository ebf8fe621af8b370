"""What moved between two publications to a circle, and the slider over them."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from partners.models import PublishedSite
from partners.publications.evolution import compared, evolution, previous_of, states
from partners.publications.keys import site_key
from sites.models import Residence
from tests import factories as f
from tests.sharing import journal, publication_of, site_address, today


@pytest.fixture
def two(world):
    """The same circle's levels 60 days ago (all 1) and today (3 and 1)."""
    return publication_of(world.a, as_of=today() - dt.timedelta(60)), publication_of(world.a)


def _before(publication) -> dict[str, int | None]:
    """The level of each site in the publication before, by name; None for a new one."""
    sites = compared(publication.sites.all(), previous_of(publication))
    return dict(sites.values_list("name", "before"))


def test_the_first_publication_has_nothing_before_it(world, two):
    with acting_as(world.a.partner):
        assert evolution(two[0]) is None
        assert list(states(two[0])) == list(two)


def test_it_says_what_rose_and_what_fell(world, two):
    with acting_as(world.a.partner):
        moved = evolution(two[1])
        assert _before(two[1]) == {"Résidence A": 1, "Résidence A bis": 1}
    assert moved.previous == two[0]
    assert (moved.risen, moved.fallen, moved.unheard) == (1, 0, 0)


def _rename(residence: Residence, name: str) -> None:
    with system_scope("seeding"):
        Residence.objects.filter(pk=residence.pk).update(name=name)


def test_a_renamed_residence_is_known_again(world, two, sign_in):
    _rename(world.a.residence, "Résidence rebaptisée")
    later = publication_of(world.a, as_of=today() - dt.timedelta(1))
    client = sign_in(world.a.partner)
    page = client.get(reverse("partners:publication", args=[later.pk]))
    assert {row.record.name: row.record.before for row in page.context["table"].paginated_rows} == {
        "Résidence rebaptisée": 1, "Résidence A bis": 1,
    }  # fmt: skip
    assert page.context["evolution"].risen == 1
    site = client.get(site_address(later.pk, 1))
    assert (site.context["site"].name, site.context["before"]) == ("Résidence rebaptisée", 1)


def test_two_residences_that_exchange_their_names_keep_their_pasts(world):
    publication_of(world.a, as_of=today() - dt.timedelta(1))
    _rename(world.a.residence, "Résidence A bis")
    _rename(world.a.other, "Résidence A")
    later = publication_of(world.a)
    with acting_as(world.a.partner):
        assert _before(later) == {"Résidence A": 1, "Résidence A bis": 3}
        assert (evolution(later).risen, evolution(later).fallen) == (0, 0)


def test_residences_of_one_name_are_each_compared_with_itself(world):
    with system_scope("seeding"):
        twin = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Résidence A")
        f.AddressFactory(residence=twin)
    publication_of(world.a, as_of=today() - dt.timedelta(1))
    later = publication_of(world.a)
    with acting_as(world.a.partner):
        sites = compared(later.sites.filter(name="Résidence A"), previous_of(later))
        assert sorted(sites.values_list("before", "level")) == [(1, 1), (3, 3)]


def test_a_residence_that_was_left_out_for_a_while_returns_under_its_key(world, two):
    with system_scope("seeding"):
        elsewhere = f.CommuneFactory()
        Residence.objects.filter(pk=world.a.residence.pk).update(commune=elsewhere)
    without = publication_of(world.a, as_of=today() - dt.timedelta(2))
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(commune=world.commune)
    back = publication_of(world.a, as_of=today() - dt.timedelta(1))
    with acting_as(world.a.partner):
        assert _before(without) == {"Résidence A bis": 1}
        assert _before(back) == {"Résidence A": None, "Résidence A bis": 1}
        keys = PublishedSite.objects.filter(name="Résidence A").values_list("key", flat=True).distinct()
        assert len(keys) == 1


def test_two_circles_know_a_residence_under_keys_that_cannot_be_laid_side_by_side(world, two):
    with system_scope("seeding"):
        world.a.circle = f.CircleFactory(territory=world.a.territory, name="Autre")
    other = publication_of(world.a)
    with system_scope("seeding"):
        opaque = Residence.objects.get(pk=world.a.residence.pk).opaque_id
        sites = PublishedSite.objects.filter(name="Résidence A")
        keys = {publication: sites.get(publication=publication).key for publication in (*two, other)}
    assert keys[two[0]] == keys[two[1]] == site_key(two[0].circle_id, opaque)
    assert keys[other] not in {keys[two[1]], opaque}


def test_another_circle_of_the_territory_is_not_compared(world, two, sign_in):
    with system_scope("seeding"):
        world.a.circle = f.CircleFactory(territory=world.a.territory, name="Autre")
        f.MandateFactory(circle=world.a.circle, user=world.a.partner)
    alone = publication_of(world.a)
    page = sign_in(world.a.partner).get(reverse("partners:publication", args=[alone.pk]))
    assert page.context["evolution"] is None
    assert [state["page"] for state in page.context["states"]] == [
        reverse("partners:publication", args=[alone.pk])
    ]


def test_the_page_shows_the_move_and_the_states_under_the_same_filters(world, two, sign_in):
    page = sign_in(world.a.partner).get(reverse("partners:publication", args=[two[1].pk]), {"level": 3})
    assert "1 site en hausse" in page.text
    assert [row.record.before for row in page.context["table"].paginated_rows] == [1]
    assert [state["page"] for state in page.context["states"]] == [
        reverse("partners:publication", args=[one.pk]) + "?level=3" for one in two
    ]
    assert page.context["here"] == 1


def test_points_are_those_of_the_page_and_journalled(world, two, sign_in):
    client = sign_in(world.a.partner)
    answer = client.get(reverse("partners:publication_points", args=[two[1].pk]), {"level": 3}).json()
    assert [point["name"] for point in answer["points"]] == ["Résidence A"]
    assert answer["summary"] == "1\xa0de niveau\xa03"
    assert journal(world.a.partner)[-1][:2] == ("read", "partners.publication")


def test_queries_of_the_page_do_not_grow_with_the_states(world, two, sign_in):
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[two[1].pk])
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for days in (30, 90, 120):
        publication_of(world.a, as_of=today() - dt.timedelta(days))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) == len(few)


def _names(page) -> list[str]:
    return [row.record.name for row in page.context["table"].paginated_rows]


def test_the_numbers_lead_to_what_rose_and_the_chip_takes_it_away(world, two, sign_in):
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[two[1].pk])
    page = client.get(url)
    assert '<a href="?evolution=risen#ranking-title"><strong>1 site en hausse' in page.text
    assert "?evolution=fallen" not in page.text
    risen = client.get(url, {"evolution": "risen"})
    assert _names(risen) == ["Résidence A"]
    assert [(chip.value, chip.without) for chip in risen.context["listing"].chips] == [
        ("en hausse", "page=1")
    ]
    points = client.get(reverse("partners:publication_points", args=[two[1].pk]), {"evolution": "risen"})
    assert [point["name"] for point in points.json()["points"]] == ["Résidence A"]
    assert _names(client.get(url, {"evolution": "fallen"})) == []
    assert _names(client.get(url, {"evolution": "same"})) == ["Résidence A bis"]
    assert _names(client.get(url, {"tri": "before"})) == ["Résidence A bis", "Résidence A"]
    assert _names(client.get(url, {"tri": "-before"})) == ["Résidence A", "Résidence A bis"]


def test_what_was_not_there_before_is_new_and_the_first_cannot_be_narrowed_so(world, two, sign_in):
    with system_scope("seeding"):
        fresh = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Neuve")
        f.AddressFactory(residence=fresh)
    later = publication_of(world.a, as_of=today() - dt.timedelta(1))
    client = sign_in(world.a.partner)
    new = {"evolution": "new"}
    assert _names(client.get(reverse("partners:publication", args=[later.pk]), new)) == ["Neuve"]
    first = client.get(reverse("partners:publication", args=[two[0].pk]), new)
    assert len(_names(first)) == 2
    assert 'name="evolution"' not in first.text
