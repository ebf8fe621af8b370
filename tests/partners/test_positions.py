"""Ranks count only what their reader sees: a landlord that left leaves no gap that tells its levels."""

import csv
import json
import re

import pytest
from django.urls import reverse

from accounts.scope import system_scope
from partners.models import PublishedSite
from sites.models import SharingAgreement
from tests import factories as f
from tests.sharing import publication_of, site_address, today


@pytest.fixture
def publication(world):
    """A publication of the sites of landlords A and B, which A has left since; those of A lie between B's."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        f.ResidenceFactory(landlord=world.b.landlord, commune=world.commune, name="Quiet", dwellings=1)
    made = publication_of(world.a)
    with system_scope("seeding"):
        ranked = list(PublishedSite.objects.filter(publication=made).order_by("rank"))
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=today())
    owners = [site.shared_by_id for site in ranked]
    assert owners.index(world.a.landlord.pk) < max(
        i for i, pk in enumerate(owners) if pk == world.b.landlord.pk
    )
    return made


@pytest.mark.parametrize("who", ["partner", "coordinator"])
def test_every_output_numbers_what_its_reader_sees_without_gaps(world, sign_in, publication, who):
    client = sign_in(getattr(world.a, who))
    page = reverse("partners:publication", args=[publication.pk])
    with system_scope("seeding"):
        left = list(
            PublishedSite.objects.filter(publication=publication, shared_by=world.b.landlord).order_by("rank")
        )
    expected = list(range(1, len(left) + 1))
    shown = client.get(page)
    assert [int(row.get_cell("rank")) for row in shown.context["table"].paginated_rows] == expected
    file = client.get(f"{page}?export=csv")
    lines = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()
    ranks = [row["Rang"] for row in csv.DictReader(lines, delimiter=";")]
    assert ranks == [str(position) for position in expected]
    made = json.loads(b"".join(client.get(f"{page}?export=geojson").streaming_content))
    assert {each["properties"]["rang"] for each in made["features"]} <= set(expected)
    points = client.get(reverse("partners:publication_points", args=[publication.pk])).json()["points"]
    assert {point["rank"] for point in points} <= set(expected)
    for position, site in zip(expected, left, strict=True):
        body = (
            client.get(site_address(publication.pk, site.rank))
            .text.replace("&nbsp;", " ")
            .replace("\xa0", " ")
        )
        assert re.search(r"rang\s+(\d+)", body)[1] == str(position)


def test_addresses_of_sites_tell_no_rank_and_those_of_hidden_sites_open_nothing(world, sign_in, publication):
    client = sign_in(world.a.partner)
    page = client.get(reverse("partners:publication", args=[publication.pk])).text
    names = re.findall(rf"{reverse('partners:publication', args=[publication.pk])}sites/([^/]+)/", page)
    with system_scope("seeding"):
        sites = PublishedSite.objects.filter(publication=publication)
        visible = {str(key) for key in sites.filter(shared_by=world.b.landlord).values_list("key", flat=True)}
        hidden = sites.filter(shared_by=world.a.landlord).order_by("rank").values_list("rank", flat=True)[0]
    assert set(names) == visible
    assert client.get(site_address(publication.pk, hidden)).status_code == 404
    assert json.dumps(names).count("-") == 4 * len(names)
