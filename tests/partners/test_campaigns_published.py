"""A circle is given what a campaign froze, and nothing worked out anew: levels, decisions, evidence, as they were closed."""

import datetime as dt
import io
import json
import re
from concurrent.futures import ThreadPoolExecutor
from csv import DictReader
from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.changed import note_change
from classification.engine.services import evaluate
from classification.models import Assessment, Campaign, Closing
from core.dates import long_date
from core.jobs import JobError, JobState
from partners.assessed import middles_of, previewed_of, sites_of
from partners.enums import Precision
from partners.models import Publication, PublicationRequest, PublishedCount, PublishedSite, Withdrawal
from partners.publications import freezing, services, tasks
from partners.publications.coarse import coarse_at, coarse_of
from partners.publications.keys import site_key
from partners.publications.preview import preview_of
from partners.snapshot import middles_at, preview_at, sites_at
from sites.models import Residence, SharingAgreement
from tests import factories as f
from tests.campaigning import asked, closed, merged, opened
from tests.deciding import decides, raise_to_3, residence_at, takes_back
from tests.publishing import as_shown, closing_on, current, given, page_of, sites_in
from tests.sharing import journal, publication_of, site_address, today
from tests.world import plant


def _plain(text: str) -> str:
    return re.sub("[\xa0\u202f]", " ", text)


@pytest.fixture
def decided(world):
    """Sites of landlord A: one retained at another level, one confirmed, one that nobody decided about."""
    troubled = residence_at(world.a.landlord, world.commune, 3, name="Troublée")
    decides(world.a.lead, troubled, 4, "Vu sur place.")
    decides(world.a.lead, world.a.other)
    return troubled


def test_it_says_what_working_it_out_would_have_said_that_moment(world, decided):
    closing = closing_on(world.a)
    with acting_as(world.a.coordinator):
        frozen = sites_of(current(world.a, closing), world.a.circle)
        worked = sites_at(world.a.territory, today())
        assert middles_of(current(world.a, closing)) == middles_at(
            list(Residence.objects.values_list("pk", flat=True)), today()
        )
        assert [site._replace(closed_on=None) for site in previewed_of(current(world.a, closing))] == (
            preview_at(world.a.territory, today())
        )
        assert coarse_of(current(world.a, closing)) == coarse_at(world.a.territory, today())
    assert len(frozen) == 3
    assert [replace(site, trend=[], closed_on=None) for site in frozen] == [
        replace(site, trend=[]) for site in worked
    ]
    assert [site.trend for site in frozen] == [[site.trend[-1]] for site in worked]


def test_it_says_what_was_closed_whatever_was_recorded_and_decided_since(world, decided):
    closing = closing_on(world.a)
    with system_scope("evaluation"):
        frozen = {row.name: row for row in Assessment.objects.filter(closing=closing)}
    raise_to_3(world.a.other)
    takes_back(world.a.lead, decides(world.a.lead, world.a.residence))
    with system_scope("seeding"):
        f.DisruptionFactory(address=world.a.address, starts_on=today(), extent="total")
        Residence.objects.filter(pk=decided.pk).update(name="Rebaptisée", dwellings=9)
    evaluate()
    told = sites_in(given(world.a, closing))
    assert {name: site.level for name, site in told.items()} == {
        "Troublée": 3, "Résidence A": 3, "Résidence A bis": 1
    }  # fmt: skip
    for name, site in told.items():
        row = frozen[name]
        for column in (
            "level", "facts_level", "impact_level", "silent", "level_before", "retained", "decided_on", "decision_reason", "mark",
            "unseen", "dwellings", "in_priority_neighbourhood", "disruptions",
        ):  # fmt: skip
            assert getattr(site, column) == getattr(row, column), (name, column)
        assert [found["code"] for found in site.findings] == [found["code"] for found in row.findings]
    assert (told["Troublée"].retained, told["Troublée"].decision_reason) == (4, "Vu sur place.")
    assert told["Troublée"].rank == 1


def test_what_nobody_decided_says_that_its_campaign_was_closed_without(world, decided):
    closing = closing_on(world.a)
    day = timezone.localdate(closing.read_at)
    # A campaign that is open by then asks about its own day, not about that one.
    opened(world.a)
    told = sites_in(given(world.a, closing))
    assert {name: (site.closed_on, site.expected_on) for name, site in told.items()} == {
        "Troublée": (None, None), "Résidence A bis": (None, None), "Résidence A": (day, None)
    }  # fmt: skip


