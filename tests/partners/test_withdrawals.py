"""Withdraw publications: no level is left to those who read it, the page says why, and it can be taken back."""

import datetime as dt

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.mail.tasks import deliver
from accounts.models import Mail
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.models import Disruption
from partners.models import Mandate, Notice, Publication, PublicationRequest, PublishedSite, Withdrawal
from partners.publications.evolution import evolution, states
from partners.publications.freezing import answer
from partners.publications.freezing import state_of as state_of_circle
from partners.publications.search import latest_sites
from partners.withdrawals import services, tasks
from partners.withdrawals.services import NotWithdrawnError, ReplacedError, state_of
from partners.withdrawals.telling import state_of as notice_state
from tests import factories as f
from tests.sharing import journal, publication_of, site_address, today
from tests.versions import opened

REASON = "Perturbation saisie par erreur"
SITE = "https://palier.example"


def withdrawn(side, publication, reason=REASON, site_url=""):
    with acting_as(side.coordinator) as scope:
        given = Publication.objects.get(pk=publication.pk)
        version = version_of(given, state_of(given))
        services.withdraw(scope, given, reason=reason, version=version, site_url=site_url)


def restored(side, publication):
    with acting_as(side.coordinator) as scope:
        services.restore(scope, Publication.objects.get(pk=publication.pk))


def sites_seen(user, publication) -> int:
    with acting_as(user):
        return PublishedSite.objects.filter(publication=publication).count()


def page_of(publication) -> str:
    return reverse("partners:publication", args=[publication.pk])


def plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_whoever_read_it_sees_no_site_of_it_at_the_next_request_and_its_coordinator_does(world):
    publication = publication_of(world.a)
    people = (world.a.partner, world.a.lead, world.a.coordinator)
    assert [sites_seen(person, publication) for person in people] == [2, 2, 2]
    withdrawn(world.a, publication)
    assert [sites_seen(person, publication) for person in people] == [0, 0, 2]
    restored(world.a, publication)
    assert [sites_seen(person, publication) for person in people] == [2, 2, 2]


def test_its_page_remains_and_says_who_when_and_why_and_shows_no_level(world, sign_in):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    for person in (world.a.partner, world.a.lead):
        client = sign_in(person)
        page = plain(client.get(page_of(publication)).text)
        assert ("Publication retirée" in page, "par Ville A" in page, f"Motif :</strong> {REASON}" in page) == (
            True, True, True
        )  # fmt: skip
        assert ("Résidence A" in page, "level-3" in page) == (False, False)
        assert (
            client.get(page_of(publication), {"export": "csv"})
            .headers["Content-Type"]
            .startswith("text/html")
        )
        assert client.get(reverse("partners:publication_points", args=[publication.pk])).json() == {
            "points": [], "summary": ""
        }  # fmt: skip
        site = client.get(site_address(publication.pk, 1))
        assert (site.status_code, site.headers["Location"]) == (302, page_of(publication))
        row = client.get(reverse("partners:publications")).text
        assert ("retirée" in row, 'data-label="Niveau 3"' in row) == (True, False)


def test_its_coordinator_still_reads_it_with_the_notice_beside(world, sign_in):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    client = sign_in(world.a.coordinator)
    page = client.get(page_of(publication))
    assert ("Résidence A" in page.text, REASON in page.text) == (True, True)
    assert [state["page"] for state in page.context["states"]] == [page_of(publication)]
    site = client.get(site_address(publication.pk, 1))
    assert (site.status_code, REASON in site.text) == (200, True)


def test_it_is_passed_over_by_what_compares_lists_and_finds(world):
    first = publication_of(world.a, as_of=today() - dt.timedelta(60))
    middle = publication_of(world.a, as_of=today() - dt.timedelta(30))
    last = publication_of(world.a)
    withdrawn(world.a, middle)
    for person in (world.a.partner, world.a.coordinator):
        with acting_as(person):
            assert list(states(last)) == [first, last]
            assert evolution(last).previous == first
    withdrawn(world.a, last)
    with acting_as(world.a.partner) as scope:
        assert set(latest_sites(scope).values_list("publication", flat=True)) == {first.pk}


