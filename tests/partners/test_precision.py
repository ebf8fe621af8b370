"""Test what circles by residence and by neighbourhood are given: in the database, and in every output."""

import csv
import io
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from partners.circles.services import GivenError, change_precision, precision_of
from partners.models import Circle, Publication, PublishedCount, PublishedSite, SynthesisNote
from partners.publications.services import publish, request_publication
from sites.models import Address, PriorityNeighbourhood, SharingAgreement
from tests import factories as f
from tests.coarse import circle_of, publish_to, town_of
from tests.deciding import decides
from tests.sharing import draft_of, issued_of, journal, today
from tests.versions import planted

NAMES = ("Résidence A", "Mur 3", "Mur 1", "Bailleur A", "Bailleur B", "rue A")


def counts_seen_by(user) -> set[tuple[str, str, int, int]]:
    columns = ("commune__name", "neighbourhood", "mark", "at_least")
    with acting_as(user):
        return set(PublishedCount.objects.values_list(*columns))


@pytest.fixture
def town(world):
    return town_of(world)


TOLD = {("Partagée", "", 3, 5)}


def test_a_circle_by_neighbourhood_is_told_exactly_the_suppressed_counts(town):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    assert counts_seen_by(given.member) == TOLD
    with system_scope("seeding"):
        assert not PublishedSite.objects.filter(publication=found).exists()
    assert found.landlords == sorted([town.a.landlord.pk, town.b.landlord.pk])


def test_a_priority_neighbourhood_is_a_cell_of_its_own(town):
    square = [[[2.0, 48.0], [2.01, 48.0], [2.01, 48.01], [2.0, 48.01], [2.0, 48.0]]]
    with system_scope("seeding"):
        PriorityNeighbourhood.objects.create(
            code="QN00101F", name="Les Alizés", west=2.0, south=48.0, east=2.01, north=48.01,
            outline={"type": "Polygon", "coordinates": square},
        )  # fmt: skip
        inside = [home.pk for home in (*town.homes[3], *town.homes[1][:5])]
        Address.objects.filter(residence__in=inside).update(longitude=2.005, latitude=48.005)
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    assert counts_seen_by(given.member) == {("Partagée", "Les Alizés", 3, 5)}


# What the member's own statements may find, whatever they ask, besides counts and what is public or their own.
_NOTHING = (
    "partners_publishedsite", "partners_synthesisnote", "partners_notecopy", "partners_publicationrequest",
    "sites_residence", "sites_residencealias", "sites_address", "classification_sitelevel", "classification_pastlevel",
    "classification_finding", "incidents_incident", "incidents_narrative", "incidents_disruption",
)  # fmt: skip


def test_no_statement_of_the_member_reads_a_site(town):
    """The town also publishes to a circle by address, and issues a note there."""
    with acting_as(town.a.coordinator) as scope:
        publish(scope, circle=town.a.circle, as_of=today())
    issued_of(town.a)
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    with acting_as(given.member), connection.cursor() as cursor:
        for table in _NOTHING:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert (table, cursor.fetchone()) == (table, (0,))
        cursor.execute(
            "SELECT mark, at_least FROM partners_publishedcount WHERE at_least > 0 OR at_least <= 0"
        )
        assert cursor.fetchall() == [(3, 5)]
        cursor.execute("SELECT circle_id FROM partners_publication")
        assert cursor.fetchall() == [(given.circle.pk,)]


def test_counts_are_told_to_the_circle_and_its_coordinator_alone(town):
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    assert counts_seen_by(town.a.coordinator) == TOLD
    for person in (
        town.a.lead, town.b.lead, town.a.agent, town.a.partner, town.b.partner, town.b.coordinator, town.admin, town.dpo,
        town.stranger,
    ):  # fmt: skip
        assert counts_seen_by(person) == set()