def test_the_keys_are_those_of_every_publication_to_the_circle(world, decided):
    former = publication_of(world.a, as_of=today() - dt.timedelta(1))
    told = sites_in(given(world.a, closing_on(world.a)))
    assert {name: site.key for name, site in told.items()} == {
        name: site.key for name, site in sites_in(former).items()
    }
    assert told["Troublée"].key == site_key(world.a.circle.pk, decided.opaque_id)
    # No number of a record leaves with an address.
    assert all("id" not in address for site in told.values() for address in site.addresses)


def _trend(publication) -> list[list]:
    return sites_in(publication)["Résidence A bis"].trend


def test_the_twelve_months_are_those_of_campaigns_that_the_circle_was_given(world):
    """By the version that it was given: a further one that waits to be published would tell what the circle has not read."""
    first, old = closing_on(world.a, 90), closing_on(world.a, 400)
    for closing in (first, old):
        given(world.a, closing)
    day = today() - dt.timedelta(90)
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, code="URBAN_VIOLENCE", day=day)
    raise_to_3(world.a.other)
    closed(world.a, first.campaign, reason="Saisies tardives.")
    with system_scope("evaluation"):
        levels = list(
            Assessment.objects.filter(closing__campaign=first.campaign, residence=world.a.other)
            .order_by("closing__number").values_list("mark", flat=True)
        )  # fmt: skip
    assert levels == [1, 3]
    assert _trend(given(world.a, closing_on(world.a))) == [
        [day.isoformat(), 1], [today().isoformat(), 3]
    ]  # fmt: skip


def test_a_circle_is_not_told_of_campaigns_that_it_was_not_given(world):
    """One was given to another circle, one was withdrawn, one was given to nobody."""
    with system_scope("seeding"):
        other = f.CircleFactory(territory=world.a.territory, name="Autre")
    given(world.a, closing_on(world.a, 120), other)
    withdrawn = given(world.a, closing_on(world.a, 90))
    with system_scope("seeding"):
        Publication.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now())
    closing_on(world.a, 60)
    last = closing_on(world.a)
    assert [day for day, _mark in _trend(given(world.a, last))] == [today().isoformat()]
    assert [day for day, _mark in _trend(given(world.a, last, other))] == [
        (today() - dt.timedelta(120)).isoformat(), today().isoformat()
    ]  # fmt: skip


def test_only_what_is_shared_now_is_given(world, decided):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    both = [world.a.landlord.pk, world.b.landlord.pk]
    closing = closing_on(world.a, landlords=both)
    with acting_as(world.a.coordinator):
        assert len(sites_of(current(world.a, closing), world.a.circle)) == 5
    with system_scope("seeding"):
        world.a.agreement.ends_on = today()
        world.a.agreement.save(update_fields=["ends_on"])
    publication = given(world.a, closing)
    assert set(sites_in(publication)) == {"Résidence B", "Résidence B bis"}
    assert publication.landlords == [world.b.landlord.pk]


