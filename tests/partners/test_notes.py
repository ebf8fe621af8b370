"""Synthesis notes: exact figures, a frozen content, numbered copies for their holders alone."""

import datetime as dt
import io
import re

import pypdf
import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.scope import acting_as, system_scope
from classification.models import Finding, SiteLevel
from core.jobs import LATE, JobError, JobState, Progress
from partners.circles.services import end_mandate
from partners.models import Mandate, NoteCopy, SynthesisNote
from partners.notes import content as contents
from partners.notes.content import digest_of
from partners.notes.forms import IssueForm
from partners.notes.rendering import Recipient, digest_of_rendering, render
from partners.notes.services import issue_note, request_note, retry_note, revoke_copy
from partners.notes.tasks import make_note
from partners.notes.views import _note_context
from sites.models import Address, Residence, SharingAgreement
from tests import factories as f
from tests.joining import joins
from tests.sharing import copy_of, draft_of, issued_of, journal, pages_of, today


def document(client, name: str, pk: int) -> list[str]:
    response = client.get(reverse(f"partners:{name}", args=[pk]))
    assert response.status_code == 200, response.status_code
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "no-store"
    return pages_of(response.content)


def test_figures_are_the_databases_at_that_date(world):
    """Counted again from the stored levels, which the note never reads."""
    note = draft_of(world.a)
    with system_scope("seeding"):
        own = {"landlord": world.a.landlord}
        for row in note.content["figures"]["levels"]:
            at = {"level": row["level"], **own}
            residences = SiteLevel.objects.filter(address=None, **at).values("residence_id")
            assert row["sites"] == len(residences)
            assert row["addresses"] == SiteLevel.objects.filter(address__isnull=False, **at).count()
            dwellings = Residence.objects.filter(pk__in=residences).values_list("dwellings", flat=True)
            assert row["dwellings"] == sum(dwellings)
        found = Finding.objects.filter(address=None, **own).select_related("fact_type")
        assert {
            t["label"]: (t["sites"], t["occurrences"]) for t in note.content["figures"]["fact_types"]
        } == {finding.fact_type.label_fr: (1, finding.in_occasional) for finding in found}
        assert sum(r["addresses"] for r in note.content["figures"]["levels"]) == (
            Address.objects.filter(**own).count()
        )
    assert note.landlords == [world.a.landlord.pk]


def test_the_trend_is_what_a_note_of_that_day_would_say(world):
    months = {row["day"]: row["levels"] for row in draft_of(world.a).content["figures"]["trend"]}
    day = today() - dt.timedelta(4)
    with system_scope("seeding"):
        f.IncidentFactory(
            address=world.a.other_address, code="WEAPONS", day=day.replace(day=1) - dt.timedelta(9)
        )
    later = draft_of(world.a).content["figures"]["trend"]
    assert len(later) == len(months) == 13
    for row in later[-2:]:
        then = draft_of(world.a, as_of=dt.date.fromisoformat(row["day"]))
        assert row["levels"] == [level["sites"] for level in then.content["figures"]["levels"]]


def test_a_note_on_a_landlord_speaks_of_no_other(world):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    both, one = draft_of(world.a), draft_of(world.a, landlord=world.a.landlord)
    assert {site["landlord"] for site in both.content["sites"]} == {"Bailleur A", "Bailleur B"}
    assert {site["landlord"] for site in one.content["sites"]} == {"Bailleur A"}
    pdf = render(
        one.content, Recipient("X", "Y", "Z"), content_digest=one.digest, at=timezone.now(), issued_at=None
    ).pdf
    text = "".join(pages_of(pdf))
    assert "Bailleur A" in text
    assert "Bailleur B" not in text
    assert "Résidence B" not in text


def test_digest_is_that_of_the_stored_content(world):
    note = draft_of(world.a)
    with acting_as(world.a.coordinator):
        stored = SynthesisNote.objects.get(pk=note.pk)
    assert digest_of(stored.content) == stored.digest == note.digest


@pytest.mark.parametrize(
    ("change", "trigger"),
    [
        ({"content": {}}, "note_content_is_frozen"),
        ({"digest": "0" * 64}, "note_content_is_frozen"),
        ({"landlords": []}, "note_content_is_frozen"),
        ({"as_of": dt.date(2020, 1, 1)}, "note_content_is_frozen"),
        ({"issued_at": None, "circle": None}, "note_is_issued_once"),
    ],
)
def test_an_issued_note_is_frozen(world, change, trigger):
    note = issued_of(world.a)
    with (
        system_scope("seeding"),
        pytest.raises(ProgrammingError, match=f"pgtrigger_{trigger}"),
        transaction.atomic(),
    ):
        SynthesisNote.objects.filter(pk=note.pk).update(**change)