def test_a_lead_reads_that_a_publication_took_place_and_no_count(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    client = sign_in(town.a.lead)
    page = client.get(reverse("partners:publication", args=[found.pk])).text
    assert "Vos résidences y sont comptées" in page
    assert "5 ou plus" not in page
    assert "nombres par quartier" in client.get(reverse("partners:publications")).text


def taken(answer, encoding: str = "utf-8-sig") -> str:
    """The file of an answer, which is closed; the connection to the database stays."""
    content = answer.getvalue()
    for close in answer._resource_closers:
        close()
    return content.decode(encoding)


def outputs(client, publication) -> dict[str, str]:
    """Everything that a member can get of a publication, without what differs from one page to the next."""
    page = reverse("partners:publication", args=[publication.pk])
    addresses = {
        "page": page,
        "filtered": f"{page}?level=3&level=4&commune=Partag%C3%A9e&landlord=Bailleur+A&evolution=risen",
        "sorted": f"{page}?tri=-level",
        "printed": f"{page}?par_page=tout",
        "csv": f"{page}?export=csv",
        "geojson": f"{page}?export=geojson",
        "points": reverse("partners:publication_points", args=[publication.pk]),
        "list": reverse("partners:publications"),
        "circles": reverse("partners:circles"),
        "circle": reverse("partners:circle", args=[publication.circle_id]),
        "notes": reverse("partners:notes"),
        "search": "/recherche/?q=Mur",
    }
    found = {}
    for name, address in addresses.items():
        answer = client.get(address)
        assert answer.status_code == 200, (name, answer.status_code)
        found[name] = taken(answer) if answer.streaming else answer.text
    book = load_workbook(io.BytesIO(taken(client.get(f"{page}?export=xlsx"), "latin-1").encode("latin-1")))
    found["xlsx"] = repr([[cell.value for cell in row] for row in book.active.iter_rows()])
    return found


def plain(text: str) -> str:
    """A page without tokens, nonces, keys and moments."""
    text = re.sub(r'(nonce|value|data-person|data-draft-key)="[^"]*"|"X-CSRFToken": "\w+"', "", text)
    text = re.sub(r"/(publications|cellules)/[\w-]+/", "/", text)
    return re.sub(r"\d\d?[:h\s]+\d\d", "", text)


def test_every_output_says_that_it_is_coarsened_and_names_no_site(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    got = outputs(sign_in(given.member), found)
    for name, text in got.items():
        for word in NAMES:
            assert word not in text, (name, word)
    for name in ("page", "filtered", "sorted", "printed", "geojson"):
        assert "Cette vue est au quartier" in got[name], name
        assert "5 ou plus" in got[name], name
    assert got["points"] == '{"points": [], "summary": ""}'
    assert "au quartier" in got["circle"].lower()
    rows = list(csv.reader(io.StringIO(got["csv"]), delimiter=";"))
    assert rows[0] == [
        "Commune", "Quartier", "Niveau 4, au moins", "Niveau 3, au moins", "Niveau 2, au moins",
        "Saisie interrompue, au moins", "Campagne", "Précision",
    ]  # fmt: skip
    assert [row[:6] for row in rows[1:]] == [
        ["Partagée", "Hors quartier prioritaire", "n. c.", "5", "n. c.", "n. c."]
    ]
    assert rows[1][6].startswith("hors campagne")
    assert rows[1][7].startswith("Vue au quartier")
    assert "Vue au quartier" in got["xlsx"]


def test_towns_that_differ_in_small_counts_give_the_same_outputs(town, sign_in):
    """What no output tells apart, no subtraction of outputs brings back: 7, 2 and 8 sites of levels 3, 2 and 1, then 9, 4 and 4."""
    first = circle_of(town.a, "neighbourhood", name="Comité")
    one = publish_to(town.a, first.circle)
    before = outputs(sign_in(first.member), one)
    with system_scope("seeding"):
        Circle.objects.filter(pk=first.circle.pk).update(name="Ancien comité", ends_on=today())
    for home, level in zip(town.homes[1], (3, 3, 2, 2), strict=False):
        lead = next(side.lead for side in (town.a, town.b) if side.landlord.pk == home.landlord_id)
        decides(lead, home, retained=level, reason="Connu du terrain.")
    second = circle_of(town.a, "neighbourhood", name="Comité")
    after = outputs(sign_in(second.member), publish_to(town.a, second.circle))
    person = (str(first.member), str(second.member))
    for name in before:
        told = [
            plain(text.replace(who, "X"))
            for text, who in zip((before[name], after[name]), person, strict=True)
        ]
        assert told[0] == told[1], name


def test_the_site_of_another_circle_is_not_found_in_this_one(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    found, named = publish_to(town.a, given.circle), publish_to(town.a, town.a.circle)
    with system_scope("seeding"):
        key = PublishedSite.objects.filter(publication=named).first().key
    client = sign_in(given.member)
    for publication in (found, named):
        assert client.get(reverse("partners:site", args=[publication.pk, key])).status_code == 404


def test_the_preview_shows_what_is_then_published(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    page = (
        sign_in(town.a.coordinator)
        .get(reverse("partners:publish", args=[given.circle.pk]), {"as_of": today().isoformat()})
        .text
    )
    found = publish_to(town.a, given.circle)
    seen = sign_in(given.member).get(reverse("partners:publication", args=[found.pk])).text
    table = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)
    assert table.search(page).group() == table.search(seen).group()
    assert "Mur 3" not in page


def test_what_is_withdrawn_is_told_to_the_coordinator_alone(town):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    with system_scope("seeding"):
        Publication.objects.filter(pk=found.pk).update(withdrawn_at=found.published_at)
    assert counts_seen_by(given.member) == set()
    assert counts_seen_by(town.a.coordinator) == TOLD


def test_a_landlord_that_leaves_closes_the_counts_it_stands_in(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    with system_scope("seeding"):
        agreements = SharingAgreement.objects.filter(landlord=town.b.landlord, territory=town.a.territory)
        agreements.update(ends_on=today())
    assert counts_seen_by(given.member) == counts_seen_by(town.a.coordinator) == set()
    page = sign_in(given.member).get(reverse("partners:publication", args=[found.pk])).text
    assert "Un bailleur ne partage plus l’une des communes comptées" in page


@pytest.mark.parametrize("how", ["mandate", "ended mandate", "coordinator"])
def test_whoever_has_counts_of_a_commune_from_elsewhere_is_told_none_here(town, sign_in, how):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    with system_scope("seeding"):
        if how == "coordinator":
            f.MembershipFactory(user=given.member, organisation=town.b.town, role=Role.COORDINATOR)
        else:
            ended = {"ends_on": today()} if how == "ended mandate" else {}
            f.MandateFactory(circle=town.b.circle, user=given.member, **ended)
    assert counts_seen_by(given.member) == set()
    page = sign_in(given.member).get(reverse("partners:publication", args=[found.pk])).text
    assert "accès à un autre territoire qui a une commune en commun" in page


def test_a_mandate_in_a_territory_without_common_commune_closes_nothing(town):
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    with system_scope("seeding"):
        far = f.TerritoryFactory(communes=[f.CommuneFactory()])
        f.MandateFactory(circle=f.CircleFactory(territory=far), user=given.member)
    assert counts_seen_by(given.member) == TOLD


def test_the_journal_tells_no_number_of_counted_sites(town):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    assert ("publish", "partners.publication", town.a.town.pk) in journal(town.a.coordinator)
    with acting_as(town.a.lead):
        [entry] = AuditEntry.objects.filter(action="publish", object_id=str(found.pk))
    assert entry.detail["precision"] == "neighbourhood"
    assert "sites" not in entry.detail


def test_reading_and_taking_away_are_journalled(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    page = reverse("partners:publication", args=[publish_to(town.a, given.circle).pk])
    client = sign_in(given.member)
    client.get(page)
    taken(client.get(f"{page}?export=csv"))
    told = [(action, kind) for action, kind, owner in journal(given.member) if owner == town.a.town.pk]
    assert told == [("read", "partners.publication"), ("export", "partners.publication")]


def test_a_circle_by_residence_gets_sites_without_address_or_point(town, sign_in):
    given = circle_of(town.a, "residence")
    with system_scope("seeding"):
        Address.objects.update(longitude=2.123456, latitude=48.123456)
    found = publish_to(town.a, given.circle)
    with acting_as(given.member):
        rows = list(PublishedSite.objects.values_list("name", "addresses", "longitude", "latitude"))
    assert {name for name, *_rest in rows} >= {"Résidence A", "Mur 30"}
    assert {repr(rest) for _name, *rest in rows} == {"[[], None, None]"}
    client = sign_in(given.member)
    page = reverse("partners:publication", args=[found.pk])
    assert client.get(reverse("partners:publication_points", args=[found.pk])).json()["points"] == []
    assert "Vue à la résidence" in client.get(page).text
    assert "48.123456" not in client.get(page).text
    text = taken(client.get(f"{page}?export=csv"))
    [row, *_others] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert row["Précision"] == "à la résidence, sans adresse ni point"
    with system_scope("seeding"):
        key = PublishedSite.objects.get(publication=found, name="Résidence A").key
    site = client.get(reverse("partners:site", args=[found.pk, key])).text
    assert "Vue à la résidence" in site
    assert "1 rue A" not in site
    assert "1 rue A" not in client.get("/recherche/?q=rue").text


def test_a_circle_by_address_gets_what_circles_had(world):
    found = publish_to(world.a, world.a.circle)
    with acting_as(world.a.partner):
        site = PublishedSite.objects.get(publication=found, name="Résidence A")
    assert [address["label"] for address in site.addresses] == ["1 rue A"]


@pytest.mark.parametrize("precision", ["residence", "neighbourhood"])
def test_no_note_goes_to_a_circle_that_sees_no_address(world, sign_in, precision):
    given, note = circle_of(world.a, precision), draft_of(world.a)
    client = sign_in(world.a.coordinator)
    page = client.get(reverse("partners:note", args=[note.pk])).text
    assert given.circle.name not in page
    assert "seules les cellules à l’adresse en reçoivent" in page
    with acting_as(world.a.coordinator), pytest.raises(IntegrityError), transaction.atomic():
        SynthesisNote.objects.filter(pk=note.pk).update(
            circle=given.circle, issued_at=note.created_at, copies_until=today()
        )
    said = client.get(reverse("partners:circle", args=[given.circle.pk])).text
    assert "Cette cellule ne reçoit pas de note" in said


def test_the_precision_of_a_circle_changes_until_it_was_given_something(world, sign_in):
    given = circle_of(world.a, "address")
    client = sign_in(world.a.coordinator)
    page = reverse("partners:circle_precision", args=[given.circle.pk])
    data = {"precision": "neighbourhood", **planted(given.circle, precision_of)}
    assert client.post(page, data).status_code == 302
    with acting_as(world.a.coordinator):
        assert Circle.objects.get(pk=given.circle.pk).precision == "neighbourhood"
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user
    with acting_as(officer):
        entry = AuditEntry.objects.filter(object_type="partners.circle", action="update").get()
    assert (entry.detail["precision"], entry.detail["former_precision"]) == ("neighbourhood", "address")
    publish_to(world.a, _again(world, given.circle))
    answer = client.post(page, data | planted(_again(world, given.circle), precision_of), follow=True)
    assert "sa précision ne change plus" in answer.text
    assert client.get(page).status_code == 302


def _again(world, circle) -> Circle:
    with acting_as(world.a.coordinator):
        return Circle.objects.select_related("territory__organisation").get(pk=circle.pk)


@pytest.mark.parametrize("what", ["publication", "request", "note"])
def test_nothing_that_was_given_changes_its_precision(world, what):
    circle = world.a.circle
    with acting_as(world.a.coordinator) as scope:
        if what == "publication":
            publish(scope, circle=circle, as_of=today())
        elif what == "request":
            request_publication(scope, circle=circle, as_of=today())
    if what == "note":
        issued_of(world.a)
    with acting_as(world.a.coordinator) as scope, pytest.raises(GivenError):
        change_precision(
            scope, circle, precision="neighbourhood", version=planted(circle, precision_of)["version"]
        )
    if what == "request":
        return  # its job reads the precision; the database keeps that of what it makes
    with acting_as(world.a.coordinator), pytest.raises(IntegrityError), transaction.atomic():
        Circle.objects.filter(pk=circle.pk).update(precision="neighbourhood")


def test_the_form_of_a_circle_asks_for_its_precision(world, sign_in):
    client = sign_in(world.a.coordinator)
    data = {"territory": world.a.territory.pk, "name": "GLTD", "purpose": "Essai", "starts_on": today()}
    assert client.post(reverse("partners:circle_create"), data).status_code == 422
    answer = client.post(
        reverse("partners:circle_create"), data | {"precision": "neighbourhood"}, follow=True
    )
    assert "Précision : au quartier" in answer.text


def test_the_dashboard_compares_with_no_publication_that_names_nothing(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    page = sign_in(town.a.coordinator).get(reverse("partners:dashboard"))
    assert page.status_code == 200
    assert "Rien n’a encore été publié, résidence par résidence" in page.text