def test_nothing_of_one_territory_reaches_a_circle_of_another(world):
    """A coordinator of two: landlord B shares with territory B alone."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    closing = closing_on(world.a, landlords=[world.a.landlord.pk, world.b.landlord.pk])
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.town, role="coordinator", user=world.a.coordinator)
        ended = SharingAgreement.objects.get(landlord=world.b.landlord, territory=world.a.territory)
        ended.ends_on = today()
        ended.save(update_fields=["ends_on"])
    assert set(sites_in(given(world.a, closing))) == {"Résidence A", "Résidence A bis"}


def test_a_residence_that_was_taken_back_or_moved_out_of_reach_is_not_given(world, decided):
    with system_scope("seeding"):
        gone = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Reprise")
        f.AddressFactory(residence=gone)
    evaluate([gone.pk])
    closing = closing_on(world.a)
    with system_scope("seeding"):
        gone.addresses.all().delete()
        Residence.objects.filter(pk=gone.pk).delete()
    assert set(sites_in(given(world.a, closing))) == {"Troublée", "Résidence A", "Résidence A bis"}


def test_a_residence_that_moved_to_where_another_territory_alone_reaches_is_not_given(world, decided):
    """A coordinator of both: the commune it was closed in is still opened to the territory, the one it lies in now is not."""
    closing = closing_on(world.a)
    with system_scope("seeding"):
        far = f.CommuneFactory(name="Lointaine")
        elsewhere = f.TerritoryFactory(name="CLSPD loin", organisation=world.a.town, communes=[far])
        f.SharingAgreementFactory(landlord=world.a.landlord, territory=elsewhere)
        Residence.objects.filter(pk=decided.pk).update(commune=far)
    with acting_as(world.a.coordinator):
        assert Residence.objects.filter(pk=decided.pk).exists()
    assert set(sites_in(given(world.a, closing))) == {"Résidence A", "Résidence A bis"}


def test_a_residence_that_was_merged_since_stays_as_it_was_closed(world, decided):
    closing = closing_on(world.a)
    merged(world.a.lead, world.a.other, decided)
    assert set(sites_in(given(world.a, closing))) == {"Troublée", "Résidence A", "Résidence A bis"}


def test_a_publication_out_of_nothing_is_not_made(world):
    closing = closing_on(world.a)
    with system_scope("seeding"):
        world.a.agreement.ends_on = today()
        world.a.agreement.save(update_fields=["ends_on"])
    with pytest.raises(JobError, match="n’est plus partagé"):
        given(world.a, closing)
    with system_scope("seeding"):
        assert not Publication.objects.exists()


@pytest.mark.parametrize("precision", [Precision.RESIDENCE, Precision.NEIGHBOURHOOD])
def test_it_is_as_precise_as_its_circle(world, decided, precision):
    with system_scope("seeding"):
        circle = f.CircleFactory(territory=world.a.territory, name="Moins précise", precision=precision)
        for n in range(6):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name=f"Bis {n}")
            address = f.AddressFactory(residence=residence)
            f.IncidentFactory(address=address, code="URBAN_VIOLENCE", day=today())
    evaluate()
    publication = given(world.a, closing_on(world.a), circle)
    with system_scope("seeding"):
        sites = list(PublishedSite.objects.filter(publication=publication))
        counts = list(PublishedCount.objects.filter(publication=publication).values_list("mark", "at_least"))
    if precision == Precision.NEIGHBOURHOOD:
        assert (sites, counts) == ([], [(3, 5)])
        return
    assert (len(sites), counts) == (9, [])
    assert {(site.longitude, site.decision_reason, len(site.addresses)) for site in sites} == {(None, "", 0)}


def test_it_says_which_version_of_which_campaign_to_readers_who_see_none(world, decided):
    closing = closing_on(world.a, name="Diagnostic d’automne")
    publication = given(world.a, closing)
    assert (publication.closing_id, publication.campaign_name, publication.campaign_version) == (
        closing.pk, "Diagnostic d’automne", 1
    )  # fmt: skip
    with acting_as(world.a.partner):
        found = Publication.objects.get()
        assert (found.campaign_name, found.campaign_version) == ("Diagnostic d’automne", 1)
        assert not Campaign.objects.exists()
        assert not Closing.objects.exists()
        assert not Assessment.objects.exists()


@pytest.fixture
def two(world, decided):
    """A publication out of a campaign, and one between two: with what each says of where it comes from."""
    out_of = given(world.a, closing_on(world.a, name="Diagnostic d’automne"))
    between = publication_of(world.a, as_of=today() - dt.timedelta(1))
    days = [long_date(today()), long_date(today() - dt.timedelta(1))]
    return {
        out_of: f"campagne « Diagnostic d’automne », niveaux au {days[0]}, version 1",
        between: f"hors campagne, niveaux au {days[1]}",
    }


def test_every_page_says_where_it_comes_from(world, sign_in, two):
    for person in (world.a.partner, world.a.coordinator, world.a.lead):
        client = sign_in(person)
        listed = _plain(client.get(reverse("partners:publications")).text)
        assert "campagne « Diagnostic d’automne », version 1" in listed
        assert "hors campagne" in listed
        for publication, words in two.items():
            pages = [reverse("partners:publication", args=[publication.pk]), site_address(publication.pk, 1)]
            for page in pages:
                assert words in _plain(client.get(page).text), (person, page)
    circle = reverse("partners:circle", args=[world.a.circle.pk])
    for person in (world.a.partner, world.a.coordinator):
        page = _plain(sign_in(person).get(circle).text)
        assert "campagne « Diagnostic d’automne », version 1" in page
        assert "hors campagne" in page
    mine = _plain(sign_in(world.a.partner).get(reverse("partners:circles")).text)
    assert "campagne « Diagnostic d’automne », version 1" in mine
    dashboard = _plain(sign_in(world.a.coordinator).get(reverse("partners:dashboard")).text)
    assert "campagne « Diagnostic d’automne », version 1" in dashboard


def test_every_file_says_where_it_comes_from(world, sign_in, two):
    partner = sign_in(world.a.partner)
    for publication, words in two.items():
        address = reverse("partners:publication", args=[publication.pk])
        files = {
            kind: b"".join(partner.get(address, {"export": kind}).streaming_content)
            for kind in ("csv", "xlsx", "geojson")
        }
        rows = list(DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
        assert {_plain(row["Campagne"]) for row in rows} == {words}
        titles, *lines = load_workbook(io.BytesIO(files["xlsx"])).active.iter_rows(values_only=True)
        assert {_plain(line[titles.index("Campagne")]) for line in lines} == {words}
        found = json.loads(files["geojson"])["features"]
        assert {_plain(one["properties"]["campagne"]) for one in found} == {words}


def test_a_file_of_counts_says_where_it_comes_from(world, sign_in):
    with system_scope("seeding"):
        circle = f.CircleFactory(
            territory=world.a.territory, name="Comité", precision=Precision.NEIGHBOURHOOD
        )
        f.MandateFactory(circle=circle, user=world.a.partner)
        for _n in range(9):
            address = f.AddressFactory(
                residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            )
            f.IncidentFactory(address=address, code="URBAN_VIOLENCE", day=today())
    evaluate()
    publication = given(world.a, closing_on(world.a, name="Diagnostic"), circle)
    address = reverse("partners:publication", args=[publication.pk])
    partner = sign_in(world.a.partner)
    words = f"campagne « Diagnostic », niveaux au {long_date(today())}, version 1"
    assert words in _plain(partner.get(address).text)
    text = b"".join(partner.get(address, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert {_plain(row["Campagne"]) for row in DictReader(io.StringIO(text), delimiter=";")} == {words}


def test_a_partner_reads_decided_or_not_decided_at_the_end_of_the_campaign(world, sign_in, decided):
    closing = closing_on(world.a)
    publication, day = given(world.a, closing), long_date(today())
    end = long_date(timezone.localdate(closing.read_at))
    said = {
        "Troublée": f"décidé par le bailleur le {day} : proposé 3, retenu 4",
        "Résidence A": f"proposé, non validé à l’arrêt de la campagne le {end}",
        "Résidence A bis": f"décidé par le bailleur le {day}",
    }
    partner = sign_in(world.a.partner)
    for rank in (1, 2, 3):
        page = partner.get(site_address(publication.pk, rank))
        words = said[page.context["site"].name]
        assert f"<strong>{words[0].upper()}{words[1:]}.</strong>" in _plain(page.text)
    page = _plain(partner.get(reverse("partners:publication", args=[publication.pk])).text)
    assert (
        "2 niveaux sur 3 ont été décidés par leur bailleur ; les autres sont proposés, non validés à l’arrêt"
        in page
    )
    points = partner.get(reverse("partners:publication_points", args=[publication.pk])).json()["points"]
    assert {point["name"]: _plain(point["decision"]) for point in points} == {
        name: words for name, words in said.items() if name in {point["name"] for point in points}
    }


def test_the_preview_shows_what_the_circle_will_see_and_is_journaled(world, sign_in, decided):
    closing = closing_on(world.a)
    page = sign_in(world.a.coordinator).get(page_of(world.a, closing))
    told = sites_in(given(world.a, closing))
    assert [(site.name, site.shown_level, site.mark) for site, _before in page.context["sites"]] == [
        (site.name, site.shown_level, site.mark) for site in sorted(told.values(), key=lambda one: one.rank)
    ]
    end = long_date(timezone.localdate(closing.read_at))
    assert f">proposé, non validé à l’arrêt de la campagne le {end}<" in _plain(page.text)
    assert _journaled(world, "partners.circle") == [(closing.campaign_id, 1)]


def _journaled(world, *kinds) -> list[tuple[int, int]]:
    """The campaign and the version that entries of the territory's organisation name, oldest first."""
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role="dpo").user
    with acting_as(officer):
        rows = AuditEntry.objects.filter(organisation=world.a.town, object_type__in=kinds).order_by("pk")
        return [(entry.detail["campaign"], entry.detail["number"]) for entry in rows]


