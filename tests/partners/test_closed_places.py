"""What is closed is in no publication and no note of a day from its closing on, and in those of the days before."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from partners.snapshot import preview_at, sites_at
from sites.models import Address, Residence

DAYS_AGO = 3


@pytest.fixture
def closed_on():
    return timezone.localdate() - dt.timedelta(DAYS_AGO)


def named(world, as_of):
    with acting_as(world.a.coordinator):
        ranked = [(site.rank, site.name) for site in sites_at(world.a.territory, as_of)]
        previewed = {site.name for site in preview_at(world.a.territory, as_of)}
    assert previewed == {name for _rank, name in ranked}
    return ranked


def test_a_closed_residence_is_ranked_until_the_day_before(world, closed_on):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(closed_on=closed_on)
    assert named(world, closed_on - dt.timedelta(1)) == [(1, "Résidence A"), (2, "Résidence A bis")]
    for day in (closed_on, timezone.localdate()):
        assert named(world, day) == [(1, "Résidence A bis")]


def test_a_closed_address_is_no_part_of_its_site(world, closed_on):
    with system_scope("seeding"):
        Address.objects.filter(pk=world.a.address.pk).update(closed_on=closed_on)
    with acting_as(world.a.coordinator):
        now = {site.name: site for site in sites_at(world.a.territory, timezone.localdate())}
        then = {site.name: site for site in sites_at(world.a.territory, closed_on - dt.timedelta(1))}
    assert (now["Résidence A"].addresses, now["Résidence A"].level) == ([], 1)
    assert [address["label"] for address in then["Résidence A"].addresses] == ["1 rue A"]
