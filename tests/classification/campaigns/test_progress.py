"""While a campaign is open, each lead has the queue of its proposals, and the coordinator sees how far each landlord is."""

import datetime as dt

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Mail
from accounts.scope import acting_as, system_scope
from classification.campaigns.progress import progress_of, standing_of
from classification.campaigns.services import cancel
from classification.campaigns.tasks import propose_levels, remind_leads
from classification.engine.services import default_grid, evaluate
from classification.models import CampaignSite, GridVersion, SiteLevel
from sites.models import Residence, SharingAgreement
from tests import factories as f
from tests.campaigning import closed, now, opened, proposed
from tests.deciding import decides, raise_to_3, residence_at, takes_back
from tests.workshops import shared_campaign


def _queue(client, campaign, **query):
    return client.get(reverse("classification:campaign_queue", args=[campaign.pk]), query)


def _names(answer) -> list[str]:
    return [row.site.residence.name for row in answer.context["rows"]]


def _severe() -> GridVersion:
    """A grid that gives 3 where littering is a daily matter."""
    reference = default_grid()
    cells = reference.cells | {"1.3": [3, "local"]}
    return GridVersion.objects.create(name="Sévère", cells=cells, thresholds=reference.thresholds)


def _running(world, **named):
    campaign = opened(world.a, **named)
    proposed(campaign)
    return campaign


def _progress(world, campaign):
    with acting_as(world.a.coordinator):
        return progress_of(campaign)


def test_it_proposes_the_levels_of_its_day_and_follows_the_records(world):
    site = residence_at(world.a.landlord, world.commune, 2, name="Suivie")
    campaign = _running(world)
    with system_scope("evaluation"):
        now_ = dict(
            SiteLevel.objects.filter(address=None, landlord=world.a.landlord).values_list(
                "residence", "level"
            )
        )
        then = dict(CampaignSite.objects.filter(campaign=campaign).values_list("residence", "level"))
    assert then == now_
    raise_to_3(site)
    with system_scope("evaluation"):
        assert CampaignSite.objects.get(campaign=campaign, residence=site).level == 3


def test_a_fact_costs_no_more_for_the_campaigns_of_other_territories(world):
    site = residence_at(world.a.landlord, world.commune, 2)
    _running(world)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            evaluate([site.pk])
        return len(found)

    queries()
    before = queries()
    proposed(opened(world.b))
    assert queries() == before


def test_a_second_message_changes_nothing(world):
    campaign = _running(world)
    with system_scope("evaluation"):
        before = CampaignSite.objects.filter(campaign=campaign).count()
    propose_levels(campaign.pk)
    with system_scope("evaluation"):
        assert CampaignSite.objects.filter(campaign=campaign).count() == before == 2


def test_the_queue_and_the_progress_agree_at_each_step(world, sign_in):
    sites = [residence_at(world.a.landlord, world.commune, n, name=f"Site {n}") for n in (1, 2, 3)]
    campaign, lead = _running(world), sign_in(world.a.lead)
    assert (len(_names(_queue(lead, campaign))), _progress(world, campaign)[0].decided) == (5, 0)
    assert not _progress(world, campaign)[0].answered
    decision = decides(world.a.lead, sites[1])
    decides(world.a.lead, sites[2], 4, "Vu sur place.")
    assert "Site 2" not in _names(_queue(lead, campaign))
    assert set(_names(_queue(lead, campaign, etat="retenus"))) == {"Site 2", "Site 3"}
    [one] = _progress(world, campaign)
    assert (one.total, one.decided, one.moved, one.left, one.answered) == (5, 2, 0, 3, True)
    takes_back(world.a.lead, decision)
    assert _progress(world, campaign)[0].decided == 1


def test_what_moved_since_its_day_is_told_apart(world, sign_in):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, day=timezone.localdate() - dt.timedelta(80))
    campaign = _running(world, as_of=timezone.localdate() - dt.timedelta(60))
    with acting_as(world.a.lead):
        moved = {site.residence_id for site in standing_of(campaign) if site.moved}
    # The facts of the planted residence are of these days: sixty days ago there were none.
    assert world.a.residence.pk in moved
    answer = _queue(sign_in(world.a.lead), campaign, etat="bouges")
    assert world.a.residence.name in _names(answer)
    assert "ne porte pas sur ce jour" in answer.text


