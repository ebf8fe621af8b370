"""The lead reads what the workshop recommends in the queue and on the form of the decision, and one button retains it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.scope import acting_as, system_scope
from classification.campaigns.services import cancel
from classification.decisions.reading import contested_among
from classification.models import Decision
from core.dates import long_date
from core.opaque import written
from tests import factories as f
from tests.campaigning import closed, merged, opened, proposed
from tests.deciding import decides, site_of, version_for
from tests.workshops import CONCLUSION, contests, noted_version, settled, settles, shared_campaign, takes_back


def _queue(campaign) -> str:
    return reverse("classification:campaign_queue", args=[campaign.pk])


def _follow(settlement) -> str:
    return reverse("classification:follow_workshop", args=[settlement.pk])


def _sends(residence, version=None) -> dict[str, str]:
    key = written("residence", residence.pk)
    return {f"version-{key}": version or version_for(residence)}


def _decisions(residence) -> list[tuple[int, str]]:
    with system_scope("evaluation"):
        rows = Decision.objects.filter(residence=residence, ended_on=None)
        return list(rows.values_list("retained", "reason"))


def test_the_recommendation_is_read_and_retained_with_one_button(world, sign_in):
    settlement, client = settled(world.a, recommended=4), sign_in(world.a.lead)
    day = long_date(timezone.localdate(settlement.settled_at))
    decide = reverse("classification:decide_level", args=[world.a.residence.pk])
    for url in (_queue(settlement.campaign), decide):
        page = client.get(url).text
        assert _follow(settlement) in page, url
        assert CONCLUSION in page
        assert "recommande 4" in " ".join(page.split()).replace("\xa0", " ").replace("&nbsp;", " ")
    answer = client.post(_follow(settlement), _sends(world.a.residence), follow=True)
    assert "niveau 4 retenu" in answer.text.replace("\xa0", " ")
    assert _decisions(world.a.residence) == [(4, f"Recommandé par l’atelier du {day}.")]
    # The button is gone once it is retained; the recommendation stays readable.
    page = client.get(decide).text
    assert (_follow(settlement) in page.replace(f'action="{_follow(settlement)}"', ""), CONCLUSION in page) == (
        False, True
    )  # fmt: skip


def test_the_reason_is_kept_in_french_whoever_retains_it(world, sign_in):
    settlement = settled(world.a, recommended=4)
    with system_scope("seeding"):
        User.objects.filter(pk=world.a.lead.pk).update(language="en")
    answer = sign_in(world.a.lead).post(_follow(settlement), _sends(world.a.residence), follow=True)
    assert "as the workshop recommends" in answer.text
    day = long_date(timezone.localdate(settlement.settled_at))
    assert _decisions(world.a.residence) == [(4, f"Recommandé par l’atelier du {day}.")]


def test_a_recommendation_that_was_corrected_meanwhile_is_not_retained(world, sign_in):
    first = settled(world.a, recommended=4)
    settles(world.a.coordinator, first.contest, "Relu.", recommended=2)
    answer = sign_in(world.a.lead).post(_follow(first), _sends(world.a.residence), follow=True)
    assert "a changé" in answer.text
    assert _decisions(world.a.residence) == []


def test_a_level_that_was_decided_meanwhile_is_not_overwritten(world, sign_in):
    settlement, shown = settled(world.a, recommended=4), version_for(world.a.residence)
    decides(world.a.lead, world.a.residence, 2, "Vu sur place.")
    sign_in(world.a.lead).post(_follow(settlement), _sends(world.a.residence, shown))
    assert _decisions(world.a.residence) == [(2, "Vu sur place.")]


def test_nobody_retains_it_for_another_landlord(world, sign_in):
    settlement = settled(world.a)
    assert sign_in(world.b.lead).post(_follow(settlement), {}).status_code == 404
    assert sign_in(world.a.coordinator).post(_follow(settlement), {}).status_code == 403


def test_what_is_contested_is_not_confirmed_in_bulk(world):
    residence, lead = world.a.other, world.a.lead

    def contested() -> bool:
        with acting_as(lead):
            return residence.pk in contested_among([site_of(residence)])

    assert not contested()
    campaign = opened(world.a)
    proposed(campaign)
    contest = contests(world.a.coordinator, campaign, residence)
    assert contested()
    settles(world.a.coordinator, contest, recommended=site_of(residence).level)
    assert not contested()
    settles(world.a.coordinator, contest, "Relu.", recommended=4)
    assert contested()
    settles(world.a.coordinator, contest, "Relu encore.")
    assert not contested()
    other = contests(world.a.lead, campaign, world.a.residence)
    takes_back(world.a.lead, other)
    with acting_as(lead):
        assert world.a.residence.pk not in contested_among([site_of(world.a.residence)])


def test_a_recommendation_ends_with_its_campaign(world, sign_in):
    settlement = settled(world.a, recommended=4)
    client, decide = (
        sign_in(world.a.lead),
        reverse("classification:decide_level", args=[world.a.residence.pk]),
    )
    assert _follow(settlement) in client.get(decide).text
    closed(world.a, settlement.campaign)
    assert _follow(settlement) not in client.get(decide).text
    answer = client.post(_follow(settlement), _sends(world.a.residence), follow=True)
    assert "a changé" in answer.text
    assert _decisions(world.a.residence) == []
    with acting_as(world.a.lead):
        assert world.a.residence.pk not in contested_among([site_of(world.a.residence)])


def test_who_is_an_agent_of_another_landlord_contests_for_the_one_they_lead_alone(world, sign_in):
    campaign = shared_campaign(world)
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role=Role.AGENT)
    client = sign_in(world.a.lead)
    assert client.get(reverse("classification:residence", args=[world.b.residence.pk])).status_code == 200
    for residence, status in ((world.b.residence, 404), (world.a.residence, 302)):
        url = reverse("classification:contest_site", args=[campaign.pk, residence.pk])
        assert client.post(url, {"reason": "Le hall pèse moins que les abords."}).status_code == status


def test_a_lead_contests_from_the_queue_and_takes_it_back_on_the_campaign(world, sign_in):
    campaign, client = opened(world.a), sign_in(world.a.lead)
    proposed(campaign)
    url = reverse("classification:contest_site", args=[campaign.pk, world.a.residence.pk])
    assert url in client.get(_queue(campaign)).text
    assert client.post(url, {"reason": "Voir M. Durand au 06 12 34 56 78"}).status_code == 422
    answer = client.post(url, {"reason": "Le hall pèse moins que les abords."})
    assert answer.headers["Location"] == _queue(campaign)
    assert url not in client.get(_queue(campaign)).text
    page = client.get(reverse("classification:campaign", args=[campaign.pk])).text
    assert ("Le hall pèse moins que les abords." in page, "Ne plus contester" in page) == (True, True)
    with acting_as(world.a.lead):
        [contest] = campaign.contests.all()
    client.post(reverse("classification:contest_take_back", args=[contest.pk]))
    assert url in client.get(_queue(campaign)).text


def test_the_coordinator_takes_back_on_the_campaign_what_they_contested(world, sign_in):
    campaign, client = opened(world.a), sign_in(world.a.coordinator)
    proposed(campaign)
    page = reverse("classification:campaign", args=[campaign.pk])
    contests(world.a.lead, campaign, world.a.residence)
    assert "Ne plus contester" not in client.get(page).text
    contest = contests(world.a.coordinator, campaign, world.a.other)
    url = reverse("classification:contest_take_back", args=[contest.pk])
    assert url in client.get(page).text
    assert client.post(url, {"next": page}).headers["Location"] == page
    assert url not in client.get(page).text


@pytest.mark.parametrize("act", ["contest_site", "contest_settle"])
def test_a_form_of_the_panel_that_is_refused_leaves_the_evidence_in_sight(act, world, sign_in):
    campaign = opened(world.a)
    proposed(campaign)
    contest = contests(world.a.coordinator, campaign, world.a.residence)
    args = [campaign.pk, world.a.other.pk] if act == "contest_site" else [contest.pk]
    url = reverse(f"classification:{act}", args=args)
    named = {"reason": "Voir M. Durand au 06 12 34 56 78", "conclusion": "Voir M. Durand au 06 12 34 56 78"}
    answer = sign_in(world.a.coordinator).post(url, named, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    said = answer.text.replace("\xa0", " ")
    for shown in ('id="workshop-panel"', "data-open", "Tableau n° 2", "06 12 34 56 78", "invalid-feedback"):
        assert shown in said, shown
    # Who leads the landlord has no workshop: the form is a page of its own.
    if act == "contest_site":
        page = sign_in(world.a.lead).post(url, named, headers={"HX-Request": "true"})
        assert (page.status_code, "Tableau n° 2" in page.text.replace("\xa0", " ")) == (422, False)


@pytest.mark.parametrize("act", ["take_back", "settle"])
def test_a_contest_of_a_merged_residence_leads_back_to_the_campaign(act, world, sign_in):
    campaign = opened(world.a)
    proposed(campaign)
    contest = contests(world.a.coordinator, campaign, world.a.other)
    merged(world.a.lead, world.a.other, world.a.residence)
    url = reverse(f"classification:contest_{act}", args=[contest.pk])
    sent = {"conclusion": "Fusionnée depuis.", "recommended": "", "version": noted_version(contest)}
    answer = sign_in(world.a.coordinator).post(url, sent)
    assert answer.headers["Location"] == reverse("classification:campaign", args=[campaign.pk])


@pytest.mark.parametrize(
    ("act", "method"),
    [
        ("workshop_site", "get"),
        ("contest_site", "post"),
        ("contest_take_back", "post"),
        ("contest_settle", "post"),
    ],
)
def test_the_workshop_of_a_campaign_that_was_cancelled_leads_to_its_whole_page(act, method, world, sign_in):
    campaign, client = opened(world.a), sign_in(world.a.coordinator)
    proposed(campaign)
    contest = contests(world.a.coordinator, campaign, world.a.other)
    with acting_as(world.a.coordinator) as scope:
        cancel(scope, campaign, reason="Reportée au printemps.")
    on_site = act in {"workshop_site", "contest_site"}
    args = [campaign.pk, world.a.residence.pk] if on_site else [contest.pk]
    sent = {"reason": "Le hall pèse moins.", "conclusion": "Relu ainsi.", "recommended": ""}
    answer = getattr(client, method)(
        reverse(f"classification:{act}", args=args),
        sent if method == "post" else {},
        headers={"HX-Request": "true"},
    )
    page = reverse("classification:campaign", args=[campaign.pk])
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (200, page)
    # What happened is said on that page.
    assert method == "get" or "cette campagne a avancé" in client.get(page).text
