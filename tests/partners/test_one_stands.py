"""One publication of a day stands, and one version of a note; who comes second at the same thing is told so."""

import pytest
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from partners.models import NoteCopy, PublicationRequest, SynthesisNote
from partners.notes import services as notes
from partners.withdrawals import services
from partners.withdrawals.services import ReplacedError
from tests import factories as f
from tests.partners.test_withdrawals import REASON, page_of, superseded, withdrawn
from tests.partners.test_withdrawn_notes import version_of_note
from tests.partners.test_withdrawn_notes import withdrawn as note_withdrawn
from tests.sharing import copy_of, draft_of, issued_of, journal, publication_of
from tests.versions import opened


def _restored(world, note) -> None:
    with acting_as(world.a.coordinator) as scope:
        services.restore(scope, SynthesisNote.objects.get(pk=note.pk))


def _issued(world, note) -> bool:
    with acting_as(world.a.coordinator) as scope:
        return notes.issue_note(scope, SynthesisNote.objects.get(pk=note.pk), circle=world.a.circle)


def _standing() -> list[int]:
    with system_scope("seeding"):
        rows = SynthesisNote.objects.filter(issued_at__isnull=False, withdrawn_at=None)
        return list(rows.order_by("pk").values_list("pk", flat=True))


def test_a_version_is_not_restored_while_the_one_before_it_stands_again(world, sign_in):
    first, client = issued_of(world.a), sign_in(world.a.coordinator)
    second = version_of_note(world, client, first)
    assert _issued(world, second)
    note_withdrawn(world.a, second)
    _restored(world, first)
    said = client.post(reverse("partners:note_restore", args=[second.pk]), follow=True).text
    assert ("Une autre version de cette note est en vigueur" in said, _standing()) == (True, [first.pk])
    note_withdrawn(world.a, first)
    _restored(world, second)
    assert _standing() == [second.pk]


def test_of_three_versions_one_alone_is_issued_or_restored(world, sign_in):
    first, client = issued_of(world.a), sign_in(world.a.coordinator)
    second = version_of_note(world, client, first)
    assert _issued(world, second)
    note_withdrawn(world.a, second)
    third = version_of_note(world, client, second)
    _restored(world, first)
    # It replaces the second one; the first one stands.
    assert (_issued(world, third), _standing()) == (False, [first.pk])
    note_withdrawn(world.a, first)
    assert (_issued(world, third), _standing()) == (True, [third.pk])
    for former in (first, second):
        with pytest.raises(ReplacedError):
            _restored(world, former)


def test_a_publication_is_not_restored_beside_another_of_its_day(world, sign_in):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    publication_of(world.a)
    url = reverse("partners:publication_restore", args=[publication.pk])
    said = sign_in(world.a.coordinator).post(url, follow=True)
    assert (said.status_code, "Une autre publication du même jour est en vigueur" in said.text) == (200, True)


def test_what_was_replaced_is_not_replaced_once_more(world, sign_in):
    publication, client = publication_of(world.a), sign_in(world.a.coordinator)
    superseded(world, client, publication)
    url = reverse("partners:publication_supersede", args=[publication.pk])
    said = client.post(url, {"reason": "Autre"} | opened(client, url), follow=True)
    assert said.redirect_chain == [(page_of(publication), 302)]
    assert [words in said.text for words in ("est en vigueur : retirez-la", "Les niveaux sont publiés")] == [
        True,
        False,
    ]


def test_the_second_who_replaces_a_publication_is_told_the_reason_that_counts(world, sign_in):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
    url = reverse("partners:publication_supersede", args=[publication.pk])
    said = []
    for client, reason in ((sign_in(world.a.coordinator), REASON), (sign_in(colleague), "Tout autre")):
        page = client.post(url, {"reason": reason} | opened(client, url), follow=True).text
        said.append(f"déjà demandée, avec le motif « {REASON} »" in page)
    assert said == [False, True]
    with system_scope("seeding"):
        assert PublicationRequest.objects.get().reason == REASON


def test_a_draft_that_is_issued_while_it_is_abandoned_stays(world, sign_in, monkeypatch):
    note, abandon = draft_of(world.a), notes.abandon_note
    monkeypatch.setattr(
        notes, "abandon_note", lambda scope, given: _issued(world, given) and abandon(scope, given)
    )
    page = sign_in(world.a.coordinator).post(reverse("partners:note_abandon", args=[note.pk]), follow=True)
    assert (page.status_code, _standing()) == (200, [note.pk])
    assert "ne peut pas être abandonnée" in page.text


def test_a_draft_is_abandoned_once(world):
    note = draft_of(world.a)
    with acting_as(world.a.coordinator) as scope:
        read = SynthesisNote.objects.get(pk=note.pk)
        assert [notes.abandon_note(scope, row) for row in (SynthesisNote.objects.get(pk=note.pk), read)] == [
            True, False
        ]  # fmt: skip
    assert [entry[0] for entry in journal(world.a.coordinator)] == ["cancel"]


def test_a_copy_is_revoked_once_at_its_first_moment(world, sign_in):
    copy, client = copy_of(issued_of(world.a), world.a.partner), sign_in(world.a.coordinator)
    moments = []
    for _time in range(2):
        said = client.post(reverse("partners:copy_revoke", args=[copy.pk]), follow=True).text
        with system_scope("seeding"):
            moments.append(NoteCopy.objects.get(pk=copy.pk).revoked_at)
    assert (moments[0], "déjà révoqué" in said) == (moments[1], True)
    assert [entry[:2] for entry in journal(world.a.coordinator)].count(("cancel", "partners.notecopy")) == 1
