"""Nothing that is published or noted rests on a disruption that no security lead has seen, and it says so."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate, level_of
from incidents.ongoing import services as ongoing
from incidents.ongoing.seeing import mark_seen
from partners.models import PublishedSite
from partners.notes.rendering import Recipient, render
from partners.snapshot import preview_at
from tests import factories as f
from tests.sharing import draft_of, pages_of, publication_of, site_address, today

RESERVE = "Sous réserve d’une perturbation que le référent sûreté du bailleur n’avait pas encore vue"


@pytest.fixture
def place(world):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Calme")
        return f.AddressFactory(residence=residence)


@pytest.fixture
def unseen(world, place):
    """A disruption that an agent entered, total, since four months."""
    with acting_as(world.a.agent) as scope:
        return ongoing.record_disruption(
            scope=scope,
            place=place,
            service="heating",
            extent="total",
            starts_on=timezone.localdate() - dt.timedelta(120),
        )


def _see(world, disruption):
    with acting_as(world.a.lead) as scope:
        assert mark_seen(scope=scope, disruptions=[disruption.pk]) == 1


def _published(publication):
    with system_scope("seeding"):
        return PublishedSite.objects.get(publication=publication, name="Calme")


def _said(site):
    return (site.level, site.impact_level, site.addresses[0]["level"], len(site.disruptions), site.unseen)


def test_no_publication_rests_on_an_unseen_disruption(world, place, unseen):
    with system_scope("evaluation"):
        assert level_of(place.residence_id, None) == 4
    site = _published(publication_of(world.a))
    assert _said(site) == (1, 1, 1, 0, True)
    assert {level for _day, level in site.trend} == {1}


def test_once_seen_the_next_publication_rests_on_it(world, unseen):
    earlier = _published(publication_of(world.a, as_of=today() - dt.timedelta(1)))
    _see(world, unseen)
    assert _said(_published(publication_of(world.a))) == (4, 4, 4, 1, False)
    assert _said(earlier) == (1, 1, 1, 0, True)


def test_one_that_was_seen_counts_beside_one_that_was_not(world, place, unseen):
    with acting_as(world.a.lead) as scope:
        ongoing.record_disruption(
            scope=scope, place=place, service="lift", extent="partial", starts_on=timezone.localdate()
        )
    assert _said(_published(publication_of(world.a))) == (3, 3, 3, 1, True)


def test_one_that_would_change_nothing_makes_no_reserve(world, place, unseen):
    with acting_as(world.a.lead) as scope:
        ongoing.record_disruption(
            scope=scope, place=place, service="lift", extent="total", starts_on=timezone.localdate()
        )
    assert _said(_published(publication_of(world.a))) == (4, 4, 4, 1, False)


def test_the_coordinator_is_told_how_many_before_and_sees_what_the_circle_will(world, sign_in, unseen):
    page = sign_in(world.a.coordinator).get(
        reverse("partners:publish", args=[world.a.circle.pk]), {"as_of": today().isoformat()}
    )
    assert page.context["unseen"] == 1
    assert "1 résidence est publiée sous réserve" in page.text.replace("\xa0", " ")
    with acting_as(world.a.coordinator):
        shown = {site.name: (site.level, site.unseen) for site in preview_at(world.a.territory, today())}
    assert shown["Calme"] == (1, True)


def test_a_partner_reads_the_reserve_and_nothing_of_the_disruption(world, sign_in, unseen):
    publication = publication_of(world.a)
    site, client = _published(publication), sign_in(world.a.partner)
    page = client.get(site_address(publication.pk, site.rank)).text
    assert (RESERVE in page, "Chauffage" in page) == (True, False)
    ranking = reverse("partners:publication", args=[publication.pk])
    assert client.get(ranking).text.count("sous réserve") == 1
    file = client.get(ranking, {"export": "csv"}).getvalue().decode()
    assert file.count("perturbation non encore vue") == 1


def test_a_fall_under_reserve_is_no_fall(world, sign_in, unseen):
    _see(world, unseen)
    publication_of(world.a, as_of=today() - dt.timedelta(1))
    with system_scope("seeding"):
        type(unseen).objects.filter(pk=unseen.pk).update(seen_at=None)
    second, client = publication_of(world.a), sign_in(world.a.coordinator)
    evolution = client.get(reverse("partners:publication", args=[second.pk])).context["evolution"]
    assert (evolution.fallen, evolution.unheard) == (0, 1)
    sheet = client.get(reverse("partners:site", args=[second.pk, _published(second).key]))
    assert (sheet.context["before"], "descendu à" in sheet.text) == (4, False)


def test_a_rise_under_reserve_is_one(world, sign_in, place):
    publication_of(world.a, as_of=today() - dt.timedelta(1))
    with system_scope("seeding"):
        f.DisruptionFactory(address=place, extent="limited", starts_on=today())
        f.DisruptionFactory(address=place, extent="total", seen_at=None, starts_on=today())
    evaluate([place.residence_id])
    second, client = publication_of(world.a), sign_in(world.a.coordinator)
    sheet = client.get(reverse("partners:site", args=[second.pk, _published(second).key]))
    assert (_said(_published(second))[::4], "monté à" in sheet.text) == ((2, True), True)


def test_a_note_rests_on_none_and_says_so(world, unseen):
    note = draft_of(world.a)
    [row] = [site for site in note.content["sites"] if site["name"] == "Calme"]
    assert (row["level"], row["unseen"], note.content["figures"]["unseen"]) == (1, True, ["Calme"])
    assert "Chauffage" not in str(note.content)


def test_the_pages_of_a_note_say_so(world, unseen):
    note = draft_of(world.a)
    reader = Recipient(holder="Une lectrice", organisation="Mairie", copy="Projet")
    made = render(note.content, reader, content_digest=note.digest, at=timezone.localtime(), issued_at=None)
    text = " ".join(" ".join(pages_of(made.pdf)).split())
    assert text.count("Sous réserve : dans 1 résidence (Calme)") == 1