def test_an_issued_note_stays_and_a_draft_may_go(world):
    note, draft = issued_of(world.a), draft_of(world.a)
    with acting_as(world.a.coordinator):
        draft.delete()
        with (
            pytest.raises(ProgrammingError, match="pgtrigger_note_once_issued_stays"),
            transaction.atomic(),
        ):
            SynthesisNote.objects.filter(pk=note.pk)._raw_delete("default")


def test_each_page_of_a_copy_names_its_holder(world, sign_in):
    note = issued_of(world.a)
    with time_machine.travel(dt.datetime(2026, 12, 24, 13, 5, tzinfo=dt.UTC), tick=False):
        pages = document(sign_in(world.a.partner), "copy_document", copy_of(note, world.a.partner).pk)
    for number, page in enumerate(pages, start=1):
        for words in (
            "CONFIDENTIEL – CELLULE RESTREINTE", "TLP:AMBER+STRICT", "Exemplaire n° 1", world.a.partner.full_name,
            "Commissariat A", "24 décembre 2026 à 14 h 05", f"page {number} / {len(pages)}",
        ):  # fmt: skip
            assert words in page
        assert "PROJET" not in page
        assert "fictifs" not in page


def test_the_printed_digest_leads_to_the_copy(world, sign_in):
    note = issued_of(world.a)
    moment = dt.datetime(2026, 12, 24, 13, 5, tzinfo=dt.UTC)
    with time_machine.travel(moment, tick=False):
        pages = document(sign_in(world.a.partner), "copy_document", copy_of(note, world.a.partner).pk)
    reader = Recipient(world.a.partner.full_name, "Commissariat A", "Exemplaire n° 1")
    printed = re.findall(r"[0-9a-f]{64}", pages[-1])
    assert printed == [note.digest, digest_of_rendering(note.digest, reader, moment)]
    details = _download_details(world)
    assert [(d["digest"], d["copy"]) for d in details] == [(printed[1], "Exemplaire n° 1")]


def _download_details(world) -> list[dict]:
    from accounts.enums import Role
    from accounts.models import AuditEntry

    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user
    with acting_as(officer):
        return list(AuditEntry.objects.filter(action="download").values_list("detail", flat=True))


def test_the_digest_of_a_rendering_is_that_of_one_content_for_one_reader_at_one_moment():
    now = timezone.now()
    readers = [
        Recipient(*said) for said in (("A", "B", "C"), ("X", "B", "C"), ("A", "X", "C"), ("A", "B", "X"))
    ]
    digests = [digest_of_rendering("content", reader, now) for reader in readers]
    digests.append(digest_of_rendering("another", readers[0], now))
    digests.append(digest_of_rendering("content", readers[0], now + dt.timedelta(seconds=1)))
    assert len(set(digests)) == 6
    assert digest_of_rendering("content", readers[0], now) == digests[0]


def test_a_draft_says_that_it_is_one_on_every_page(world, sign_in):
    note = draft_of(world.a)
    pages = document(sign_in(world.a.coordinator), "note_document", note.pk)
    assert all("PROJET – non diffusé" in page for page in pages)
    assert journal(world.a.coordinator)[-2:] == [
        ("download", "partners.synthesisnote", pk) for pk in (world.a.town.pk, world.a.landlord.pk)
    ]


@override_settings(DEMO=True)
def test_in_the_demo_every_page_says_that_it_is_fictional(world, sign_in):
    pages = document(sign_in(world.a.coordinator), "note_document", draft_of(world.a).pk)
    assert all("territoire, sites et faits fictifs" in page for page in pages)