def test_confirming_it_queues_it_and_the_journal_says_which_campaign(world, sign_in, decided):
    closing = closing_on(world.a)
    client = sign_in(world.a.coordinator)
    answer = client.post(page_of(world.a, closing), as_shown(world.a, closing))
    with system_scope("seeding"):
        request = PublicationRequest.objects.get()
    assert answer.headers["Location"] == reverse("partners:publication_request", args=[request.pk])
    assert (request.closing_id, request.as_of, request.circle_id) == (closing.pk, today(), world.a.circle.pk)
    publication = given(world.a, closing)
    assert ("publish", "partners.publication", world.a.landlord.pk) in journal(world.a.coordinator)
    kinds = ("partners.publication", "partners.publicationrequest")
    assert _journaled(world, *kinds) == [(closing.campaign_id, 1)] * 2
    assert publication.published_by_id == world.a.coordinator.pk


def test_a_version_made_since_the_preview_is_read_again_first(world, sign_in, decided):
    closing = closing_on(world.a)
    said = as_shown(world.a, closing)
    closed(world.a, closing.campaign, reason="Saisies tardives.")
    page = sign_in(world.a.coordinator).post(page_of(world.a, closing), said)
    assert "a changé depuis cet aperçu" in page.text
    assert 'name="number" value="2"' in page.text
    with system_scope("seeding"):
        assert not PublicationRequest.objects.exists()