def test_the_queue_shows_what_the_last_campaign_said(world, sign_in):
    site = residence_at(world.a.landlord, world.commune, 3, name="Connue")
    decides(world.a.lead, site, 2, "Vu sur place.")
    first = opened(world.a, as_of=timezone.localdate() - dt.timedelta(1))
    frozen = closed(world.a, first)
    with system_scope("evaluation"):
        said = frozen.assessments.get(residence=site)
    campaign = _running(world)
    rows = _queue(sign_in(world.a.lead), campaign, etat="retenus").context["rows"]
    assert [row.last.shown_level for row in rows if row.site.residence_id == site.pk] == [said.shown_level]


def test_a_lead_sees_and_counts_the_own_landlord_alone(world, sign_in):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    campaign = opened(world.a, [world.a.landlord.pk, world.b.landlord.pk])
    proposed(campaign)
    assert [one.landlord for one in _progress(world, campaign)] == ["Bailleur A", "Bailleur B"]
    with acting_as(world.b.lead):
        assert [one.landlord for one in progress_of(campaign)] == ["Bailleur B"]
    page = _queue(sign_in(world.b.lead), campaign)
    assert set(_names(page)) == {"Résidence B", "Résidence B bis"}


def test_a_landlord_whose_agreement_ends_drops_out_at_once(world):
    with system_scope("seeding"):
        agreement = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    campaign = opened(world.a, [world.a.landlord.pk, world.b.landlord.pk])
    proposed(campaign)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=agreement.pk).update(ends_on=timezone.localdate())
    assert [one.landlord for one in _progress(world, campaign)] == ["Bailleur A"]
    with acting_as(world.b.lead):
        assert not CampaignSite.objects.filter(campaign=campaign).exists()


def test_what_it_proposed_is_gone_once_it_is_closed(world):
    campaign = _running(world)
    closed(world.a, campaign)
    with system_scope("evaluation"):
        assert not CampaignSite.objects.filter(campaign=campaign).exists()
    propose_levels(campaign.pk)
    with system_scope("evaluation"):
        assert not CampaignSite.objects.filter(campaign=campaign).exists()


def test_completeness_says_how_much_is_recorded(world):
    [one] = _progress(world, _running(world))
    with acting_as(world.a.coordinator):
        dwellings = world.a.residence.dwellings + world.a.other.dwellings
    assert (one.rate, one.quiet_days) == (round(100 * 10 / dwellings, 1), 0)


def test_leads_with_levels_left_are_reminded_once_a_day_without_content(world, sign_in):
    campaign, client = _running(world), sign_in(world.a.coordinator)
    url = reverse("classification:campaign_remind", args=[campaign.pk])
    assert "Un rappel part" in client.post(url, follow=True).text
    assert now(campaign).reminded_on == timezone.localdate()
    assert "déjà parti" in client.post(url, follow=True).text
    remind_leads(world.a.landlord.pk)
    with system_scope("mail"):
        sent = list(Mail.objects.values_list("user_id", "kind"))
    assert sent == [(world.a.lead.pk, "awaited")]


def test_the_queue_costs_the_same_whatever_it_holds(world, sign_in):
    campaign, lead = _running(world), sign_in(world.a.lead)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert _queue(lead, campaign).status_code == 200
        return len(queries)

    # The first visit of a page ticks its step of the guided visit.
    cost()
    first = cost()
    for n in (1, 2, 3):
        residence_at(world.a.landlord, world.commune, n, name=f"Plus {n}")
    assert cost() == first


def test_the_queue_lists_what_it_counts(world, sign_in):
    """A residence that closed after the day of the campaign is frozen as proposed: nobody decides about it any more."""
    sites = [residence_at(world.a.landlord, world.commune, 2, name=f"Fermée {n}") for n in (1, 2)]
    decides(world.a.lead, sites[0])
    campaign, lead = _running(world, as_of=timezone.localdate() - dt.timedelta(1)), sign_in(world.a.lead)
    with system_scope("seeding"):
        Residence.objects.filter(pk__in=[site.pk for site in sites]).update(closed_on=timezone.localdate())
    evaluate([site.pk for site in sites])
    for tab in ("a-valider", "retenus", "bouges"):
        answer = _queue(lead, campaign, etat=tab)
        assert len(answer.context["rows"]) == answer.context["counts"][tab.replace("-", "_")], tab
    assert answer.context["total"] == 2


def test_landlords_without_levels_left_are_not_reminded(world, sign_in):
    campaign = _running(world)
    with acting_as(world.a.lead):
        sites = [*Residence.objects.filter(pk__in=[site.residence_id for site in standing_of(campaign)])]
    for site in sites:
        decides(world.a.lead, site)
    client = sign_in(world.a.coordinator)
    answer = client.post(reverse("classification:campaign_remind", args=[campaign.pk]), follow=True)
    assert "aucun rappel n’est parti" in answer.text
    assert now(campaign).reminded_on is None