def test_the_document_is_tagged_for_universal_access(world):
    note = draft_of(world.a)
    pdf = render(
        note.content, Recipient("X", "Y", "Z"), content_digest=note.digest, at=timezone.now(), issued_at=None
    ).pdf
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "fr-FR"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    kinds, alternatives = _structure(root["/StructTreeRoot"])
    assert kinds >= {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/L"}
    assert any(
        text.startswith("Carte des résidences par niveau : 1 résidence de niveau 3") for text in alternatives
    )
    assert any(text.startswith("Niveau de la résidence : ") for text in alternatives)


def _structure(root) -> tuple[set[str], list[str]]:
    kinds, alternatives, waiting = set(), [], [root]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            kinds.add(node.get("/S"))
            if "/Alt" in node:
                alternatives.append(str(node["/Alt"]).replace("\xa0", " "))
            if "/K" in node:
                waiting.append(node["/K"])
    return kinds, alternatives


def test_a_note_names_the_tables_of_january_2021_and_an_older_one_keeps_its_words(world):
    note = draft_of(world.a)

    def method() -> str:
        recipient, now = Recipient("X", "Y", "Z"), timezone.now()
        rendered = render(note.content, recipient, content_digest=note.digest, at=now, issued_at=None)
        text = " ".join("".join(pages_of(rendered.pdf)).split())
        return re.search(r"La méthode est celle .*?\. Une", text).group()

    assert method() == (
        "La méthode est celle des « Tableaux d’aide à la classification des sites du niveau 1 à 4 » "
        "(AORIF, janvier 2021). Une"
    )
    assert note.content["grid"]["name"] == "AORIF 2021"
    del note.content["grid"]["source"]
    assert method() == (
        "La méthode est celle du cahier de l’AORIF Sécurité et tranquillité dans le parc social "
        "francilien (nº 8, février 2018). Une"
    )


def test_nobody_opens_anothers_copy(world, sign_in):
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.police, role="partner").user
        f.MandateFactory(circle=world.a.circle, user=colleague)
    note = issued_of(world.a)
    own, others = copy_of(note, world.a.partner), copy_of(note, colleague)
    client = sign_in(world.a.partner)
    assert client.get(reverse("partners:copy_document", args=[others.pk])).status_code == 404
    assert client.get(reverse("partners:copy_document", args=[own.pk])).status_code == 200
    with acting_as(world.a.partner):
        assert set(NoteCopy.objects.values_list("pk", flat=True)) == {own.pk}
        assert set(SynthesisNote.objects.values_list("pk", flat=True)) == {note.pk}
    with acting_as(world.b.partner):
        assert not NoteCopy.objects.exists()
        assert not SynthesisNote.objects.exists()


