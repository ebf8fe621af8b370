"""What platforms for sharing have failed at elsewhere, each by its name: none of it happens here."""

import json
import re

import pytest
from django.core import mail
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Mail
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.models import Incident
from partners.models import Mandate, Notice, Publication, PublishedSite
from partners.withdrawals import services, tasks
from partners.withdrawals.services import state_of
from sites.models import Residence
from tests.sharing import copy_of, issued_of, publication_of, site_address, today

SITE = "https://palier.example"


def test_an_empty_group_publishes_to_nobody(world):
    """In a sharing platform an empty list of recipients once meant everybody."""
    with system_scope("seeding"):
        Mandate.objects.filter(circle=world.a.circle).delete()
    publication = publication_of(world.a)
    people = {**world.people, "other partner": world.b.partner, "stranger": world.stranger}
    readers = set()
    for who, user in people.items():
        with acting_as(user):
            if Publication.objects.filter(pk=publication.pk).exists():
                readers.add(who)
            if who not in {Role.COORDINATOR, Role.LEAD}:
                assert not PublishedSite.objects.filter(publication=publication).exists()
    # Who publishes it, and the landlord whose own levels it holds.
    assert readers == {Role.COORDINATOR, Role.LEAD}


def test_no_interface_gives_a_more_exact_place_than_its_page(world, sign_in):
    """Exact coordinates stayed in an interface for programs while the map showed blurred ones."""
    publication = publication_of(world.a)
    client = sign_in(world.a.partner)
    outputs = [
        reverse("partners:publication_points", args=[publication.pk]),
        reverse("partners:publication", args=[publication.pk]) + "?export=geojson",
        site_address(publication.pk, 1),
    ]
    # Of the facts behind a level no output gives a place, an address, an hour or a day.
    with system_scope("seeding"):
        fact = Incident.objects.filter(residence=world.a.residence).order_by("day").first()
    for output in outputs:
        response = client.get(output)
        body = b"".join(response.streaming_content).decode() if response.streaming else response.text
        assert response.status_code == 200
        for secret in (
            str(fact.opaque_id),
            fact.day.isoformat(),
            "Récit secret",
            str(world.a.residence.opaque_id),
        ):
            assert secret not in body
    points = client.get(outputs[0]).json()["points"]
    assert {frozenset(point) for point in points} <= {
        frozenset({"at", "level", "label", "decision", "rank", "name", "url"})
    }


def test_a_landlord_that_shares_with_nobody_is_seen_by_nobody(world, sign_in):
    """An organisation believed itself isolated while others searched its records."""
    for who in (world.a.lead, world.a.agent, world.a.coordinator, world.a.partner, world.admin, world.dpo):
        with acting_as(who):
            seen = Residence.objects.filter(landlord=world.c.landlord)
            assert not seen.exists()
            assert not Incident.objects.filter(landlord=world.c.landlord).exists()
        found = sign_in(who).get(reverse("search"), {"q": "Hors périmètre C"}).text
        assert not re.search(r"chemin Hors C|/residences/[\w-]{32}/[^<]*Hors périmètre C", found)


@pytest.mark.parametrize("ending", ["mandate", "copy", "circle"])
def test_no_link_outlives_the_right_to_open_it(world, sign_in, ending):
    """A link once shared opened for years, whatever became of who held it."""
    note, publication = issued_of(world.a), publication_of(world.a)
    copy, client = copy_of(note, world.a.partner), sign_in(world.a.partner)
    links = [
        reverse("partners:copy_document", args=[copy.pk]),
        reverse("partners:publication", args=[publication.pk]),
        reverse("partners:publication_points", args=[publication.pk]),
        site_address(publication.pk, 1),
    ]
    with system_scope("seeding"):
        if ending == "mandate":
            Mandate.objects.filter(pk=world.a.mandate.pk).update(ends_on=today())
        elif ending == "circle":
            type(world.a.circle).objects.filter(pk=world.a.circle.pk).update(ends_on=today())
    if ending == "copy":
        sign_in(world.a.coordinator).post(reverse("partners:copy_revoke", args=[copy.pk]))
        links = links[:1]
    assert {client.get(link).status_code for link in links} <= {404}


def test_a_member_who_was_removed_is_told_nothing_more(world, sign_in, monkeypatch):
    """A revoked member went on receiving notifications, with what they said."""
    sent = []
    monkeypatch.setattr("core.outbox.services.send", lambda _task, *arguments: sent.append(arguments))
    publication = publication_of(world.a)
    sign_in(world.a.partner).get(reverse("partners:publication", args=[publication.pk]))
    with acting_as(world.a.coordinator) as scope:
        given = Publication.objects.get(pk=publication.pk)
        version = version_of(given, state_of(given))
        services.withdraw(scope, given, reason="Faits à une autre adresse", version=version, site_url=SITE)
    with system_scope("seeding"):
        notice = Notice.objects.get(user=world.a.partner)
        Mandate.objects.filter(pk=world.a.mandate.pk).update(ends_on=today())
    tasks.send_notice(notice.pk, world.a.partner.pk, SITE)
    with system_scope("mail"):
        assert not Mail.objects.exists()
    assert mail.outbox == []
    home = sign_in(world.a.partner).get(reverse("partners:notices")).text
    assert "Résidence A" not in home
    assert json.dumps(sent).count("Résidence") == 0