def test_what_another_published_since_the_preview_is_read_first(world, sign_in, decided):
    closing = closing_on(world.a)
    said = as_shown(world.a, closing)
    publication_of(world.a)
    page = sign_in(world.a.coordinator).post(
        page_of(world.a, closing), said | {"reason": "Campagne arrêtée."}
    )
    assert "a changé depuis cet aperçu" in page.text
    assert "hors campagne" in page.text
    with system_scope("seeding"):
        assert not PublicationRequest.objects.exists()


def test_the_publication_of_that_day_is_superseded_with_a_reason(world, sign_in, decided):
    closing, client = closing_on(world.a), sign_in(world.a.coordinator)
    former = publication_of(world.a)
    answer = client.post(page_of(world.a, closing), as_shown(world.a, closing))
    assert "Ce champ est obligatoire" in answer.text
    client.post(page_of(world.a, closing), as_shown(world.a, closing, reason="Campagne arrêtée."))
    with system_scope("seeding"):
        request = PublicationRequest.objects.get()
    assert (request.supersedes_id, request.reason) == (former.pk, "Campagne arrêtée.")
    _answered(world.a, request)
    with system_scope("seeding"):
        withdrawal = Withdrawal.objects.get()
        made = Publication.objects.get(withdrawn_at=None)
    assert (withdrawal.publication_id, withdrawal.replacement_id, withdrawal.reason) == (
        former.pk, made.pk, "Campagne arrêtée."
    )  # fmt: skip
    assert made.closing_id == closing.pk


def _answered(side, request) -> None:
    """What the worker does, without its isolation level: the tests' transaction is open already."""
    with acting_as(side.coordinator) as scope:
        found = tasks._asked(request.pk)
        freezing.answer(scope, found, freezing.closed_state(found.circle, found.closing))


def test_a_further_version_is_told_and_published_in_its_place(world, sign_in, decided):
    closing, client = closing_on(world.a), sign_in(world.a.coordinator)
    publication = given(world.a, closing)
    page = reverse("partners:publication", args=[publication.pk])
    campaign = reverse("classification:campaign", args=[closing.campaign_id])
    assert "a été arrêtée depuis" not in client.get(page).text
    second = closed(world.a, closing.campaign, reason="Saisies tardives.")
    told = _plain(client.get(page).text)
    assert "Cette publication donne la version 1 de la campagne ; la version 2 a été arrêtée depuis." in told
    assert "« Cellule A » a la version 1 : publier la version 2" in _plain(client.get(campaign).text)
    for other in (world.a.partner, world.a.lead):
        assert "a été arrêtée depuis" not in sign_in(other).get(page).text
    replace_page = reverse("partners:publication_supersede", args=[publication.pk])
    assert client.get(replace_page).headers["Location"] == page_of(world.a, closing)
    client.post(page_of(world.a, second), as_shown(world.a, second, reason="Version corrigée."))
    with system_scope("seeding"):
        request = PublicationRequest.objects.get()
    _answered(world.a, request)
    with system_scope("seeding"):
        assert Publication.objects.get(withdrawn_at=None).campaign_version == 2
    assert "publier la version 2" not in _plain(client.get(campaign).text)