def test_what_moved_is_no_more_left_to_decide(world, sign_in):
    """Sixty days ago the planted site was quiet: it has moved, and nobody is reminded of it."""
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, day=timezone.localdate() - dt.timedelta(80))
    campaign = _running(world, as_of=timezone.localdate() - dt.timedelta(60))
    decides(world.a.lead, world.a.other)
    [one] = _progress(world, campaign)
    assert (one.total, one.decided, one.moved, one.left) == (2, 1, 1, 0)
    with acting_as(world.a.lead):
        standing = {site.residence_id: site for site in standing_of(campaign)}
    assert standing[world.a.residence.pk].moved
    page = _queue(sign_in(world.a.lead), campaign)
    assert _names(page) == []


def test_a_site_whose_recording_stopped_since_has_moved_too(world):
    campaign = _running(world)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.other, address=None).update(silent=True)
    [one] = _progress(world, campaign)
    assert (one.moved, one.silent) == (1, 0)
    with system_scope("evaluation"):
        CampaignSite.objects.filter(campaign=campaign, residence=world.a.other).update(silent=True)
    [one] = _progress(world, campaign)
    assert (one.moved, one.silent) == (0, 1)


def test_a_decision_counts_though_the_level_has_moved_since(world):
    campaign = _running(world)
    decides(world.a.lead, world.a.other)
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence=world.a.other, address=None).update(level=4, impact_level=4)
    [one] = _progress(world, campaign)
    assert (one.decided, one.moved, one.left) == (1, 0, 1)


def test_facts_of_the_year_up_to_its_day_are_counted_and_no_others(world):
    campaign, today = _running(world, as_of=timezone.localdate() - dt.timedelta(1)), timezone.localdate()
    before = _progress(world, campaign)[0].rate
    with system_scope("seeding"):
        for days in (0, 1 + 365):
            f.IncidentFactory(address=world.a.address, day=today - dt.timedelta(days))
        gone = f.IncidentFactory(address=world.a.address, day=today - dt.timedelta(3))
        type(gone).objects.filter(pk=gone.pk).update(cancelled_at=timezone.now(), cancel_reason="Doublon.")
    assert _progress(world, campaign)[0].rate == before
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, day=today - dt.timedelta(365))
    assert _progress(world, campaign)[0].rate > before


def test_it_proposes_by_its_own_grid_what_a_lead_has_seen(world, reference_written):
    site = residence_at(world.a.landlord, world.commune, 2, name="Autre grille")
    with system_scope("seeding"):
        f.DisruptionFactory(
            address=world.a.other_address, starts_on=timezone.localdate(), extent="total", seen_at=None
        )
    with system_scope("seeding"):
        severe = _severe()
    campaign = _running(world, grid_version=severe)
    with system_scope("evaluation"):
        levels = dict(CampaignSite.objects.filter(campaign=campaign).values_list("residence", "level"))
    assert (levels[site.pk], levels[world.a.other.pk]) == (3, 1)


def test_a_message_that_comes_late_proposes_nothing_for_what_is_over(world):
    campaign = _running(world)
    with acting_as(world.a.coordinator) as scope:
        cancel(scope, campaign, reason="Reportée.")
    propose_levels(campaign.pk)
    evaluate([world.a.residence.pk])
    with system_scope("evaluation"):
        assert not CampaignSite.objects.exists()


def test_the_queue_shows_the_last_version_of_the_campaign_before(world, sign_in):
    site = residence_at(world.a.landlord, world.commune, 1, name="Relue")
    yesterday = timezone.localdate() - dt.timedelta(1)
    first = opened(world.a, as_of=yesterday)
    closed(world.a, first)
    raise_to_3(site)
    last = closed(world.a, first, reason="Faits saisis après coup.")
    campaign = _running(world)
    # Another one of the same day is not before it.
    closed(world.a, campaign)
    again = _running(world)
    rows = _queue(sign_in(world.a.lead), again).context["rows"]
    assert {row.last.closing_id for row in rows} == {last.pk}


def test_the_queue_of_who_coordinates_too_counts_the_sites_they_lead_alone(world, sign_in):
    campaign = shared_campaign(world)
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.landlord, role=Role.LEAD)
    page = sign_in(world.a.coordinator).get(reverse("classification:campaign_queue", args=[campaign.pk]))
    assert {row.site.landlord_id for row in page.context["rows"]} == {world.b.landlord.pk}
    assert page.context["total"] == len(page.context["rows"]) == 2
