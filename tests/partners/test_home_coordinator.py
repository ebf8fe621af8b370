"""The first page of a coordinator: the territory, with what is shared with that very territory."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from incidents.models import Incident
from partners.dashboard.reading import HALF_YEAR_DAYS, dashboard_of
from partners.snapshot import sites_at
from sites.models import Residence, SharingAgreement
from tests import factories as f
from tests.sharing import issued_of, journal, publication_of

HOME = reverse("partners:dashboard")
OF_B = ("Résidence B", "Bailleur B", "1 rue B", "2 rue B", "CLSPD B", "Cellule B")


def _days_ago(days):
    return timezone.localdate() - dt.timedelta(days)


def _page(client, url=HOME):
    return client.get(url).content.decode().replace("\xa0", " ").replace("\u202f", " ")


def _dashboard(side):
    with acting_as(side.coordinator):
        return dashboard_of(side.territory)


@pytest.fixture
def coordinator(world, sign_in):
    return sign_in(world.a.coordinator)


def test_a_coordinator_lands_here(coordinator):
    assert coordinator.get("/").headers["Location"] == HOME


def test_a_partner_of_one_circle_lands_in_it(world, sign_in):
    client = sign_in(world.a.partner)
    assert client.get("/").headers["Location"] == reverse("partners:circle", args=[world.a.circle.pk])
    with system_scope("seeding"):
        f.MandateFactory(circle=f.CircleFactory(territory=world.a.territory), user=world.a.partner)
    assert client.get("/").headers["Location"] == reverse("partners:circles")


def test_counts_what_is_shared_and_what_was(world):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, day=_days_ago(HALF_YEAR_DAYS + 1))
    found = _dashboard(world.a)
    assert (found.residences, found.counts, found.counts_before) == (2, [1, 0, 1, 0, 0], [2, 0, 0, 0, 0])
    assert [(m.site.residence_id, m.before, m.site.level) for m in found.since_half_year.rows] == [
        (world.a.residence.pk, 1, 3)
    ]
    assert [(bar["label"], bar["counts"]) for bar in found.by_landlord] == [("Bailleur A", [1, 0, 1, 0, 0])]
    assert [(bar["label"], bar["counts"]) for bar in found.by_neighbourhood] == [
        ("Hors QPV", [1, 0, 1, 0, 0])
    ]


def test_a_landlord_that_did_not_record_then_is_not_counted_as_quiet_then(world, coordinator):
    found = _dashboard(world.a)
    assert (found.counts, found.counts_before, found.since_half_year.total) == ([1, 0, 1, 0, 0], [0] * 5, 0)
    page = _page(coordinator)
    assert "Personne ne saisissait encore il y a six mois." in page
    assert "qu’il y a six mois" not in page
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        f.IncidentFactory(address=world.b.address, day=_days_ago(HALF_YEAR_DAYS + 1))
    found = _dashboard(world.a)
    assert (sum(found.counts), sum(found.counts_before), sum(found.counts_compared)) == (4, 2, 2)


def test_ranks_as_publications_do(world):
    with system_scope("seeding"):
        for dwellings, codes in ((80, ["WEAPONS"]), (10, ["WEAPONS", "URBAN_VIOLENCE"]), (90, ["WEAPONS"])):
            residence = f.ResidenceFactory(
                landlord=world.a.landlord, commune=world.commune, dwellings=dwellings
            )
            address = f.AddressFactory(residence=residence)
            for code in codes:
                f.IncidentFactory(address=address, code=code, day=_days_ago(2))
        evaluate()
    with acting_as(world.a.coordinator):
        expected = [site.name for site in sites_at(world.a.territory, timezone.localdate())]
    assert [site.residence.name for site in _dashboard(world.a).top] == expected


def test_says_what_rose_since_the_last_publication_of_each_circle(world):
    with system_scope("seeding"):
        other = f.CircleFactory(territory=world.a.territory, name="Cellule Z")
        f.CircleFactory(territory=world.a.territory, name="Cellule sans rien")
    publication_of(world.a, as_of=_days_ago(100))
    last = publication_of(world.a, as_of=_days_ago(60))
    world.a.circle = other
    publication_of(world.a, as_of=_days_ago(0))
    found = _dashboard(world.a)
    assert [(circle.name, circle.last and circle.last.as_of, circle.risen) for circle in found.circles] == [
        ("Cellule A", last.as_of, 1),
        ("Cellule sans rien", None, 0),
        ("Cellule Z", timezone.localdate(), 0),
    ]
    assert [(m.site.residence_id, m.before, m.circles) for m in found.since_publication.rows] == [
        (world.a.residence.pk, 1, ("Cellule A",))
    ]
    assert (found.risen, found.fallen) == (1, 0)


def test_compares_with_what_was_frozen_not_with_what_is_known_since(world):
    publication_of(world.a, as_of=_days_ago(0))
    with system_scope("seeding"):
        Incident.objects.filter(landlord=world.a.landlord).update(cancelled_at=timezone.now())
        f.IncidentFactory(address=world.a.other_address, code="WEAPONS", day=_days_ago(40))
        evaluate()
    found = _dashboard(world.a)
    assert [(m.site.residence_id, m.before, m.site.level) for m in found.since_publication.rows] == [
        (world.a.other.pk, 1, 3)
    ]


def test_a_fall_no_circle_knows_names_them_all(world, coordinator):
    publication_of(world.a, as_of=_days_ago(0))
    assert "pas encore publié" not in _page(coordinator)
    with system_scope("seeding"):
        world.a.circle = f.CircleFactory(territory=world.a.territory, name="Cellule Z")
    publication_of(world.a, as_of=_days_ago(0))
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.residence, address=None).update(
            level=1, facts_level=1, impact_level=1
        )
    found = _dashboard(world.a)
    assert [(m.before, m.site.level, m.circles) for m in found.since_publication.rows] == [
        (3, 1, ("Cellule A", "Cellule Z"))
    ]
    page = _page(coordinator)
    assert "0 en hausse, 1 en baisse" in page
    assert "pas encore publié à Cellule A, Cellule Z" in page


def test_a_stopped_recording_is_told_beside_rises_and_falls_so_that_they_add_up(world, coordinator):
    publication_of(world.a, as_of=_days_ago(0))
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.residence, address=None).update(
            level=1, facts_level=1, impact_level=1, silent=True, level_before=3
        )
    found = _dashboard(world.a)
    assert (found.since_publication.total, found.risen, found.fallen, found.stopped) == (1, 0, 0, 1)
    page = _page(coordinator)
    assert "0 en hausse, 0 en baisse, 1 dont la saisie s’est interrompue" in page
    # No fall either in what the arrow says.
    assert ("passe de" in page, "baisse de" in page, "↘" in page) == (True, False, False)


def test_a_renamed_site_is_still_the_one_that_was_published_and_no_namesake(world):
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name=world.a.residence.name)
        evaluate()
    publication_of(world.a, as_of=_days_ago(60))
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(name="Rebaptisée")
    found = _dashboard(world.a).since_publication
    assert [(m.site.residence_id, m.before, m.site.level) for m in found.rows] == [
        (world.a.residence.pk, 1, 3)
    ]


def test_names_the_last_note_and_the_agreements_that_end(world, coordinator):
    note = issued_of(world.a)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=_days_ago(-90))
        f.SharingAgreementFactory(territory=world.a.territory, ends_on=_days_ago(-91))
        f.SharingAgreementFactory(territory=world.a.territory, ends_on=_days_ago(1))
    found = _dashboard(world.a)
    assert [circle.note.pk for circle in found.circles] == [note.pk]
    assert [agreement.pk for agreement in found.ending] == [world.a.agreement.pk]
    assert (found.agreements, found.unanswered) == (4, 1)


def test_nothing_of_an_unshared_landlord_nor_of_another_territory(world, coordinator):
    publication_of(world.b)
    issued_of(world.b)
    page = _page(coordinator)
    assert [text for text in OF_B if text in page] == []
    assert "Bailleur A" in page
    with system_scope("seeding"):
        agreements = SharingAgreement.objects.filter(territory=world.a.territory)
        agreements.update(ends_on=timezone.localdate())
    page = _page(coordinator)
    assert [text for text in ("Résidence A", "1 rue A", *OF_B) if text in page] == []
    assert "Aucun bailleur ne partage encore avec ce territoire" in page


def test_a_coordinator_of_two_territories_reads_each_on_its_own(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.town, role=Role.COORDINATOR)
    client = sign_in(world.a.coordinator)
    b = _page(client, reverse("partners:territory_dashboard", args=[world.b.territory.pk]))
    assert [text for text in ("Résidence A", "Bailleur A", "Cellule A") if text in b] == []
    assert "Résidence B" in b
    assert "CLSPD A" in b
    assert "Résidence B" not in _page(client)


def test_several_roles_get_tabs_to_each_first_page(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.a.landlord, role=Role.LEAD)
    page = _page(sign_in(world.a.coordinator))
    assert ("Mon territoire" in page, "Mon patrimoine" in page) == (True, True)


def test_without_a_territory_it_says_whom_to_ask(world, sign_in):
    with system_scope("seeding"):
        alone = f.MembershipFactory(role=Role.COORDINATOR, organisation__kind="municipality").user
    assert "Aucun territoire ne vous est confié" in _page(sign_in(alone))


def test_reading_it_is_in_the_journal_of_the_town(world, coordinator):
    coordinator.get(HOME)
    kept = [entry for entry in journal(world.a.coordinator) if entry[1] == "partners.dashboard"]
    assert kept == [
        ("read", "partners.dashboard", world.a.town.pk),
        ("read", "partners.dashboard", world.a.landlord.pk),
        ("read", "partners.dashboard", world.c.landlord.pk),
        ("read", "partners.dashboard", world.d.landlord.pk),
    ]


def test_shows_many_with_the_queries_of_one(coordinator, world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            coordinator.get(HOME)
        return len(captured)

    publication_of(world.a, as_of=_days_ago(60))
    issued_of(world.a)
    coordinator.get(HOME)
    few = queries()
    with system_scope("seeding"):
        for _n in range(2):
            landlord = f.OrganisationFactory()
            f.SharingAgreementFactory(territory=world.a.territory, landlord=landlord, ends_on=_days_ago(-9))
            commune = f.CommuneFactory()
            world.a.territory.communes.add(commune)
            for place in (commune, world.commune):
                address = f.AddressFactory(residence=f.ResidenceFactory(landlord=landlord, commune=place))
                f.IncidentFactory(address=address, code="WEAPONS", day=_days_ago(1))
            world.a.circle = f.CircleFactory(territory=world.a.territory)
        evaluate()
    publication_of(world.a, as_of=_days_ago(60))
    assert len(_dashboard(world.a).by_landlord) == 3
    assert queries() == few


def test_a_ranking_cut_short_says_of_how_many_and_leads_to_all(world, coordinator, monkeypatch):
    monkeypatch.setattr("partners.dashboard.reading.TOP", 1)
    page = _page(coordinator)
    assert "1 sur 2" in page
    assert "de niveau 3 ou 4</a>" not in page
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, code="STAFF_OR_POLICE_VIOLENCE", day=_days_ago(2))
        evaluate([world.a.other.pk])
    page = _page(coordinator)
    assert '?level=4&amp;level=3">Les 2 de niveau 3 ou 4</a>' in page