def test_what_was_corrected_since_the_closing_is_told_with_where_to_take_it_in(world, sign_in, decided):
    """By the moment at which the campaign was read, not by that of the publication, which came days later."""
    closing = closing_on(world.a)
    raise_to_3(world.a.other)
    note_change([world.a.other.pk])
    with acting_as(world.a.coordinator) as scope:
        later = timezone.now() + dt.timedelta(3)
        publication = services.publish_closing(
            scope, circle=world.a.circle, closing=current(world.a, closing), at=later
        )
    page = sign_in(world.a.coordinator).get(reverse("partners:publication", args=[publication.pk]))
    assert "Résidence A bis : publié avec le niveau proposé 1, maintenant 3" in _plain(page.text)
    assert reverse("classification:campaign_correct", args=[closing.campaign_id]) in page.text
    assert "Publier de nouveau ce jour et remplacer" not in page.text


def test_a_version_that_waits_stops_it(world, sign_in, decided):
    closing = closing_on(world.a)
    with acting_as(world.a.coordinator) as scope:
        request, _new = services.request_publication(
            scope, circle=world.a.circle, as_of=today(), closing=current(world.a, closing)
        )
    asked(world.a, closing.campaign, reason="Saisies tardives.")
    with pytest.raises(JobError, match="en cours d’arrêt"):
        _answered(world.a, request)
    page = sign_in(world.a.coordinator).post(
        page_of(world.a, closing), as_shown(world.a, closing), follow=True
    )
    assert "en cours d’arrêt" in page.text
    with system_scope("seeding"):
        assert not Publication.objects.exists()


def test_a_version_that_was_made_meanwhile_stops_the_job(world, decided):
    closing = closing_on(world.a)
    with acting_as(world.a.coordinator) as scope:
        request, _new = services.request_publication(
            scope, circle=world.a.circle, as_of=today(), closing=current(world.a, closing)
        )
    closed(world.a, closing.campaign, reason="Saisies tardives.")
    with pytest.raises(JobError, match="a une autre version"):
        _answered(world.a, request)
    with system_scope("seeding"):
        assert not Publication.objects.exists()


def test_two_coordinators_ask_for_it_once(world, sign_in, decided):
    closing = closing_on(world.a)
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.town, role="coordinator").user
    answers = [
        sign_in(person).post(page_of(world.a, closing), as_shown(world.a, closing), follow=True)
        for person in (world.a.coordinator, colleague)
    ]
    with system_scope("seeding"):
        request = PublicationRequest.objects.get()
    page = reverse("partners:publication_request", args=[request.pk])
    assert [answer.redirect_chain for answer in answers] == [[(page, 302)]] * 2
    assert ["déjà demandée" in answer.text for answer in answers] == [False, True]
    assert all("campagne «" in answer.text for answer in answers)


def test_whoever_asks_while_another_publication_of_the_day_waits_is_told(world, sign_in, decided):
    closing = closing_on(world.a)
    with acting_as(world.a.coordinator) as scope:
        services.request_publication(scope, circle=world.a.circle, as_of=today())
    page = sign_in(world.a.coordinator).post(
        page_of(world.a, closing), as_shown(world.a, closing), follow=True
    )
    assert "la vôtre ne l’est pas" in page.text
    with system_scope("seeding"):
        assert PublicationRequest.objects.get().closing is None


def _refused():
    return pytest.raises(DatabaseError, match="what its campaign does not")


