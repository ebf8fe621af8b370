"""Nothing of a campaign tells a landlord a number of another one, and what a coordinator reads of it is in its journal."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.models import Assessment, CampaignSite, Closing
from tests import factories as f
from tests.campaigning import asked, closed, opened, proposed
from tests.sharing import journal


def _page(campaign) -> str:
    return reverse("classification:campaign", args=[campaign.pk])


@pytest.fixture
def both(world):
    """Landlords A and B, who both share with territory A."""
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    return [world.a.landlord.pk, world.b.landlord.pk]


def _details(person) -> list[dict]:
    with acting_as(person):
        rows = AuditEntry.objects.filter(
            object_type__startswith="classification.", organisation__kind="landlord"
        )
        return [row.detail for row in rows.order_by("pk")]


def test_a_lead_is_not_told_how_many_sites_a_version_has_of_all(world, sign_in, both):
    campaign = closed(world.a, opened(world.a, both)).campaign
    assert "4&nbsp;sites" in sign_in(world.a.coordinator).get(_page(campaign)).text
    page = sign_in(world.a.lead).get(_page(campaign)).text
    assert ("4&nbsp;sites" in page, "2&nbsp;sites" in page, "version 1" in page) == (False, True, True)
    assert all("sites" not in told for told in _details(world.a.lead))


def test_a_lead_is_not_told_how_many_landlords_are_reminded(world, sign_in, both):
    campaign = opened(world.a, both)
    proposed(campaign)
    sign_in(world.a.coordinator).post(reverse("classification:campaign_remind", args=[campaign.pk]))
    assert [told["reminded"] for told in _details(world.a.lead) if "reminded" in told] == [True]


def test_what_a_coordinator_reads_of_the_progress_is_in_the_journals_of_the_landlords(world, sign_in, both):
    campaign = opened(world.a, both)
    proposed(campaign)
    sign_in(world.a.coordinator).get(_page(campaign))
    sign_in(world.a.lead).get(_page(campaign))
    read = [row[2] for row in journal(world.a.coordinator) if row[:2] == ("read", "classification.campaign")]
    assert set(read) == {world.a.town.pk, *both}
    assert journal(world.a.lead) == []


def test_waiting_for_a_version_reads_nothing_of_a_landlord(world, sign_in):
    campaign = closed(world.a).campaign
    asked(world.a, campaign, "Relu.")
    client, before = sign_in(world.a.coordinator), journal(world.a.coordinator)
    answer = client.get(_page(campaign), headers={"HX-Request": "true", "HX-Target": "campaign-closing"})
    assert "attend son tour" in answer.text
    assert journal(world.a.coordinator) == before


def test_who_leads_a_landlord_that_is_asked_and_coordinates_too_is_led_to_its_queue(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.a.town, role=Role.COORDINATOR, user=world.a.lead)
    campaign = opened(world.a)
    proposed(campaign)
    queue = reverse("classification:campaign_queue", args=[campaign.pk])
    assert queue in sign_in(world.a.lead).get(_page(campaign)).text
    assert queue not in sign_in(world.a.coordinator).get(_page(campaign)).text


def test_a_version_that_waits_is_seen_by_coordinators_alone(world):
    campaign = opened(world.a)
    asked(world.a, campaign)
    with acting_as(world.a.lead):
        assert not Closing.objects.exists()
    with acting_as(world.a.coordinator):
        assert Closing.objects.count() == 1


def test_what_is_shared_no_more_is_shut_in_the_database_too(world):
    """Whatever a page asks for: the policies of sites and of what was frozen follow the agreements."""
    with system_scope("seeding"):
        agreement = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    landlords = [world.a.landlord.pk, world.b.landlord.pk]
    closing = closed(world.a, opened(world.a, landlords))
    proposed(running := opened(world.a, landlords))
    with system_scope("seeding"):
        type(agreement).objects.filter(pk=agreement.pk).update(ends_on=timezone.localdate())
    with acting_as(world.a.coordinator):
        for rows in (
            Assessment.objects.filter(closing=closing),
            CampaignSite.objects.filter(campaign=running),
        ):
            assert set(rows.values_list("landlord_id", flat=True)) == {world.a.landlord.pk}


def test_a_coordinator_adds_no_version_to_the_campaign_of_another_territory(world):
    theirs, mine = opened(world.b), asked(world.a, opened(world.a))
    with acting_as(world.a.coordinator):
        with pytest.raises(DatabaseError), transaction.atomic():
            Closing.objects.create(
                campaign_id=theirs.pk,
                territory=world.a.territory,
                number=1,
                state="done",
                read_at=timezone.now(),
            )
        with pytest.raises(DatabaseError), transaction.atomic():
            Closing.objects.filter(pk=mine.pk).update(campaign_id=theirs.pk)
    with acting_as(world.b.lead):
        assert not Closing.objects.exists()


def test_what_is_shared_with_another_territory_alone_is_not_of_this_one_s_campaigns(world, sign_in):
    """Who coordinates both territories may see these sites, but not as sites of the territory that lost them."""
    with system_scope("seeding"):
        f.MembershipFactory(organisation=world.b.town, role=Role.COORDINATOR, user=world.a.coordinator)
        f.SharingAgreementFactory(landlord=world.a.landlord, territory=world.b.territory)
        kept = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    landlords = [world.a.landlord.pk, world.b.landlord.pk]
    finished = closed(world.a, opened(world.a, landlords)).campaign
    proposed(running := opened(world.a, landlords))
    with system_scope("seeding"):
        rows = type(world.a.agreement).objects.filter(pk=world.a.agreement.pk)
        rows.update(ends_on=timezone.localdate())
    with acting_as(world.a.coordinator):
        assert Assessment.objects.filter(landlord=world.a.landlord).exists()
        assert CampaignSite.objects.filter(landlord=world.a.landlord).exists()
    client = sign_in(world.a.coordinator)
    shown = client.get(_page(finished)).context
    assert {row.site.landlord_id for row in shown["rows"]} == {kept.landlord_id}
    assert [one.landlord for one in shown["counts"]] == ["Bailleur B"]
    assert [one.landlord for one in client.get(_page(running)).context["progress"]] == ["Bailleur B"]
