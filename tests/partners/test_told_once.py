"""Whoever had read what was withdrawn hears what holds now, once, and is led to what stands in its place."""

from django.urls import reverse

from accounts.scope import acting_as, system_scope
from partners.models import Notice, SynthesisNote
from partners.notes.services import issue_note
from tests import factories as f
from tests.partners.test_withdrawals import page_of, plain, restored, superseded, withdrawn
from tests.partners.test_withdrawn_notes import document_of, version_of_note
from tests.partners.test_withdrawn_notes import withdrawn as note_withdrawn
from tests.sharing import copy_of, issued_of, publication_of

AGAIN = "ce que vous aviez lu vaut de nouveau"
NEWER = "Voir la nouvelle version parmi les notes"


def _first_page(client) -> str:
    return plain(client.get(reverse("home"), follow=True).text)


def _issued(world, made) -> None:
    with acting_as(world.a.coordinator) as scope:
        assert issue_note(scope, SynthesisNote.objects.get(pk=made.pk), circle=world.a.circle)


def test_what_was_restored_and_withdrawn_again_is_told_as_withdrawn_alone(world, sign_in):
    publication, client = publication_of(world.a), sign_in(world.a.partner)
    client.get(page_of(publication))
    withdrawn(world.a, publication)
    restored(world.a, publication)
    assert AGAIN in _first_page(client)
    withdrawn(world.a, publication, reason="Encore")
    for page in (_first_page(client), plain(client.get(reverse("partners:notices")).text)):
        assert (page.count("Encore"), AGAIN in page) == (1, False)
    restored(world.a, publication)
    assert _first_page(client).count(AGAIN) == 1


def test_a_note_that_was_restored_and_withdrawn_again_too(world, sign_in):
    note, client = issued_of(world.a), sign_in(world.a.partner)
    note_withdrawn(world.a, note)
    sign_in(world.a.coordinator).post(reverse("partners:note_restore", args=[note.pk]))
    other = issued_of(world.a)
    note_withdrawn(world.a, other)
    # That of another note denies nothing.
    assert _first_page(client).count(AGAIN) == 1
    note_withdrawn(world.a, note)
    assert AGAIN not in _first_page(client)
    with system_scope("seeding"):
        assert Notice.objects.filter(user=world.a.partner).count() == 3


def test_whoever_takes_a_withdrawal_back_is_not_told_of_it(world, sign_in):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
    client, reader = sign_in(colleague), sign_in(world.a.partner)
    for person in (client, reader):
        person.get(page_of(publication))
    withdrawn(world.a, publication)
    client.post(reverse("partners:publication_restore", args=[publication.pk]))
    assert [AGAIN in _first_page(person) for person in (client, reader)] == [False, True]


def test_who_read_the_first_of_three_is_led_to_the_one_that_stands(world, sign_in):
    first, client, reader = publication_of(world.a), sign_in(world.a.coordinator), sign_in(world.a.partner)
    reader.get(page_of(first))
    second = superseded(world, client, first)
    third = superseded(world, client, second)
    for page in (page_of(first), reverse("partners:notices")):
        text = reader.get(page).text
        assert [page_of(given) in text for given in (second, third)] == [False, True]
    # The second one was not opened: nothing is told of it.
    with system_scope("seeding"):
        told = Notice.objects.filter(user=world.a.partner).values_list("withdrawal__publication", flat=True)
        assert list(told) == [first.pk]
    assert reverse("partners:publication_restore", args=[first.pk]) not in client.get(page_of(first)).text


def test_who_holds_the_first_version_of_a_note_is_led_to_the_one_that_stands(world, sign_in):
    first, client, reader = issued_of(world.a), sign_in(world.a.coordinator), sign_in(world.a.partner)
    second = version_of_note(world, client, first)
    _issued(world, second)
    note_withdrawn(world.a, second)
    copies = [document_of(copy_of(note, world.a.partner)) for note in (first, second)]
    assert copies[1] not in reader.get(copies[0]).text
    assert NEWER not in reader.get(reverse("partners:notices")).text
    third = version_of_note(world, client, second)
    _issued(world, third)
    newest = document_of(copy_of(third, world.a.partner))
    assert [newest in reader.get(copy).text for copy in copies] == [True, True]
    assert reader.get(reverse("partners:notices")).text.count(NEWER) == 2