def test_the_database_holds_what_a_publication_says_of_its_campaign(world, decided):
    closing = closing_on(world.a, name="Diagnostic")
    elsewhere = closing_on(world.b, name="Diagnostic")
    with acting_as(world.a.coordinator):
        version = closing.campaign.grid_version
    said = {
        "circle": world.a.circle, "territory": world.a.territory, "as_of": today(), "grid_version": version, "closing": closing,
        "campaign_name": "Diagnostic", "campaign_version": 1,
    }  # fmt: skip
    waits = asked(world.a, closing.campaign, reason="Saisies tardives.")
    for wrong in (
        {"campaign_name": "Autre"}, {"campaign_version": 2}, {"as_of": today() - dt.timedelta(1)},
        {"closing": elsewhere}, {"closing": waits, "campaign_version": 2},
    ):  # fmt: skip
        with acting_as(world.a.coordinator), _refused(), transaction.atomic():
            Publication.objects.create(**said | wrong)
    request = {"circle": world.a.circle, "territory": world.a.territory, "as_of": today(), "closing": closing}
    for wrong in ({"as_of": today() - dt.timedelta(1)}, {"closing": elsewhere}, {"closing": waits}):
        with acting_as(world.a.coordinator), _refused(), transaction.atomic():
            PublicationRequest.objects.create(**request | wrong)
    with acting_as(world.a.coordinator):
        made = PublicationRequest.objects.create(**request)
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            PublicationRequest.objects.filter(pk=made.pk).update(closing=None)
        publication = Publication.objects.create(**said)
        for column, value in (("closing", None), ("campaign_name", "x"), ("campaign_version", 2)):
            with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
                Publication.objects.filter(pk=publication.pk).update(**{column: value})


def test_a_campaign_that_is_not_closed_leads_back_to_it(world, sign_in):
    campaign = opened(world.a)
    client = sign_in(world.a.coordinator)
    page = reverse("classification:campaign", args=[campaign.pk])
    for address in (
        reverse("partners:campaign_circles", args=[campaign.pk]),
        reverse("partners:campaign_publish", args=[campaign.pk, world.a.circle.pk]),
    ):
        assert client.get(address).headers["Location"] == page


def test_no_circle_of_another_territory_nor_one_that_ended(world, sign_in):
    closing = closing_on(world.a)
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.town, role="coordinator", user=world.a.coordinator)
        ended = f.CircleFactory(
            territory=world.a.territory, name="Finie", starts_on=today() - dt.timedelta(9), ends_on=today()
        )
    client = sign_in(world.a.coordinator)
    for circle in (world.b.circle, ended):
        assert client.get(page_of(world.a, closing, circle)).status_code == 404
    page = client.get(reverse("partners:campaign_circles", args=[closing.campaign_id]))
    assert [one.circle.name for one in page.context["given"]] == ["Cellule A"]


@pytest.fixture
def committed(committed_database):
    """A campaign of side A that the worker closed, where what is written stays written."""
    side = plant().a
    closing = asked(side, opened(side))
    with system_scope("evaluation"):
        return side, Closing.objects.select_related("campaign").get(pk=closing.pk)


def _requested(side, closing) -> PublicationRequest:
    with acting_as(side.coordinator) as scope:
        request, _new = services.request_publication(
            scope, circle=side.circle, as_of=today(), closing=current(side, closing)
        )
    with system_scope("jobs"):
        return PublicationRequest.objects.get(pk=request.pk)


def test_the_worker_publishes_what_was_asked_for(committed):
    side, closing = committed
    request = _requested(side, closing)
    assert (request.state, request.error) == (JobState.DONE, "")
    with system_scope("seeding"):
        publication = Publication.objects.get(pk=request.publication_id)
    assert (publication.closing_id, set(sites_in(publication))) == (
        closing.pk, {"Résidence A", "Résidence A bis"}
    )  # fmt: skip


@pytest.mark.unsent
def test_a_version_that_another_makes_while_the_worker_reads_stops_it(committed, monkeypatch):
    side, closing = committed
    real = freezing.closed_state

    def late(*args):
        state = real(*args)
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(_corrected, side, closing).result()
        return state

    monkeypatch.setattr(freezing, "closed_state", late)
    request = _requested(side, closing)
    assert (request.state, request.publication_id) == (JobState.FAILED, None)
    assert "a une autre version" in request.problem
    with system_scope("seeding"):
        assert not Publication.objects.exists()


def _corrected(side, closing) -> None:
    asked(side, closing.campaign, reason="Saisies tardives.")
    connection.close()


@pytest.mark.unsent
def test_an_agreement_that_ends_between_the_page_and_the_worker_is_not_given(committed):
    side, closing = committed
    with acting_as(side.coordinator) as scope:
        found = current(side, closing)
        assert preview_of(scope, side.circle, today(), found)["total"] == 2
    with system_scope("seeding"):
        side.agreement.ends_on = today()
        side.agreement.save(update_fields=["ends_on"])
    request = _requested(side, closing)
    assert (request.state, request.publication_id) == (JobState.FAILED, None)
    assert "n’est plus partagé" in request.problem
