"""A mandate counts once its person has accepted the current text of the territory's charter."""

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from core.versions import version_of
from partners.charters.services import state_of
from partners.models import Charter, CharterAcceptance, Circle
from tests import factories as f
from tests.joining import joins
from tests.sharing import copy_of, issued_of, journal, publication_of


def _write(world, client, text="Ce qui se dit ici y reste."):
    with acting_as(world.a.coordinator):
        version = version_of(world.a.territory, state_of(world.a.territory))
    url = reverse("partners:charter_write", args=[world.a.territory.pk])
    return client.post(url, {"text": text, "version": version})


def _current(world) -> Charter:
    with system_scope("seeding"):
        return Charter.objects.filter(territory=world.a.territory).latest("number")


def _accept(world, client):
    return client.post(reverse("partners:charter_accept", args=[_current(world).pk]))


def test_each_new_text_closes_the_circle_until_it_is_accepted(world, sign_in):
    publication, note = publication_of(world.a), issued_of(world.a)
    urls = [
        reverse("partners:circle", args=[world.a.circle.pk]),
        reverse("partners:publication", args=[publication.pk]),
        reverse("partners:copy_document", args=[copy_of(note, world.a.partner).pk]),
    ]
    coordinator, member = sign_in(world.a.coordinator), sign_in(world.a.partner)

    def answers():
        return [member.get(url).status_code for url in urls]

    assert answers() == [200] * 3

    def leads(url):
        return f'href="{reverse("partners:charter", args=[world.a.territory.pk])}"' in member.get(url).text

    # The text of a former version is a new one.
    for text in ("Un premier texte.", "Un autre texte.", "Un premier texte."):
        assert _write(world, coordinator, text).status_code == 302
        assert answers() == [404] * 3
        # A tab that was open before says why, and leads to the text.
        assert [leads(url) for url in [*urls, "/nulle-part/"]] == [True] * 4
        assert "Chartes à accepter" in member.get(reverse("partners:circles")).text
        page = member.get(reverse("partners:charter", args=[world.a.territory.pk])).text
        assert (text in page, "je l’accepte" in page) == (True, True)
        assert (
            "pas encore : sans accès"
            in coordinator.get(reverse("partners:charter", args=[world.a.territory.pk])).text
        )
        assert "n’a pas encore accepté la charte" in coordinator.get(urls[0]).text
        assert "Vous l’avez acceptée" not in page
        _accept(world, member)
        assert answers() == [200] * 3
        assert (
            "Vous l’avez acceptée le"
            in member.get(reverse("partners:charter", args=[world.a.territory.pk])).text
        )
        # What was accepted stays in reach.
        assert reverse("partners:charter", args=[world.a.territory.pk]) in member.get(urls[0]).text
    assert "Version 1" in coordinator.get(reverse("partners:charter", args=[world.a.territory.pk])).text
    written = coordinator.get(reverse("partners:charter_write", args=[world.a.territory.pk])).text
    assert "Reprendre un texte antérieur fait aussi une nouvelle version" in written


def test_who_is_invited_sees_the_circle_once_both_are_accepted(world, sign_in):
    _write(world, sign_in(world.a.coordinator))
    joins(world.a, world.b.partner)
    with acting_as(world.b.partner):
        assert list(Circle.objects.all()) == [world.b.circle]
    _accept(world, sign_in(world.b.partner))
    with acting_as(world.b.partner):
        assert set(Circle.objects.all()) == {world.a.circle, world.b.circle}


def test_the_charter_of_another_territory_is_neither_read_nor_accepted(world, sign_in):
    with system_scope("seeding"):
        other = f.CharterFactory(territory=world.b.territory)
    for user in (world.a.coordinator, world.a.partner):
        assert sign_in(user).get(reverse("partners:charter", args=[world.b.territory.pk])).status_code == 404
    assert (
        sign_in(world.a.partner).post(reverse("partners:charter_accept", args=[other.pk])).status_code == 404
    )
    with acting_as(world.a.partner), pytest.raises(DatabaseError), transaction.atomic():
        CharterAcceptance.objects.create(charter=other, user=world.a.partner)


def test_a_text_that_was_replaced_meanwhile_is_not_accepted(world, sign_in):
    coordinator, member = sign_in(world.a.coordinator), sign_in(world.a.partner)
    _write(world, coordinator, "Un premier texte.")
    first = _current(world)
    _write(world, coordinator, "Un autre texte.")
    member.post(reverse("partners:charter_accept", args=[first.pk]))
    with acting_as(world.a.partner):
        assert (CharterAcceptance.objects.count(), Circle.objects.count()) == (0, 0)


def test_writing_and_accepting_are_in_the_councils_journal_and_the_same_text_is_refused(world, sign_in):
    coordinator, member = sign_in(world.a.coordinator), sign_in(world.a.partner)
    _write(world, coordinator)
    assert journal(world.a.coordinator)[-1] == ("create", "partners.charter", world.a.town.pk)
    assert _write(world, coordinator).status_code == 422
    _accept(world, member)
    _accept(world, member)
    with system_scope("seeding"):
        assert CharterAcceptance.objects.count() == 1
    told = [entry for entry in journal(world.a.partner) if entry[1] == "partners.charter"]
    assert told == [("update", "partners.charter", world.a.town.pk)]


def test_members_are_mailed_without_content_when_the_text_changes(
    world, sign_in, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        _write(world, sign_in(world.a.coordinator), "Un texte confidentiel.")
    (message,) = mail.outbox
    assert (message.to, "confidentiel" in message.body) == ([world.a.partner.email], False)


@pytest.mark.parametrize("who", ["coordinator", "member"])
def test_nobody_changes_a_text_or_accepts_for_another(world, who):
    with system_scope("seeding"):
        charter = f.CharterFactory(territory=world.a.territory)
    user, other = (
        (world.a.coordinator, world.a.partner) if who == "coordinator" else (world.a.partner, world.b.partner)
    )
    with acting_as(user):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Charter.objects.update(text="")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Charter.objects.all().delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            CharterAcceptance.objects.create(charter=charter, user=other)
