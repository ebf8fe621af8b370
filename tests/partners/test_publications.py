"""Test publications: exactly the levels at a date, frozen, and visible to no other circle."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.models import SiteLevel
from partners.models import Publication, PublicationRequest, PublishedSite, SynthesisNote
from partners.publications.services import publish
from partners.snapshot import preview_at, ranked, sites_at
from sites.models import SharingAgreement
from sites.sharing.terms import state_of_council
from tests import factories as f
from tests.sharing import draft_of, journal, publication_of, site_address, today
from tests.versions import planted as versions_of


def seen(user, model=PublishedSite) -> set[int]:
    with acting_as(user):
        return set(model.objects.values_list("pk", flat=True))


def planted(publication) -> dict[str, int]:
    with system_scope("seeding"):
        return dict(PublishedSite.objects.filter(publication=publication).values_list("name", "level"))


def test_a_publication_holds_the_levels_of_the_database_at_its_date(world):
    publication = publication_of(world.a)
    with system_scope("seeding"):
        levels = SiteLevel.objects.filter(landlord=world.a.landlord, address=None)
        expected = dict(levels.values_list("residence__name", "level"))
    assert planted(publication) == expected == {"Résidence A": 3, "Résidence A bis": 1}


def test_a_publication_of_an_earlier_day_looks_back_from_it(world):
    publication = publication_of(world.a, as_of=today() - dt.timedelta(60))
    assert planted(publication) == {"Résidence A": 1, "Résidence A bis": 1}


def test_landlords_without_a_live_agreement_are_left_out(world):
    with system_scope("seeding"):
        yesterday = today() - dt.timedelta(1)
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=yesterday)
    assert planted(publication_of(world.a)) == {}


def test_a_coordinator_of_two_territories_mixes_nothing(world):
    """Landlord B shares with territory B alone, in the very same commune."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.town, role="coordinator")
    with acting_as(world.a.coordinator):
        names = {site.name for site in sites_at(world.a.territory, today())}
        previewed = {site.name: site.level for site in preview_at(world.a.territory, today())}
    assert names == {"Résidence A", "Résidence A bis"}
    assert previewed == {"Résidence A": 3, "Résidence A bis": 1}
    assert set(planted(publication_of(world.a))) == names


def test_communes_of_another_territory_are_left_out(world):
    with system_scope("seeding"):
        far = f.TerritoryFactory(organisation=world.a.town, communes=[f.CommuneFactory()])
        f.SharingAgreementFactory(landlord=world.a.landlord, territory=far)
    with acting_as(world.a.coordinator):
        assert sites_at(far, today()) == []


def test_the_ranking_follows_its_rule(world):
    with acting_as(world.a.coordinator):
        base = sites_at(world.a.territory, today())[0]
    two = [{"level": 3}, {"level": 3}]
    sites = [
        replace(base, name="d", level=3, findings=two, dwellings=10),
        replace(base, name="c", level=3, findings=two[:1], dwellings=99),
        replace(base, name="b", level=3, findings=two[:1], dwellings=99),
        replace(base, name="a", level=4, findings=[], dwellings=1),
        replace(base, name="e", level=3, findings=two[:1], dwellings=100),
    ]
    assert [(site.rank, site.name) for site in ranked(sites)] == [
        (1, "a"), (2, "d"), (3, "e"), (4, "b"), (5, "c")
    ]  # fmt: skip


@pytest.mark.parametrize("model", [Publication, PublishedSite])
def test_publications_are_seen_by_circle_coordinator_and_landlords_alone(world, model):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    publication = publication_of(world.a)
    own = {"publication": publication} if model is PublishedSite else {"pk": publication.pk}
    with system_scope("seeding"):
        expected = set(model.objects.filter(**own).values_list("pk", flat=True))
    for person in (world.a.partner, world.a.coordinator, world.a.lead, world.b.lead):
        assert seen(person, model) == expected != set()
    for person in (
        world.b.partner,
        world.b.coordinator,
        world.a.agent,
        world.admin,
        world.dpo,
        world.stranger,
    ):
        assert seen(person, model) == set()


