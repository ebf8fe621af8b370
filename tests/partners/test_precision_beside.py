"""Test what circles by residence and by neighbourhood could be told beside the levels: order, free text, journal, stale previews."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from partners.models import Circle, PublicationRequest, PublishedCount, PublishedSite
from partners.publications.coarse import Count, rows_of
from portal.guide import tour_of
from sites.models import Address, PriorityNeighbourhood, Residence
from tests import factories as f
from tests.coarse import circle_of, publish_to, town_of
from tests.deciding import decides, residence_at
from tests.sharing import today

SQUARE = [[[2.0, 48.0], [2.01, 48.0], [2.01, 48.01], [2.0, 48.01], [2.0, 48.0]]]


@pytest.fixture
def town(world):
    return town_of(world)


def test_rows_of_counts_stand_in_no_order_that_tells_a_level(town):
    """The rest of the commune has the highest levels: whoever reads row numbers does not learn it."""
    with system_scope("seeding"):
        PriorityNeighbourhood.objects.create(
            code="QN00101F", name="Les Alizés", west=2.0, south=48.0, east=2.01, north=48.01,
            outline={"type": "Polygon", "coordinates": SQUARE},
        )  # fmt: skip
        inside = [*town.homes[2], *town.homes[1][:5]]
    inside += [residence_at(town.a.landlord, town.commune, 2, name=f"Mur 4{n}") for n in range(3)]
    with system_scope("seeding"):
        Address.objects.filter(residence__in=inside).update(longitude=2.005, latitude=48.005)
    given = circle_of(town.a, "neighbourhood")
    publish_to(town.a, given.circle)
    with acting_as(given.member):
        rows = list(PublishedCount.objects.order_by("pk").values_list("neighbourhood", "mark", "at_least"))
    assert rows == [("", 3, 5), ("Les Alizés", 2, 5)]
    decides(town.a.lead, inside[2], retained=4, reason="Connu du terrain.")
    other = circle_of(town.a, "neighbourhood", name="Autre")
    publish_to(town.a, other.circle)
    with acting_as(other.member):
        again = list(PublishedCount.objects.order_by("pk").values_list("neighbourhood", "mark", "at_least"))
    assert again == rows


@pytest.mark.parametrize("precision", ["address", "residence"])
def test_the_free_text_of_a_decision_goes_to_circles_by_address_alone(town, sign_in, precision):
    decides(town.a.lead, town.homes[3][0], retained=4, reason="Hall B du 12 rue des Essais.")
    given = circle_of(town.a, precision)
    found = publish_to(town.a, given.circle)
    with acting_as(given.member):
        site = PublishedSite.objects.get(publication=found, name="Mur 30")
    assert (site.retained, bool(site.decided_on)) == (4, True)
    page = sign_in(given.member).get(reverse("partners:site", args=[found.pk, site.key])).text
    told = precision == "address"
    assert (site.decision_reason, "Hall B" in page) == ("Hall B du 12 rue des Essais." if told else "", told)
    assert ("texte libre peut nommer une adresse" in page) is not told


def test_the_journal_of_landlords_tells_no_number_of_neighbourhoods_told(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    answer = sign_in(given.member).get(reverse("partners:publication", args=[found.pk]), {"export": "xlsx"})
    answer.getvalue()
    assert "confidentiel-niveaux-par-quartier-" in answer["Content-Disposition"]
    for close in answer._resource_closers:
        close()
    with acting_as(town.a.lead):
        [entry] = AuditEntry.objects.filter(action="export", object_id=str(found.pk))
    assert entry.detail == {"publication": found.pk, "format": "xlsx"}


def test_a_residence_that_lies_in_no_known_outline_is_named_in_the_language_of_the_reader(town, sign_in):
    with system_scope("seeding"):
        Residence.objects.update(in_priority_neighbourhood=True)
    given = circle_of(town.a, "neighbourhood")
    found = publish_to(town.a, given.circle)
    with system_scope("seeding"):
        type(given.member).objects.filter(pk=given.member.pk).update(language="en")
    client = sign_in(given.member)
    page = client.get(reverse("partners:publication", args=[found.pk])).text
    assert "Priority neighbourhood<" in page
    assert "Quartier prioritaire" not in page


def test_what_was_previewed_at_another_precision_is_not_published(town, sign_in):
    """Somebody changes the precision while the preview is open in another tab."""
    given, client = circle_of(town.a, "neighbourhood"), sign_in(town.a.coordinator)
    page = reverse("partners:publish", args=[given.circle.pk])
    assert 'name="precision" value="neighbourhood"' in client.get(page, {"as_of": today().isoformat()}).text
    with system_scope("seeding"):
        Circle.objects.filter(pk=given.circle.pk).update(precision="address")
    sent = {"as_of": today().isoformat(), "precision": "neighbourhood"}
    answer = client.post(page, sent)
    assert answer.status_code == 422
    assert "La précision de la cellule a changé" in answer.text
    with acting_as(town.a.coordinator):
        assert not PublicationRequest.objects.exists()
    assert 'name="precision" value="address"' in answer.text
    assert client.post(page, sent | {"precision": "address"}).status_code == 302


def steps_of(user) -> list[str]:
    with acting_as(user):
        return [step.key for step, _done in tour_of(user, Role.PARTNER).steps]


def test_the_guide_asks_of_nobody_what_their_circles_do_not_give(town, sign_in):
    steps = {
        "address": ["partner-map", "partner-site", "partner-copy"],
        "residence": ["partner-map", "partner-site"],
        "neighbourhood": ["partner-map"],
    }
    for precision, keys in steps.items():
        assert steps_of(circle_of(town.a, precision).member) == keys
    both = circle_of(town.a, "neighbourhood", name="Autre")
    named = publish_to(town.a, town.a.circle)
    publish_to(town.a, both.circle)
    with system_scope("seeding"):
        f.MandateFactory(circle=town.a.circle, user=both.member)
    assert steps_of(both.member) == steps["address"]
    page = sign_in(both.member).get(reverse("guide_step", args=["partner-site"]), follow=True)
    assert page.request["PATH_INFO"].startswith(reverse("partners:publication", args=[named.pk]))
    assert page.resolver_match.view_name == "partners:site"


def test_a_file_of_a_circle_by_residence_says_so_and_holds_no_point(town, sign_in):
    given = circle_of(town.a, "residence")
    found = publish_to(town.a, given.circle)
    client, page = sign_in(given.member), reverse("partners:publication", args=[found.pk])
    file = client.get(page, {"export": "csv"})
    file.getvalue()
    assert "confidentiel-niveaux-par-residence-" in file["Content-Disposition"]
    offered = client.get(page, {"export": "geojson"})
    assert offered["Content-Type"].startswith("text/html")
    plain = client.get(page).text
    assert ("export=csv" in plain, "export=geojson" in plain) == (True, False)


def test_the_preview_of_counts_is_in_the_journal_of_each_landlord_that_it_counts(town, sign_in):
    given = circle_of(town.a, "neighbourhood")
    page = reverse("partners:publish", args=[given.circle.pk])
    sign_in(town.a.coordinator).get(page, {"as_of": today().isoformat()})
    for lead in (town.a.lead, town.b.lead):
        with acting_as(lead):
            [entry] = AuditEntry.objects.filter(action="read", object_id=str(given.circle.pk))
        assert entry.detail["preview"] == today().isoformat()


def test_the_rest_of_a_commune_stands_below_its_neighbourhoods():
    counts = [Count(1, "Brumeval", name, 3, 5) for name in ("", "Zénith", "Écluse")]
    counts.append(Count(2, "Autremer", "", 3, 5))
    assert [(row.commune, row.neighbourhood) for row in rows_of(counts)] == [
        ("Autremer", ""), ("Brumeval", "Écluse"), ("Brumeval", "Zénith"), ("Brumeval", ""),
    ]  # fmt: skip