def test_the_day_can_be_published_again_and_only_one_of_a_day_stands(world):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    again = publication_of(world.a)
    with pytest.raises(ReplacedError):
        restored(world.a, publication)
    with (
        system_scope("seeding"),
        pytest.raises(IntegrityError, match="publication_is_unique_by_day"),
        transaction.atomic(),
    ):
        Publication.objects.filter(pk=publication.pk).update(withdrawn_at=None)
    withdrawn(world.a, again)
    restored(world.a, publication)
    assert (sites_seen(world.a.partner, publication), sites_seen(world.a.partner, again)) == (2, 0)


def test_a_reason_is_needed_and_names_nobody(world, sign_in):
    publication = publication_of(world.a)
    client, url = (
        sign_in(world.a.coordinator),
        reverse("partners:publication_withdraw", args=[publication.pk]),
    )
    version = opened(client, url)
    for reason in ("", "  ", "Erreur de Mme Durand", "Appeler le 06 12 34 56 78"):
        assert client.post(url, {"reason": reason} | version).status_code == 422
    with system_scope("seeding"):
        assert not Withdrawal.objects.exists()
    assert client.post(url, {"reason": REASON} | version).status_code == 302
    with system_scope("seeding"):
        found = Withdrawal.objects.get()
    assert (found.reason, found.organisation, found.withdrawn_by_id) == (
        REASON,
        "Ville A",
        world.a.coordinator.pk,
    )


def test_a_reason_can_be_corrected_and_a_colleagues_is_not_overwritten_unseen(world, sign_in):
    publication = publication_of(world.a)
    client, url = (
        sign_in(world.a.coordinator),
        reverse("partners:publication_withdraw", args=[publication.pk]),
    )
    version = opened(client, url)
    withdrawn(world.a, publication, reason="Motif du collègue")
    answer = client.post(url, {"reason": REASON} | version)
    assert answer.status_code == 409
    [row] = answer.context["rows"]
    assert (row.typed, row.recorded) == (REASON, "Motif du collègue")
    decided = {"reason": REASON, "version": answer.context["version"], "keeps-reason": "typed"}
    assert client.post(url, decided).status_code == 302
    with system_scope("seeding"):
        assert Withdrawal.objects.get().reason == REASON
        assert Notice.objects.count() == 0


def test_taking_back_twice_is_refused_and_each_act_is_in_the_journal(world):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    restored(world.a, publication)
    with pytest.raises(NotWithdrawnError):
        restored(world.a, publication)
    both = (world.a.town.pk, world.a.landlord.pk)
    assert journal(world.a.coordinator) == [
        (action, "partners.publication", pk) for action in ("publish", "cancel", "update") for pk in both
    ]


def test_restoring_keeps_the_withdrawal_and_who_took_it_back(world):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    restored(world.a, publication)
    withdrawn(world.a, publication, reason="Autre motif")
    with system_scope("seeding"):
        rows = [
            (row.reason, row.restored_by_id, row.restored_at is None)
            for row in Withdrawal.objects.order_by("pk")
        ]
    assert rows == [(REASON, world.a.coordinator.pk, False), ("Autre motif", None, True)]


# ---- superseding


@pytest.fixture
def total(world):
    """A disruption seen by a lead that makes 'Résidence A bis' a level 4, and is then cancelled."""
    with system_scope("seeding"):
        return f.DisruptionFactory(
            address=world.a.other_address, starts_on=today() - dt.timedelta(3), extent="total",
            seen_at=timezone.now(), seen_by=world.a.lead,
        )  # fmt: skip


def cancelled(disruption):
    with system_scope("seeding"):
        Disruption.objects.filter(pk=disruption.pk).update(
            cancelled_at=timezone.now(), cancel_reason="Erreur"
        )


def level_of(publication, name="Résidence A bis") -> int:
    with system_scope("seeding"):
        return PublishedSite.objects.get(publication=publication, name=name).level


def superseded(world, client, publication, reason=REASON) -> Publication:
    url = reverse("partners:publication_supersede", args=[publication.pk])
    answer = client.post(url, {"reason": reason} | opened(client, url))
    assert answer.status_code == 302
    with system_scope("seeding"):
        asked = PublicationRequest.objects.latest("pk")
    assert answer.headers["Location"] == reverse("partners:publication_request", args=[asked.pk])
    return made(world, asked)


