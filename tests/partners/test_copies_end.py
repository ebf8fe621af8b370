"""The copies of a note are downloaded until a day: after it no more, by anybody, until the coordinator puts it off."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AuditAction, Role
from accounts.scope import acting_as, system_scope
from partners.circles.copies import number_copies_of
from partners.models import NoteCopy, SynthesisNote
from partners.notes.terms import MOST_DAYS, USUAL_DAYS, set_end, state_of
from partners.withdrawals.services import restore, take_away
from tests import factories as f
from tests.journals import entries
from tests.sharing import copy_of, draft_of, issued_of
from tests.versions import opened, planted
from tests.world import signed_in


@pytest.fixture
def note(world):
    return issued_of(world.a)


@pytest.fixture
def copy(world, note):
    return copy_of(note, world.a.partner)


def _days(number: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(number)


def _end(world, note, until: dt.date) -> None:
    with acting_as(world.a.coordinator) as scope:
        assert set_end(scope, note, until=until, version=planted(note, state_of)["version"])


def _document(world, copy):
    return signed_in(world.a.partner).get(reverse("partners:copy_document", args=[copy.pk]))


def test_whoever_issues_a_note_chooses_the_last_day_of_its_copies(world):
    draft, client = draft_of(world.a), signed_in(world.a.coordinator)
    page, issue = (reverse(f"partners:{name}", args=[draft.pk]) for name in ("note", "note_issue"))
    form = client.get(page).context["form"]
    assert form["until"].value() == _days(USUAL_DAYS)
    sent = {"circle": world.a.circle.pk}
    for wrong in ("", _days(-1), _days(MOST_DAYS + 1)):
        assert client.post(issue, sent | {"until": wrong}).status_code == 422
    assert client.post(issue, sent | {"until": _days(10)}).status_code == 302
    with system_scope("seeding"):
        copies = set(NoteCopy.objects.filter(note=draft).values_list("until", flat=True))
        assert (copies, SynthesisNote.objects.get(pk=draft.pk).copies_until) == ({_days(10)}, _days(10))
    told = entries(object_type="partners.synthesisnote", action="publish", object_id=str(draft.pk))
    assert {one.detail["copies_until"] for one in told} == {_days(10).isoformat()}


def test_both_sides_read_the_last_day_before_it_has_passed(world, note, copy):
    seen = signed_in(world.a.coordinator).get(reverse("partners:note", args=[note.pk])).text
    assert "Téléchargeables jusqu’au" in seen
    listed = signed_in(world.a.partner).get(reverse("partners:notes"))
    assert reverse("partners:copy_document", args=[copy.pk]) in listed.text
    assert "jusqu’au" in listed.text
    assert list(listed.context["ended"]) == []


def test_a_copy_opens_on_its_last_day_and_no_more_on_the_next(world, note, copy):
    _end(world, note, _days(3))
    for days, status, stored in ((3, 200, 1), (4, 410, 0)):
        with time_machine.travel(timezone.now() + dt.timedelta(days)):
            answer = _document(world, copy)
            assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (
                status,
                "application/pdf" if status == 200 else "text/html",
            )
            # Nor is there a row for whoever asks the database itself.
            with acting_as(world.a.partner):
                assert SynthesisNote.objects.count() == stored


def test_the_page_after_the_end_says_so_and_nothing_of_the_note(world, note, copy):
    _end(world, note, _days(0))
    with time_machine.travel(timezone.now() + dt.timedelta(1)):
        answer = _document(world, copy)
        assert "Cet exemplaire se téléchargeait jusqu’au" in answer.text
        assert "le coordonnateur la lit sur la page de la note" in answer.text
        listed = signed_in(world.a.partner).get(reverse("partners:notes"))
        assert [one.pk for one in listed.context["ended"]] == [copy.pk]
        assert "Exemplaires arrivés à leur terme" in listed.text
        for page in (answer.text, listed.text):
            assert note.digest not in page
            assert world.a.residence.name not in page


def test_the_coordinator_reads_who_asked_after_the_end_and_the_journals_too(world, note, copy):
    _end(world, note, _days(0))
    page = reverse("partners:note", args=[note.pk])
    with time_machine.travel(timezone.now() + dt.timedelta(1)):
        before = signed_in(world.a.coordinator).get(page)
        assert (before.context["refusals"], "Le terme est passé" in before.text) == ({}, True)
        _document(world, copy)
        after = signed_in(world.a.coordinator).get(page)
        assert set(after.context["refusals"]) == {copy.pk}
        assert "demandé après le terme" in after.text
        refused = entries(action=AuditAction.REFUSED, object_type="partners.notecopy")
        assert {(one.organisation_id, one.actor_id, one.object_id) for one in refused} == {
            (organisation.pk, world.a.partner.pk, str(copy.pk))
            for organisation in (world.a.town, world.a.police)
        }
        assert signed_in(world.b.coordinator).get(page).status_code == 404


def test_putting_the_end_off_opens_every_copy_again_but_those_that_were_revoked(world, note, copy):
    _end(world, note, _days(0))
    with time_machine.travel(timezone.now() + dt.timedelta(5)):
        with system_scope("seeding"):
            late = f.MandateFactory(circle=world.a.circle)
            revoked = NoteCopy.objects.create(
                note=note, mandate=late, number=9, until=copy.until, revoked_at=timezone.now()
            )
        client, page = signed_in(world.a.coordinator), reverse("partners:note_term", args=[note.pk])
        sent = opened(client, page)
        for wrong in ("", _days(-1), _days(MOST_DAYS + 1)):
            assert client.post(page, sent | {"until": wrong}).status_code == 422
        assert client.post(page, sent | {"until": _days(30)}).status_code == 302
        assert _document(world, copy).status_code == 200
        with acting_as(late.user):
            assert not SynthesisNote.objects.exists()
            assert not NoteCopy.objects.filter(pk=revoked.pk).exists()
    told = [one for one in entries(action="update", object_id=str(note.pk)) if "former_until" in one.detail]
    assert {one.organisation_id for one in told[len(told) // 2 :]} == {world.a.town.pk, *note.landlords}
    assert (told[-1].detail["former_until"], told[-1].detail["copies_until"]) == (
        _days(0).isoformat(),
        _days(35).isoformat(),
    )


def test_of_two_who_change_the_end_the_second_is_asked(world, note):
    client, page = signed_in(world.a.coordinator), reverse("partners:note_term", args=[note.pk])
    old = opened(client, page)
    assert client.post(page, old | {"until": _days(20)}).status_code == 302
    for stale in (old, {}):
        assert client.post(page, stale | {"until": _days(40)}).status_code == 409
    # What is written already needs no choice, and no entry.
    assert client.post(page, old | {"until": _days(20)}).status_code == 302
    with system_scope("seeding"):
        assert SynthesisNote.objects.get(pk=note.pk).copies_until == _days(20)
    told = entries(action="update", detail__copies_until=_days(20).isoformat())
    assert len(told) == len({world.a.town.pk, *note.landlords})


def test_a_member_who_joins_later_gets_a_copy_with_the_end_that_counts_then(world, note):
    _end(world, note, _days(7))
    with system_scope("seeding"):
        mandate = f.MandateFactory(circle=world.a.circle)
    with acting_as(world.a.coordinator):
        number_copies_of(mandate)
        assert NoteCopy.objects.get(note=note, mandate=mandate).until == _days(7)


def test_a_note_that_is_not_issued_has_no_end_to_change(world):
    draft = draft_of(world.a)
    page = reverse("partners:note_term", args=[draft.pk])
    assert signed_in(world.a.coordinator).get(page).status_code == 404


def test_a_withdrawn_note_says_why_also_after_its_copies_end(world, note, copy):
    _end(world, note, _days(0))
    with acting_as(world.a.coordinator) as scope:
        take_away(scope, SynthesisNote.objects.get(pk=note.pk), reason="Faits mal placés")
    with time_machine.travel(timezone.now() + dt.timedelta(1)):
        answer = _document(world, copy)
        assert (answer.status_code, "Faits mal placés" in answer.text) == (410, True)
        assert list(signed_in(world.a.partner).get(reverse("partners:notes")).context["ended"]) == []
        # Taking the withdrawal back does not open what has ended.
        with acting_as(world.a.coordinator) as scope:
            restore(scope, SynthesisNote.objects.get(pk=note.pk))
        assert "Cet exemplaire se téléchargeait jusqu’au" in _document(world, copy).text


def test_whoever_coordinates_and_holds_a_copy_does_not_open_it_after_its_end_either(world, note, copy):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.partner, organisation=world.a.town, role=Role.COORDINATOR)
    _end(world, note, _days(0))
    with time_machine.travel(timezone.now() + dt.timedelta(1)):
        assert _document(world, copy).status_code == 410


def test_no_partner_changes_an_end(world, note, copy):
    page = reverse("partners:note_term", args=[note.pk])
    assert signed_in(world.a.partner).post(page, {"until": _days(300)}).status_code == 403
    with acting_as(world.a.partner):
        assert NoteCopy.objects.filter(pk=copy.pk).update(until=_days(300)) == 0
        assert SynthesisNote.objects.filter(pk=note.pk).update(copies_until=_days(300)) == 0