def test_a_landlord_that_stops_sharing_leaves_what_was_published(world):
    with system_scope("seeding"):
        agreement = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    publication = publication_of(world.a)
    assert len(seen(world.a.partner)) == 4
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=agreement.pk).update(ends_on=today())
        remaining = PublishedSite.objects.filter(publication=publication, shared_by=world.a.landlord)
        expected = set(remaining.values_list("pk", flat=True))
    for person in (world.a.partner, world.a.coordinator, world.a.lead):
        assert seen(person) == expected
    assert seen(world.b.lead) == set()


def test_an_empty_circle_shares_with_nobody(world):
    with system_scope("seeding"):
        world.a.circle.mandates.all().delete()
    publication_of(world.a)
    assert seen(world.a.partner) == set()


@pytest.mark.parametrize(
    ("model", "triggers"),
    [
        (
            Publication,
            {"publication_is_frozen", "publication_stays", "publication_is_of_its_campaign"},
        ),
        (PublishedSite, {"published_site_is_frozen"}),
    ],
)
def test_published_rows_are_frozen(world, model, triggers):
    publication_of(world.a)
    changed = {"as_of": today() - dt.timedelta(1)} if model is Publication else {"level": 1}
    with system_scope("seeding"):
        for act in (lambda: model.objects.update(**changed), lambda: _delete(model)):
            with pytest.raises(ProgrammingError, match=r"Cannot .* rows"), transaction.atomic():
                act()
        assert _triggers(model._meta.db_table) == {f"pgtrigger_{name}" for name in triggers}


def _delete(model):
    rows = model.objects.all()
    rows._raw_delete(rows.db)


def _triggers(table: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT regexp_replace(tgname, '_[0-9a-f]{5}$', '') FROM pg_trigger"
            " WHERE tgrelid = %s::regclass AND NOT tgisinternal",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


def test_nobody_publishes_to_anothers_circle(world):
    with (
        acting_as(world.a.coordinator) as scope,
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        publish(scope, circle=world.b.circle, as_of=today())


def test_a_day_is_published_once(world, sign_in):
    publication_of(world.a)
    with (
        acting_as(world.a.coordinator) as scope,
        pytest.raises(IntegrityError, match="publication_is_unique_by_day"),
        transaction.atomic(),
    ):
        publish(scope, circle=world.a.circle, as_of=today())
    url = reverse("partners:publish", args=[world.a.circle.pk])
    response = sign_in(world.a.coordinator).post(url, {"as_of": today()})
    assert "a déjà reçu les niveaux de ce jour" in response.text


def test_preview_says_what_publishing_then_gives(world, sign_in):
    client = sign_in(world.a.coordinator)
    url = reverse("partners:publish", args=[world.a.circle.pk])
    preview = client.get(url, {"as_of": today().isoformat()})
    assert {level.value: n for level, n in preview.context["levels"]} == {4: 0, 3: 1, 2: 0, 1: 1}
    with system_scope("seeding"):
        assert not PublicationRequest.objects.exists()
    client.post(url, {"as_of": today().isoformat()})
    with system_scope("seeding"):
        asked = PublicationRequest.objects.get()
    assert (asked.circle_id, asked.as_of) == (world.a.circle.pk, today())
    assert sorted(planted(publication_of(world.a)).values()) == [1, 3]


def test_the_future_is_not_published(world, sign_in):
    url = reverse("partners:publish", args=[world.a.circle.pk])
    tomorrow = today() + dt.timedelta(1)
    response = sign_in(world.a.coordinator).post(url, {"as_of": tomorrow})
    assert "Cette date est à venir" in response.text


def test_partner_reads_map_ranking_and_site_and_each_is_journaled(world, sign_in):
    publication = publication_of(world.a)
    client = sign_in(world.a.partner)
    page = client.get(reverse("partners:publication", args=[publication.pk]))
    assert page.context["mapped"]
    assert page.headers["Cache-Control"] == "no-store"
    site = client.get(site_address(publication.pk, 1)).text.replace("\xa0", " ")
    assert "Petits trafics : quotidiens, 9 jours sur les 28 derniers → niveau 3" in site
    assert "Bailleur B" not in page.text + site
    assert "Récit secret" not in page.text + site
    assert journal(world.a.partner) == [
        ("read", kind, pk)
        for kind in ("partners.publication", "partners.publishedsite")
        for pk in (world.a.town.pk, world.a.landlord.pk, world.a.police.pk)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"level": ["3", "4"]}, ["Résidence A"]),
        ({"level": "2"}, []),
        ({"commune": "Partagée", "tri": "-rank"}, ["Résidence A bis", "Résidence A"]),
    ],
)
def test_ranking_filters_and_sorts(world, sign_in, query, expected):
    publication = publication_of(world.a)
    page = sign_in(world.a.partner).get(reverse("partners:publication", args=[publication.pk]), query)
    assert [row.record.name for row in page.context["table"].paginated_rows] == expected