def made(world, asked) -> Publication:
    """What the worker gives for a request; it reads in a transaction of its own, which a test cannot open."""
    with acting_as(world.a.coordinator) as scope:
        asked = PublicationRequest.objects.select_related("circle__territory", "supersedes").get(pk=asked.pk)
        answer(scope, asked, state_of_circle(asked.circle, asked.as_of))
        return asked.publication


def test_a_publication_made_again_for_its_day_supersedes_it_with_the_reason(world, sign_in, total):
    publication = publication_of(world.a)
    cancelled(total)
    again = superseded(world, sign_in(world.a.coordinator), publication)
    assert (level_of(publication), level_of(again)) == (4, 1)
    assert (sites_seen(world.a.partner, publication), sites_seen(world.a.partner, again)) == (0, 2)
    client = sign_in(world.a.partner)
    former = client.get(page_of(publication))
    assert (REASON in former.text, page_of(again) in former.text) == (True, True)
    newer = plain(client.get(page_of(again)).text)
    assert (f"Motif : {REASON}" in newer, page_of(publication) in newer) == (True, True)


def test_until_the_new_one_is_made_the_former_stands(world, sign_in):
    publication = publication_of(world.a)
    client, url = (
        sign_in(world.a.coordinator),
        reverse("partners:publication_supersede", args=[publication.pk]),
    )
    client.post(url, {"reason": REASON} | opened(client, url))
    assert sites_seen(world.a.partner, publication) == 2
    client.post(url, {"reason": "Autre"} | opened(client, url))
    with system_scope("seeding"):
        assert PublicationRequest.objects.count() == 1


def test_a_day_published_again_after_a_withdrawal_replaces_the_withdrawn_one(world, sign_in):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    url = reverse("partners:publish", args=[world.a.circle.pk])
    assert sign_in(world.a.coordinator).post(url, {"as_of": today().isoformat()}).status_code == 302
    with system_scope("seeding"):
        asked = PublicationRequest.objects.get()
    again = made(world, asked)
    with system_scope("seeding"):
        assert Withdrawal.objects.get().replacement == again


# ---- telling


def told(publication) -> set[int]:
    with system_scope("seeding"):
        return set(
            Notice.objects.filter(withdrawal__publication=publication).values_list("user_id", flat=True)
        )


def test_those_who_had_opened_it_are_told_and_nobody_else(world, sign_in):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        second = f.MembershipFactory(organisation=world.a.police, role="partner").user
        f.MandateFactory(circle=world.a.circle, user=second)
    sign_in(world.a.partner).get(site_address(publication.pk, 1))
    sign_in(world.a.lead).get(page_of(publication))
    sign_in(world.a.coordinator).get(page_of(publication))
    # The list of publications opens none.
    sign_in(second).get(reverse("partners:publications"))
    withdrawn(world.a, publication)
    assert told(publication) == {world.a.partner.pk, world.a.lead.pk}


@pytest.mark.parametrize("who", ["partner", "lead"])
def test_the_first_page_says_it_until_the_person_took_note(world, sign_in, who):
    publication, client = publication_of(world.a), sign_in(getattr(world.a, who))
    client.get(page_of(publication))
    withdrawn(world.a, publication)
    said = "Ce qui a changé dans ce que vous aviez lu"
    first = client.get(reverse("home"), follow=True)
    assert (said in first.text, REASON in first.text, page_of(publication) in first.text) == (
        True,
        True,
        True,
    )
    with acting_as(getattr(world.a, who)):
        notice = Notice.objects.get()
        shown = {"version": version_of(notice, notice_state(notice))}
    assert client.post(reverse("partners:notice_seen", args=[notice.pk]), shown).status_code == 302
    assert said not in client.get(reverse("home"), follow=True).text
    assert REASON in client.get(reverse("partners:notices")).text
    restored(world.a, publication)
    again = plain(client.get(reverse("home"), follow=True).text)
    assert (said in again, "ce que vous aviez lu vaut de nouveau" in again) == (True, True)


