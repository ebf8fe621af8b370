"""Withdraw issued notes and replace them by new versions: the copies open no more, and say why and by what."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from core.dates import long_date
from core.versions import version_of
from partners.models import Mandate, NoteCopy, Notice, SynthesisNote, Withdrawal
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.notes.terms import usual_end
from partners.withdrawals import services
from partners.withdrawals.services import ReplacedError, state_of
from tests import factories as f
from tests.joining import joins
from tests.sharing import copy_of, draft_of, issued_of, journal, pages_of
from tests.versions import opened

REASON = "Perturbation saisie par erreur"


def withdrawn(side, note):
    with acting_as(side.coordinator) as scope:
        given = SynthesisNote.objects.get(pk=note.pk)
        services.withdraw(scope, given, reason=REASON, version=version_of(given, state_of(given)))


def document_of(copy) -> str:
    return reverse("partners:copy_document", args=[copy.pk])


def seen(user, note) -> bool:
    with acting_as(user):
        return SynthesisNote.objects.filter(pk=note.pk).exists()


def test_a_withdrawn_copy_is_no_longer_downloaded_and_says_why_until_it_is_restored(world, sign_in):
    note = issued_of(world.a)
    url, client = document_of(copy_of(note, world.a.partner)), sign_in(world.a.partner)
    assert client.get(url).headers["Content-Type"] == "application/pdf"
    withdrawn(world.a, note)
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (410, "text/html; charset=utf-8")
    assert (REASON in answer.text, "par Ville A" in answer.text) == (True, True)
    listed = client.get(reverse("partners:notes")).text
    assert ("Notes retirées" in listed, REASON in listed, url in listed) == (True, True, True)
    with acting_as(world.a.coordinator) as scope:
        services.restore(scope, SynthesisNote.objects.get(pk=note.pk))
    assert client.get(url).headers["Content-Type"] == "application/pdf"
    assert "Notes retirées" not in client.get(reverse("partners:notes")).text


def test_neither_who_read_the_draft_alone_nor_who_has_left_the_circle_is_told(world, sign_in):
    draft = draft_of(world.a)
    with system_scope("seeding"):
        reader = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
        left = f.MandateFactory(circle=world.a.circle, user__full_name="Parti")
        gone = joins(world.a, world.b.partner)
    sign_in(reader).get(reverse("partners:note_document", args=[draft.pk]))
    with acting_as(world.a.coordinator) as scope:
        issue_note(scope, draft, circle=world.a.circle)
    with system_scope("seeding"):
        assert NoteCopy.objects.filter(note=draft, mandate__in=[left, gone]).count() == 2
        Mandate.objects.filter(pk=gone.pk).update(starts_on="2020-01-01", ends_on="2020-02-01")
    withdrawn(world.a, draft)
    with system_scope("seeding"):
        assert [notice.user_id for notice in Notice.objects.all()] == [world.a.partner.pk]


def test_a_version_that_is_asked_for_again_is_told_and_the_first_one_opened(world, sign_in):
    note, client = issued_of(world.a), sign_in(world.a.coordinator)
    url = reverse("partners:note_supersede", args=[note.pk])
    sent = {"reason": REASON} | opened(client, url)
    first = client.post(url, sent)
    again = client.post(url, sent, follow=True)
    assert (again.redirect_chain, "déjà demandée" in again.text) == ([(first.url, 302)], True)
    client.post(url, sent | {"reason": "Autre motif"})
    with system_scope("seeding"):
        assert SynthesisNote.objects.filter(supersedes=note).count() == 2


def test_each_page_of_a_withdrawn_note_says_when_and_why_it_was(world, sign_in):
    note = issued_of(world.a)
    url, client = reverse("partners:note_document", args=[note.pk]), sign_in(world.a.coordinator)
    assert not any("RETIRÉE" in page for page in pages_of(client.get(url).content))
    withdrawn(world.a, note)
    said = f"RETIRÉE le {long_date(timezone.localdate())} : {REASON}"
    pages = [" ".join(page.replace("\xa0", " ").split()) for page in pages_of(client.get(url).content)]
    assert [said.replace("\xa0", " ") in page for page in pages] == [True] * len(pages)
    assert len(pages) > 1


def test_the_row_of_a_withdrawn_note_with_all_it_says_is_open_to_its_coordinators_alone(world):
    note = issued_of(world.a, landlord=world.a.landlord)
    people = (world.a.partner, world.a.lead, world.a.coordinator)
    assert [seen(person, note) for person in people] == [True, True, True]
    withdrawn(world.a, note)
    assert [seen(person, note) for person in people] == [False, False, True]


def test_whoever_holds_a_copy_or_downloaded_the_document_is_told_on_the_first_page(world, sign_in):
    note = issued_of(world.a, landlord=world.a.landlord)
    lead = sign_in(world.a.lead)
    lead.get(reverse("partners:note_document", args=[note.pk]))
    withdrawn(world.a, note)
    with system_scope("seeding"):
        told = set(Notice.objects.values_list("user_id", flat=True))
    # The partner holds a copy, though they never opened it.
    assert told == {world.a.partner.pk, world.a.lead.pk}
    for client in (lead, sign_in(world.a.partner)):
        page = client.get(reverse("home"), follow=True).text
        assert ("Ce qui a changé dans ce que vous aviez lu" in page, REASON in page) == (True, True)


def test_who_holds_no_copy_any_more_is_not_told(world):
    note = issued_of(world.a)
    with system_scope("seeding"):
        NoteCopy.objects.update(revoked_at="2026-01-01T00:00Z")
    withdrawn(world.a, note)
    with system_scope("seeding"):
        assert not Notice.objects.exists()


def test_a_draft_cannot_be_withdrawn_nor_replaced(world, sign_in):
    with acting_as(world.a.coordinator):
        draft = SynthesisNote.objects.create(territory=world.a.territory, as_of="2026-01-01")
    client = sign_in(world.a.coordinator)
    for name in ("note_withdraw", "note_supersede"):
        assert client.get(reverse(f"partners:{name}", args=[draft.pk])).status_code == 404
    assert client.post(reverse("partners:note_restore", args=[draft.pk])).status_code == 404


def version_of_note(world, client, note, reason=REASON) -> SynthesisNote:
    url = reverse("partners:note_supersede", args=[note.pk])
    answer = client.post(url, {"reason": reason} | opened(client, url))
    with acting_as(world.a.coordinator):
        made = SynthesisNote.objects.get(supersedes=note, content__isnull=True)
        freeze(made)
        SynthesisNote.objects.filter(pk=made.pk).update(state="done")
    assert answer.headers["Location"] == reverse("partners:note", args=[made.pk])
    return made


def test_a_new_version_replaces_the_note_once_it_is_issued(world, sign_in):
    note, client = issued_of(world.a, landlord=world.a.landlord), sign_in(world.a.coordinator)
    made = version_of_note(world, client, note)
    assert (made.landlord_id, made.as_of, made.reason) == (note.landlord_id, note.as_of, REASON)
    assert seen(world.a.partner, note)
    with system_scope("seeding"):
        other = f.CircleFactory(territory=world.a.territory, name="Autre cellule")
    issue = reverse("partners:note_issue", args=[made.pk])
    until = {"until": usual_end().isoformat()}
    assert client.post(issue, until | {"circle": other.pk}).status_code == 422
    assert client.post(issue, until | {"circle": world.a.circle.pk}).status_code == 302
    assert [seen(world.a.partner, row) for row in (note, made)] == [False, True]
    answer = sign_in(world.a.partner).get(document_of(copy_of(note, world.a.partner)))
    newer = document_of(copy_of(made, world.a.partner))
    assert (answer.status_code, REASON in answer.text, newer in answer.text) == (410, True, True)
    page = client.get(reverse("partners:note", args=[note.pk])).text
    assert reverse("partners:note", args=[made.pk]) in page
    with acting_as(world.a.coordinator) as scope, pytest.raises(ReplacedError):
        services.restore(scope, SynthesisNote.objects.get(pk=note.pk))


def test_one_new_version_alone_replaces_a_note(world, sign_in):
    note, client = issued_of(world.a), sign_in(world.a.coordinator)
    first, second = (version_of_note(world, client, note, reason) for reason in (REASON, "Autre"))
    with acting_as(world.a.coordinator) as scope:
        assert issue_note(scope, SynthesisNote.objects.get(pk=first.pk), circle=world.a.circle)
        assert not issue_note(scope, SynthesisNote.objects.get(pk=second.pk), circle=world.a.circle)
        assert SynthesisNote.objects.get(pk=second.pk).issued_at is None
        assert Withdrawal.objects.get().new_version_id == first.pk


def test_a_member_who_came_while_it_was_withdrawn_gets_a_copy_when_it_is_restored(world):
    note = issued_of(world.a)
    withdrawn(world.a, note)
    with system_scope("seeding"):
        newcomer = f.MandateFactory(circle=world.a.circle)
        revoked = f.MandateFactory(circle=world.a.circle)
        NoteCopy.objects.create(
            note=note, mandate=revoked, number=9, until="2026-12-31", revoked_at="2026-01-01T00:00Z"
        )
    with acting_as(world.a.coordinator) as scope:
        services.restore(scope, SynthesisNote.objects.get(pk=note.pk))
    with system_scope("seeding"):
        copies = NoteCopy.objects.filter(note=note, revoked_at=None).values_list("mandate", flat=True)
        assert set(copies) == {world.a.mandate.pk, newcomer.pk}


def test_each_act_on_a_note_is_in_the_journals_of_the_town_and_of_the_landlords(world):
    note = issued_of(world.a)
    withdrawn(world.a, note)
    with acting_as(world.a.coordinator) as scope:
        services.restore(scope, SynthesisNote.objects.get(pk=note.pk))
    acts = [entry for entry in journal(world.a.coordinator) if entry[0] != "publish"]
    both = (world.a.town.pk, world.a.landlord.pk)
    assert acts == [(action, "partners.synthesisnote", pk) for action in ("cancel", "update") for pk in both]