def test_levels_are_frozen_when_the_facts_change(world):
    publication = publication_of(world.a)
    before = planted(publication)
    with system_scope("seeding"):
        for n in range(9):
            f.IncidentFactory(address=world.a.other_address, code="WEAPONS", day=today() - dt.timedelta(n))
    assert planted(publication) == before


def test_facts_of_unknown_day_count_and_their_period_is_not_told(world, sign_in):
    with system_scope("seeding"):
        f.IncidentFactory(
            address=world.a.address,
            code="WEAPONS",
            day=today() - dt.timedelta(9),
            span_end=today() - dt.timedelta(6),
        )
    publication, note = publication_of(world.a), draft_of(world.a)
    with system_scope("seeding"):
        rank = PublishedSite.objects.get(publication=publication, name="Résidence A").rank
    page = sign_in(world.a.partner).get(site_address(publication.pk, rank))
    for said in (page.text, str(note.content["sites"])):
        plain = said.replace("\N{NO-BREAK SPACE}", " ").replace("\\xa0", " ")
        assert re.search(r"Présence d’armes : ponctuelle, \d jours? sur les 365 derniers → niveau 3", plain)
        assert "entre le" not in plain


def test_publications_list_of_a_lead_counts_each_level(world, sign_in):
    publication_of(world.a)
    publication_of(world.b)
    page = sign_in(world.a.lead).get(reverse("partners:publications"))
    rows = page.context["publications"]
    assert [(p.territory.name, p.level_4, p.level_3, p.level_2, p.level_1) for p in rows] == [
        ("CLSPD A", 0, 1, 0, 1)
    ]


def test_a_site_without_facts_and_a_circle_without_sites_have_a_page(world, sign_in):
    publication = publication_of(world.a, as_of=today() - dt.timedelta(700))
    client = sign_in(world.a.partner)
    page = client.get(site_address(publication.pk, 1)).text
    assert "Aucun fait ne compte à cette date." in page
    assert "Aucune perturbation ne compte à cette date." in page
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=timezone.localdate())
    empty = client.get(reverse("partners:publication", args=[publication.pk]))
    assert "les conventions des bailleurs ont pris fin" in empty.text


def test_paper_gets_every_row_and_a_page_of_rows_says_of_how_many(world, sign_in):
    with system_scope("seeding"):
        for _n in range(26):
            f.AddressFactory(residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune))
    url = reverse("partners:publication", args=[publication_of(world.a).pk])
    client = sign_in(world.a.partner)
    page = client.get(url, {"tri": "-rank"})
    assert len(page.context["table"].paginated_rows) == 25
    assert "<strong>25 sur 28</strong>" in page.text
    assert f'href="?{page.context["whole"]}" id="map-print"'.replace("&", "&amp;") in page.text
    assert page.text.count("Imprimer") == 1
    paper = client.get(f"{url}?{page.context['whole']}")
    assert [row.record.rank for row in paper.context["table"].paginated_rows] == list(range(28, 0, -1))
    assert "25 sur 28" not in paper.text