def test_an_email_without_content_goes_to_a_member_who_opened_it_once(world, sign_in, queued):
    publication = publication_of(world.a)
    for person in (world.a.partner, world.a.lead):
        sign_in(person).get(page_of(publication))
    withdrawn(world.a, publication, site_url=SITE)
    # A landlord's lead has no mandate: the first page tells them.
    with system_scope("seeding"):
        notice = Notice.objects.get(user=world.a.partner)
    assert queued == [(notice.pk, world.a.partner.pk, SITE)]
    for _time in range(2):
        tasks.send_notice(*queued[0])
    with system_scope("mail"):
        [asked] = Mail.objects.filter(kind="change")
    assert queued[1:] == [(asked.pk, SITE)]
    deliver(asked.pk, SITE)
    [message] = mail.outbox
    assert message.to == [world.a.partner.email]
    assert SITE in message.body
    [(page, _kind)] = message.alternatives
    for content in (REASON, "Cellule A", "CLSPD A", "Résidence", publication.as_of.isoformat()):
        assert content not in message.subject + message.body + page


def test_an_email_says_once_more_that_it_was_restored(world, sign_in, queued):
    publication = publication_of(world.a)
    sign_in(world.a.partner).get(page_of(publication))
    withdrawn(world.a, publication, site_url=SITE)
    tasks.send_notice(*queued[0])
    sent = len(queued)
    sign_in(world.a.coordinator).post(reverse("partners:publication_restore", args=[publication.pk]))
    with system_scope("seeding"):
        notice = Notice.objects.get(user=world.a.partner)
    assert [arguments[:2] for arguments in queued[sent:]] == [(notice.pk, world.a.partner.pk)]
    for _time in range(2):
        tasks.send_notice(*queued[sent])
    with system_scope("mail"):
        assert Mail.objects.filter(kind="change").count() == 2


def test_a_reason_that_is_corrected_stays_in_the_history_for_its_coordinators_alone(world, sign_in):
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    withdrawn(world.a, publication, reason="Faits au mauvais endroit")
    withdrawn(world.a, publication, reason="Faits à une autre adresse")
    page = sign_in(world.a.coordinator).get(page_of(publication)).text
    assert page.index("Faits au mauvais endroit") < page.index(REASON)
    with system_scope("seeding"):
        kept = Withdrawal.objects.get().former_reasons
    assert [(reason, who) for reason, _at, who in kept] == [
        (REASON, world.a.coordinator.pk), ("Faits au mauvais endroit", world.a.coordinator.pk),
    ]  # fmt: skip
    read = sign_in(world.a.partner).get(page_of(publication)).text
    assert (REASON in read, "Faits à une autre adresse" in read) == (False, True)


@pytest.mark.parametrize("state", ["turned off", "mandate ended", "seen"])
def test_no_email_goes_to_who_does_not_want_it_or_has_no_access_any_more(world, sign_in, queued, state):
    publication, client = publication_of(world.a), sign_in(world.a.partner)
    client.get(page_of(publication))
    if state == "turned off":
        client.post(reverse("partners:notices_by_mail"), {"told": "no"})
    withdrawn(world.a, publication, site_url=SITE)
    with system_scope("seeding"):
        if state == "mandate ended":
            Mandate.objects.filter(pk=world.a.mandate.pk).update(ends_on=today())
        if state == "seen":
            Notice.objects.update(seen_at=timezone.now())
    tasks.send_notice(*queued[0])
    with system_scope("mail"):
        assert not Mail.objects.exists()


def test_a_notice_is_seen_by_its_person_and_the_coordinators_alone(world, sign_in):
    publication = publication_of(world.a)
    sign_in(world.a.partner).get(page_of(publication))
    withdrawn(world.a, publication)
    seen = {}
    for name, person in {"partner": world.a.partner, "coordinator": world.a.coordinator, "lead": world.a.lead,
                         "other": world.b.partner, "admin": world.admin, "dpo": world.dpo}.items():  # fmt: skip
        with acting_as(person):
            seen[name] = (Notice.objects.count(), Withdrawal.objects.count())
    assert seen == {"partner": (1, 1), "coordinator": (1, 1), "lead": (0, 1), "other": (0, 0),
        "admin": (0, 0), "dpo": (0, 0)}  # fmt: skip


@pytest.fixture
def queued(monkeypatch):
    """What is handed to the worker."""
    found = []
    monkeypatch.setattr("core.outbox.services.send", lambda _task, *arguments: found.append(arguments))
    return found