def test_a_coordinator_who_is_a_member_too_opens_the_own_copy_alone(world, sign_in):
    """As coordinator one sees every copy, to take it back; none but one's own is rendered."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.a.police, role="partner")
        f.MandateFactory(circle=world.a.circle, user=world.a.coordinator)
    note = issued_of(world.a)
    own, others = copy_of(note, world.a.coordinator), copy_of(note, world.a.partner)
    with acting_as(world.a.coordinator):
        assert set(NoteCopy.objects.values_list("pk", flat=True)) == {own.pk, others.pk}
    client = sign_in(world.a.coordinator)
    assert client.get(reverse("partners:copy_document", args=[others.pk])).status_code == 404
    assert client.get(reverse("partners:copy_document", args=[own.pk])).status_code == 200
    client.post(reverse("partners:copy_revoke", args=[own.pk]))
    assert client.get(reverse("partners:copy_document", args=[own.pk])).status_code == 404


def test_a_revoked_copy_is_gone_at_once(world, sign_in):
    note = issued_of(world.a)
    copy = copy_of(note, world.a.partner)
    partner, url = sign_in(world.a.partner), reverse("partners:copy_document", args=[copy.pk])
    assert partner.get(url).status_code == 200
    sign_in(world.a.coordinator).post(reverse("partners:copy_revoke", args=[copy.pk]))
    assert partner.get(url).status_code == 404
    assert "Aucune note pour l" in partner.get(reverse("partners:notes")).text
    with acting_as(world.a.partner):
        assert not SynthesisNote.objects.exists()


@pytest.mark.parametrize("dates", [{"ends_on": 0}, {"starts_on": 1, "ends_on": 1}])
def test_mandates_that_have_ended_get_no_copy(world, dates):
    with system_scope("seeding"):
        moved = {name: today() + dt.timedelta(days) for name, days in dates.items()}
        Mandate.objects.filter(pk=world.a.mandate.pk).update(**moved)
    issued_of(world.a)
    with system_scope("seeding"):
        assert not NoteCopy.objects.exists()


def test_a_note_that_somebody_issued_meanwhile_is_issued_once(world):
    note = draft_of(world.a)
    with acting_as(world.a.coordinator) as scope:
        stale = SynthesisNote.objects.get(pk=note.pk)
        assert issue_note(scope, note, circle=world.a.circle)
        assert not issue_note(scope, stale, circle=world.a.circle)
        assert NoteCopy.objects.filter(note=note).count() == 1


def test_a_mandate_to_come_has_a_copy_that_opens_when_it_begins(world, sign_in):
    with system_scope("seeding"):
        Mandate.objects.filter(pk=world.a.mandate.pk).update(starts_on=today() + dt.timedelta(1))
    copy = copy_of(issued_of(world.a), world.a.partner)
    url = reverse("partners:copy_document", args=[copy.pk])
    assert sign_in(world.a.partner).get(url).status_code == 404
    with time_machine.travel(timezone.now() + dt.timedelta(1)):
        assert sign_in(world.a.partner).get(url).status_code == 200


def test_a_copy_that_was_taken_back_does_not_come_back_with_a_new_mandate(world, sign_in):
    note = issued_of(world.a)
    with acting_as(world.a.coordinator) as scope:
        revoke_copy(scope, NoteCopy.objects.get(note=note))
        end_mandate(scope, Mandate.objects.get(pk=world.a.mandate.pk))
    joins(world.a, world.a.partner)
    with acting_as(world.a.partner):
        assert not NoteCopy.objects.exists()
    assert "Exemplaire n°" not in sign_in(world.a.partner).get(reverse("partners:notes")).text


def test_a_lead_reads_issued_notes_about_the_own_landlord(world, sign_in):
    draft = draft_of(world.a, landlord=world.a.landlord)
    whole, own = issued_of(world.a), issued_of(world.a, landlord=world.a.landlord)
    with acting_as(world.a.lead):
        assert set(SynthesisNote.objects.values_list("pk", flat=True)) == {own.pk}
    client = sign_in(world.a.lead)
    for note, status in ((draft, 404), (whole, 404), (own, 200)):
        assert client.get(reverse("partners:note_document", args=[note.pk])).status_code == status
    assert "Exemplaire du bailleur" in document(client, "note_document", own.pk)[-1]


def test_a_lead_keeps_the_note_about_itself_after_the_agreement(world, sign_in):
    note = issued_of(world.a, landlord=world.a.landlord)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=today())
    client = sign_in(world.a.lead)
    assert "CLSPD A" in client.get(reverse("partners:notes")).text
    assert document(client, "note_document", note.pk)


def test_a_note_ends_with_an_agreement_it_rests_on(world, sign_in):
    with system_scope("seeding"):
        agreement = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    both, one = issued_of(world.a), issued_of(world.a, landlord=world.a.landlord)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=agreement.pk).update(ends_on=today())
    for person in (world.a.partner, world.a.coordinator):
        with acting_as(person):
            assert set(SynthesisNote.objects.values_list("pk", flat=True)) == {one.pk}
    url = reverse("partners:copy_document", args=[copy_of(both, world.a.partner).pk])
    assert sign_in(world.a.partner).get(url).status_code == 404


def test_a_landlord_of_another_territory_is_refused(world, sign_in):
    data = {"territory": world.a.territory.pk, "landlord": world.b.landlord.pk, "as_of": today()}
    response = sign_in(world.a.coordinator).post(reverse("partners:note_create"), data)
    assert response.status_code == 422
    with system_scope("seeding"):
        assert not SynthesisNote.objects.exists()


def test_a_note_that_is_asked_for_again_is_told_and_the_first_one_opened(world, sign_in):
    url, coordinator = reverse("partners:note_create"), sign_in(world.a.coordinator)
    data = {"territory": world.a.territory.pk, "as_of": today()}
    first = coordinator.post(url, data)
    again = coordinator.post(url, data, follow=True)
    assert again.redirect_chain == [(first.url, 302)]
    assert "Cette note est déjà demandée" in again.text
    coordinator.post(url, data | {"landlord": world.a.landlord.pk})
    with system_scope("seeding"):
        assert SynthesisNote.objects.count() == 2


def test_a_note_asked_for_after_one_was_issued_or_beside_a_new_version_is_another_one(world, sign_in):
    coordinator, issued = sign_in(world.a.coordinator), issued_of(world.a)
    with system_scope("seeding"):
        SynthesisNote.objects.filter(pk=issued.pk).update(created_by=world.a.coordinator)
        said = {"territory": world.a.territory, "as_of": today(), "created_by": world.a.coordinator}
        version = SynthesisNote.objects.create(**said, supersedes=issued)
    answer = coordinator.post(
        reverse("partners:note_create"), {"territory": world.a.territory.pk, "as_of": today()}
    )
    with system_scope("seeding"):
        made = SynthesisNote.objects.latest("pk")
    assert (made.pk > version.pk, answer.headers["Location"]) == (
        True,
        reverse("partners:note", args=[made.pk]),
    )


def test_a_note_is_not_issued_to_the_circle_of_another_territory(world, sign_in):
    note = draft_of(world.a)
    url = reverse("partners:note_issue", args=[note.pk])
    sent = {"circle": world.b.circle.pk, "until": today().isoformat()}
    response = sign_in(world.a.coordinator).post(url, sent)
    assert response.status_code == 422
    with system_scope("seeding"):
        assert SynthesisNote.objects.get(pk=note.pk).issued_at is None


@pytest.mark.parametrize("sites", [0, 1])
def test_a_note_with_no_site_or_one_renders(world, sites):
    with system_scope("seeding"):
        if sites:
            world.a.other.incidents.all().delete()
            Address.objects.filter(residence=world.a.other).delete()
            Residence.objects.filter(pk=world.a.other.pk).delete()
        else:
            SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=today())
    note = draft_of(world.a)
    assert len(note.content["sites"]) == sites
    text = "".join(pages_of(
        render(
            note.content, Recipient("X", "Y", "Z"), content_digest=note.digest, at=timezone.now(), issued_at=None
        ).pdf
    ))  # fmt: skip
    assert ("Aucune résidence n’est partagée" in text) is (sites == 0)


def _asked(world) -> SynthesisNote:
    with acting_as(world.a.coordinator) as scope:
        return request_note(scope, territory=world.a.territory, as_of=today())


def test_a_worker_freezes_the_note_that_was_asked_for(committed_database):
    from tests.world import plant

    world = plant()
    note = _asked(world)
    with acting_as(world.a.coordinator):
        made = SynthesisNote.objects.get(pk=note.pk)
        assert (made.state, made.error) == (JobState.DONE, "")
        assert digest_of(made.content) == made.digest
    make_note(note.pk, world.a.coordinator.pk)
    with acting_as(world.a.coordinator):
        assert SynthesisNote.objects.get(pk=note.pk).finished_at == made.finished_at


@pytest.mark.unsent
def test_a_failure_leaves_a_clear_state_and_can_be_tried_again(committed_database, monkeypatch):
    from tests.world import plant

    world = plant()

    def broken(note, tell):
        message = "plus de place sur le disque"
        raise OSError(message)

    with monkeypatch.context() as patch:
        patch.setattr(contents, "build", broken)
        _asked(world)
    with acting_as(world.a.coordinator) as scope:
        note = SynthesisNote.objects.get()
        assert (note.state, note.content) == (JobState.FAILED, None)
        assert "rien n’en a été enregistré" in note.problem
        page = render_to_string("partners/_note_state.html", _note_context(note, IssueForm(note)))
        assert "La note n’a pas pu être établie" in page
        assert "Relancer" in page
        retry_note(scope, note)
    with acting_as(world.a.coordinator):
        assert SynthesisNote.objects.get().state == JobState.DONE


def test_a_note_whose_worker_died_after_keeping_it_is_done(committed_database, monkeypatch):
    from tests.world import plant

    world = plant()
    with monkeypatch.context() as patch:
        patch.setattr(Progress, "check_done", _die)
        with pytest.raises(SystemExit):
            _asked(world)
    with acting_as(world.a.coordinator) as scope:
        note = SynthesisNote.objects.get()
        assert (note.state, note.error, digest_of(note.content)) == (JobState.DONE, "", note.digest)
        assert (note.progress_done, note.progress_total) == (16, 16)
        retry_note(scope, note)
    make_note(note.pk, world.a.coordinator.pk)
    with acting_as(world.a.coordinator):
        again = SynthesisNote.objects.get()
    assert (again.state, again.finished_at) == (JobState.DONE, note.finished_at)


def _die(_progress) -> None:
    raise SystemExit


@pytest.mark.unsent
@pytest.mark.parametrize("meanwhile", ["role ended", "account closed"])
def test_a_note_of_somebody_who_coordinates_no_more_fails_and_says_so(
    committed_database, monkeypatch, meanwhile
):
    """Also where the account is closed while the note is built."""
    from tests.world import plant

    world = plant()
    with system_scope("seeding"):
        note = SynthesisNote.objects.create(territory=world.a.territory, as_of=today())
        if meanwhile == "role ended":
            world.a.coordinator.memberships.update(ends_on=today())

    def proved(_built) -> None:
        with system_scope("seeding"):
            User.objects.filter(pk=world.a.coordinator.pk).update(is_active=False)

    monkeypatch.setattr("partners.notes.rendering.prove", proved)
    with pytest.raises(JobError, match="ne coordonne plus ce territoire"):
        make_note(note.pk, world.a.coordinator.pk)
    with system_scope("seeding"):
        note.refresh_from_db()
    assert (note.state, note.problem) == (
        JobState.FAILED, "La personne qui l’a demandé ne coordonne plus ce territoire."
    )  # fmt: skip


def test_a_note_that_waits_too_long_says_so_and_can_be_asked_for_again(
    world, sign_in, monkeypatch, django_capture_on_commit_callbacks
):
    note, queued = _asked(world), []
    monkeypatch.setattr(make_note, "apply_async", lambda ids, **_: queued.append(ids))
    coordinator, url = sign_in(world.a.coordinator), reverse("partners:note", args=[note.pk])
    retry = reverse("partners:note_retry", args=[note.pk])
    page = coordinator.get(url).text
    assert ("La note attend son tour." in page, retry in page) == (True, False)
    with time_machine.travel(timezone.now() + LATE + dt.timedelta(seconds=5)):
        late = sign_in(world.a.coordinator)
        page = late.get(url).text
        assert ("La note attend depuis plus de dix minutes" in page, retry in page) == (True, True)
        with django_capture_on_commit_callbacks(execute=True):
            late.post(retry)
        assert "La note attend son tour." in late.get(url).text
    assert queued == [[note.pk, world.a.coordinator.pk]]


def test_a_copy_of_anothers_note_cannot_be_made_to_read_it(world):
    with system_scope("seeding"):
        note = issued_of(world.b)
    with acting_as(world.a.coordinator):
        with pytest.raises(IntegrityError, match="member of the circle"), transaction.atomic():
            NoteCopy.objects.create(note_id=note.pk, mandate=world.a.mandate, number=99, until=today())
        assert list(SynthesisNote.objects.all()) == []


def test_a_copy_goes_to_no_member_of_another_circle_of_the_territory(world):
    note = issued_of(world.a)
    with system_scope("seeding"):
        elsewhere = f.MandateFactory(
            circle=f.CircleFactory(territory=world.a.territory), user=world.a.partner
        )
    with (
        acting_as(world.a.coordinator),
        pytest.raises(IntegrityError, match="member of the circle"),
        transaction.atomic(),
    ):
        NoteCopy.objects.create(note=note, mandate=elsewhere, number=99, until=today())


def test_a_note_is_not_issued_to_a_circle_of_another_territory(world):
    with (
        acting_as(world.a.coordinator),
        pytest.raises(IntegrityError, match="note_follows_circle"),
        transaction.atomic(),
    ):
        SynthesisNote.objects.create(
            territory=world.a.territory, circle=world.b.circle, issued_at=timezone.now(), digest="x", as_of=today(),
            copies_until=today(),
        )  # fmt: skip


def test_the_coordinator_gives_up_a_draft_and_the_journal_says_so(world, sign_in):
    draft, kept = draft_of(world.a), draft_of(world.a, landlord=world.a.landlord)
    coordinator = sign_in(world.a.coordinator)
    page = coordinator.get(reverse("partners:note", args=[draft.pk])).text
    assert "Abandonner ce projet de note" in page
    answer = coordinator.post(reverse("partners:note_abandon", args=[draft.pk]), follow=True)
    assert "Projet de note abandonné : CLSPD A" in answer.text
    with acting_as(world.a.coordinator):
        assert set(SynthesisNote.objects.values_list("pk", flat=True)) == {kept.pk}
    assert journal(world.a.coordinator)[-1] == ("cancel", "partners.synthesisnote", world.a.town.pk)


def test_an_issued_note_and_one_being_made_are_not_given_up(world, sign_in):
    issued, asked = issued_of(world.a), _asked(world)
    coordinator = sign_in(world.a.coordinator)
    assert "Abandonner" not in coordinator.get(reverse("partners:note", args=[issued.pk])).text
    for note in (issued, asked):
        answer = coordinator.post(reverse("partners:note_abandon", args=[note.pk]), follow=True)
        assert "ne peut pas être abandonnée" in answer.text
    with system_scope("seeding"):
        assert set(SynthesisNote.objects.values_list("pk", flat=True)) == {issued.pk, asked.pk}