def test_the_list_names_the_circle_to_those_who_may_know_it(world, sign_in):
    publication_of(world.a)
    with system_scope("seeding"):
        world.a.circle = f.CircleFactory(territory=world.a.territory, name="Seconde")
    publication_of(world.a)
    shown = {
        who: re.findall(
            r'data-label="Cellule"[^>]*>(.*?)<', sign_in(who).get(reverse("partners:publications")).text
        )
        for who in (world.a.coordinator, world.a.partner, world.a.lead)
    }
    assert shown == {
        world.a.coordinator: ["Seconde", "Cellule A"],
        world.a.partner: ["Cellule A"],
        world.a.lead: [],
    }


def test_a_landlord_that_signs_alone_reads_nothing_of_the_others(world, sign_in):
    before = publication_of(world.a, as_of=today() - dt.timedelta(1))
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(name="Bailleur lointain")
        lead = f.MembershipFactory(organisation=landlord, role=Role.LEAD).user
    client = sign_in(lead)
    signed = {
        "landlord": landlord.pk, "territory": world.a.territory.pk, "starts_on": today().isoformat(),
        "communes": [world.commune.pk], **versions_of(world.a.territory, state_of_council),
    }  # fmt: skip
    assert client.post(reverse("sites:sign_agreement"), signed).status_code == 302
    after = publication_of(world.a)
    for publication in (before, after):
        assert client.get(reverse("partners:publication", args=[publication.pk])).status_code == 404
        assert client.get(site_address(publication.pk, 1)).status_code == 404
    assert seen(lead, Publication) == seen(lead) == set()


def test_a_site_that_fell_silent_is_flagged_and_no_improvement(world, sign_in):
    with system_scope("seeding"):
        address = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Silence")
        )
        for n in range(100, 130):
            f.IncidentFactory(address=address, code="PETTY_DEALING", day=today() - dt.timedelta(n))
    publication_of(world.a, as_of=today() - dt.timedelta(101))
    publication = publication_of(world.a)
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[publication.pk])
    page = client.get(url)
    [row] = [row.record for row in page.context["table"].paginated_rows if row.record.name == "Silence"]
    assert (row.silent, row.before > row.level) == (True, True)
    assert page.text.count("niveau 3 avant") == 1
    assert "<strong>0 en baisse</strong>" in page.text
    assert (
        "1 site n’a baissé que parce que la saisie s’y est interrompue ou qu’une perturbation n’y est pas encore vue"
        in page.text
    )
    assert not list(client.get(url, {"evolution": "fallen"}).context["table"].paginated_rows)
    file = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert [line.split(";")[-2:] for line in file.splitlines() if "Silence" in line] == [["interrompue", "3"]]


def test_the_journal_keeps_filters_and_no_words_of_the_reader(world, sign_in):
    publication = publication_of(world.a)
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[publication.pk])
    assert client.get(url, {"note": "M. Durand", "level": "4", "x": "y"}).status_code == 200
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.landlord, role=Role.DPO).user
    with acting_as(officer):
        entry = AuditEntry.objects.filter(actor=world.a.partner).latest("id")
    assert entry.detail == {"publication": publication.pk, "filters": {"level": ["4"]}}


@pytest.mark.parametrize("day", ["0001-01-01", "2000-01-01"])
def test_a_day_before_anything_was_recorded_is_not_called_quiet(world, sign_in, day):
    client = sign_in(world.a.coordinator)
    pages = [
        client.get(reverse("partners:publish", args=[world.a.circle.pk]), {"as_of": day}),
        client.post(reverse("partners:publish", args=[world.a.circle.pk]), {"as_of": day}),
        client.post(reverse("partners:note_create"), {"territory": world.a.territory.pk, "as_of": day}),
    ]
    assert [page.status_code for page in pages] == [200, 422, 422]
    for page in pages:
        assert "Aucun fait n’est connu à cette date ni avant" in page.text
    with system_scope("seeding"):
        assert not PublicationRequest.objects.exists()
        assert not SynthesisNote.objects.exists()
