"""A note that closed with what is shared no more says why to its coordinator, who withdraws it all the same."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from partners.models import SynthesisNote, Withdrawal
from partners.notes.services import issue_note
from sites.models import SharingAgreement
from tests.partners.test_withdrawn_notes import REASON, withdrawn
from tests.sharing import issued_of
from tests.versions import opened


def close(world, how="commune"):
    with system_scope("seeding"):
        if how == "commune":
            world.a.territory.communes.remove(world.commune)
        else:
            SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(
                ends_on="2020-01-01", starts_on="2019-01-01"
            )


def open_again(world):
    with system_scope("seeding"):
        world.a.territory.communes.add(world.commune)


def url(name, note):
    return reverse(f"partners:{name}", args=[note.pk])


def stands(note):
    with system_scope("seeding"):
        return SynthesisNote.objects.get(pk=note.pk).withdrawn_at is None


@pytest.mark.parametrize("how", ["commune", "agreement"])
@pytest.mark.parametrize("about", ["territory", "landlord"])
def test_a_closed_note_says_why_and_is_withdrawn(world, sign_in, how, about):
    note = issued_of(world.a, landlord=world.a.landlord if about == "landlord" else None)
    close(world, how)
    client = sign_in(world.a.coordinator)
    assert f'href="{url("note", note)}"' in client.get(reverse("partners:notes")).text
    page = client.get(url("note", note)).text
    assert [
        words in page
        for words in ("Cette note est fermée", f"ce territoire : {world.commune}.", "1 rue A", "Résidence A")
    ] == [True, True, False, False]
    withdraw = url("note_withdraw", note)
    answer = client.post(withdraw, {"reason": REASON} | opened(client, withdraw), follow=True)
    assert ("Note retirée" in answer.text, REASON in answer.text, stands(note)) == (True, True, False)
    with system_scope("seeding"):
        found = Withdrawal.objects.get(note=note)
        assert (found.about, found.landlord_id) == (
            (str(world.a.landlord), world.a.landlord.pk)
            if about == "landlord"
            else (str(world.a.territory), None)
        )
        assert [notice.user_id for notice in found.notices.all()] == [world.a.partner.pk]


def test_its_reason_is_corrected_and_it_stays_withdrawn_once_it_is_shared_again(world, sign_in):
    note, client = issued_of(world.a), sign_in(world.a.coordinator)
    close(world)
    withdraw = url("note_withdraw", note)
    for reason in (REASON, "Autre motif"):
        client.post(withdraw, {"reason": reason} | opened(client, withdraw))
    assert "Autre motif" in client.get(url("note", note)).text
    open_again(world)
    assert stands(note) is False
    assert "Cette note est fermée" not in client.get(url("note", note)).text
    assert "Notes fermées" not in client.get(reverse("partners:notes")).text


def test_nobody_else_learns_of_it(world, sign_in):
    note = issued_of(world.a)
    close(world)
    for person in (world.b.coordinator, world.a.partner, world.a.lead, world.admin):
        client = sign_in(person)
        assert {client.get(url(name, note)).status_code for name in ("note", "note_withdraw")} <= {403, 404}
        assert "Notes fermées" not in client.get(reverse("partners:notes")).text
    assert sign_in(world.a.coordinator).post(url("note_restore", note)).status_code == 404


def test_a_version_replaces_one_that_closed_and_none_stands_beside_it(world):
    first = issued_of(world.a)
    said = {"territory": world.a.territory, "as_of": first.as_of, "digest": "0" * 64, "reason": REASON}
    with system_scope("seeding"):
        # They rest on nothing that is shared no more.
        second, third = (
            SynthesisNote.objects.create(**said, supersedes=first, content={"territory": "A", "landlord": ""})
            for _n in range(2)
        )
    close(world)
    with acting_as(world.a.coordinator) as scope:
        issued = [
            issue_note(scope, SynthesisNote.objects.get(pk=note.pk), circle=world.a.circle)
            for note in (second, third)
        ]
    assert (issued, [stands(note) for note in (first, second)]) == ([True, False], [False, True])


def test_a_closed_version_still_stands(world):
    first = issued_of(world.a)
    withdrawn(world.a, first)
    second = issued_of(world.a)
    with system_scope("seeding"):
        said = {"territory": world.a.territory, "as_of": first.as_of, "digest": "0" * 64, "reason": REASON}
        other = SynthesisNote.objects.create(
            **said, supersedes=first, content={"territory": "A", "landlord": ""}
        )
        later = SynthesisNote.objects.create(
            **said, supersedes=first, circle=world.a.circle, issued_at=timezone.now(), copies_until=first.copies_until, shares=second.shares,
            landlords=second.landlords, content={"territory": "A", "landlord": ""},
        )  # fmt: skip
    close(world)
    with acting_as(world.a.coordinator) as scope:
        assert not issue_note(scope, SynthesisNote.objects.get(pk=other.pk), circle=world.a.circle)
    assert stands(later)
