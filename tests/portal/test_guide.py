"""The guided first visit: each role's main path, ticked off by what was done or seen."""

import datetime as dt
import re
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import GuidedVisit
from accounts.scope import acting_as, system_scope
from incidents.models import FactType
from partners.publications.services import publish
from portal.guide import tour_of
from portal.guide_steps import STEPS
from portal.home import FIRST_PAGES
from tests import factories as f
from tests.campaigning import closed, opened, proposed
from tests.sharing import site_address

FIRST_PAGE = dict(FIRST_PAGES)


def _bar(page):
    found = re.search(r'<details class="guide".*?</details>', page.content.decode(), re.DOTALL)
    return found[0] if found else ""


def _done(bar):
    return re.findall(r"guide-done.*?visite/([a-z-]+)/", bar, re.DOTALL)


@pytest.mark.parametrize("role", Role)
def test_is_on_the_first_page_of_a_role_and_on_no_other(role, world, sign_in):
    client = sign_in(world.people[role])
    bar = _bar(client.get(reverse(FIRST_PAGE[role])))
    assert re.findall(r"/visite/([a-z-]+)/", bar)[:-1] == [step.key for step in STEPS[role]]
    assert _bar(client.get(reverse("account_change_password"))) == ""


@pytest.mark.parametrize("role", Role)
def test_every_step_leads_to_a_page_of_the_role_and_what_is_seen_is_ticked(role, world, sign_in):
    client = sign_in(world.people[role])
    for step in STEPS[role]:
        page = client.get(reverse("guide_step", args=[step.key]), follow=True)
        assert page.status_code == 200, step.key
    seen = [step.key for step in STEPS[role] if step.did is None]
    assert _done(_bar(client.get(reverse(FIRST_PAGE[role])))) == seen


def test_an_error_page_says_its_own_thing_alone(world, sign_in):
    client = sign_in(world.a.partner)
    # The page behind the first step of a partner, of another territory.
    closed = client.get(reverse("partners:circle", args=[world.b.circle.pk]))
    assert (closed.status_code, _bar(closed)) == (404, "")
    assert reverse("home") in closed.text


def test_a_step_is_done_once_it_was_really_done(world, sign_in):
    client = sign_in(world.a.agent)
    first_page = reverse("incidents:create")
    assert _done(_bar(client.get(first_page))) == []
    answers = {
        "token": str(uuid.uuid4()), "place": f"a{world.a.address.pk}", "source": "staff",
        "fact_type": FactType.objects.first().pk, "day": timezone.localdate().isoformat(),
    }  # fmt: skip
    client.post(first_page, answers)
    assert _done(_bar(client.get(first_page))) == ["record"]


def test_a_page_opened_through_the_menus_ticks_its_step_too(world, sign_in):
    client = sign_in(world.a.agent)
    first_page = reverse("incidents:create")
    client.get(reverse("classification:residence", args=[world.b.residence.pk]))
    assert _done(_bar(client.get(first_page))) == []
    client.get(reverse("classification:residence", args=[world.a.residence.pk]))
    client.get(reverse("incidents:list"))
    assert _done(_bar(client.get(first_page))) == ["agent-list", "agent-level"]
    client.post(reverse("guide_again"), {"role": "agent"})
    assert _done(_bar(client.get(first_page))) == []
    client.get(reverse("incidents:list"))
    assert _done(_bar(client.get(first_page))) == ["agent-list"]


def test_a_journal_is_filtered_once_a_filter_was_given(world, sign_in):
    client = sign_in(world.people[Role.DPO])
    journal = reverse("accounts:journal")
    client.get(journal, {"action": ""})
    assert _done(_bar(client.get(journal))) == ["dpo-journal"]
    client.get(journal, {"action": "export"})
    assert _done(_bar(client.get(journal))) == ["dpo-journal", "dpo-filter"]


def test_put_away_it_stays_away_until_called_again(world, sign_in):
    client = sign_in(world.a.agent)
    first_page = reverse("incidents:create")
    client.get(reverse("guide_step", args=["agent-list"]))
    answer = client.post(reverse("guide_hide"), {"role": "agent", "next": first_page})
    assert answer.url == first_page
    assert _bar(client.get(first_page)) == ""
    assert "La remettre sur ma première page" in client.get(reverse("guide")).content.decode()
    client.post(reverse("guide_again"), {"role": "agent"})
    assert _done(_bar(client.get(first_page))) == []
    assert _bar(client.get(first_page)) != ""


def test_is_remembered_for_each_person_alone(world, sign_in):
    sign_in(world.a.agent).post(reverse("guide_hide"), {"role": "agent"})
    assert _bar(sign_in(world.b.agent).get(reverse("incidents:create"))) != ""
    with acting_as(world.b.agent):
        assert GuidedVisit.objects.count() == 0
    with acting_as(world.a.agent):
        assert GuidedVisit.objects.count() == 1


def test_a_step_of_another_role_leads_home_and_marks_nothing(world, sign_in):
    client = sign_in(world.a.agent)
    for key in ("lead-import", "nothing-of-the-kind"):
        assert client.get(reverse("guide_step", args=[key])).url == reverse("home")
    assert client.post(reverse("guide_hide"), {"role": "king"}).status_code == 400
    with system_scope("seeding"):
        assert GuidedVisit.objects.count() == 0


def test_somebody_with_several_roles_finds_each_visit(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.agent, organisation=world.a.landlord, role=Role.LEAD)
    client = sign_in(world.a.agent)
    page = client.get(reverse("guide")).content.decode()
    keys = [step.key for role in (Role.AGENT, Role.LEAD) for step in STEPS[role]]
    assert [key for key in re.findall(r"/visite/([a-z-]+)/", page) if key != "reprendre"] == keys


def test_says_how_far_one_is(world):
    with acting_as(world.a.lead):
        tour = tour_of(world.a.lead, Role.LEAD)
        assert (tour.done, len(tour.steps), tour.is_hidden) == (0, len(STEPS[Role.LEAD]), False)


def test_the_step_of_a_site_leads_to_the_first_one_of_the_latest_publication(world, sign_in):
    with acting_as(world.a.coordinator) as scope:
        publication = publish(scope, circle=world.a.circle, as_of=timezone.localdate())
    page = sign_in(world.a.partner).get(reverse("guide_step", args=["partner-site"]), follow=True)
    assert (page.status_code, page.request["PATH_INFO"]) == (200, site_address(publication.pk, 1))


def _leads_to(client, key: str) -> tuple[int, str]:
    page = client.get(reverse("guide_step", args=[key]), follow=True)
    return page.status_code, page.request["PATH_INFO"]


def test_the_steps_of_campaigns_lead_to_the_one_that_is_open_and_to_the_last_closed_one(world, sign_in):
    before = closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Avant"))
    campaign = opened(world.a)
    proposed(campaign)
    lead, coordinator = sign_in(world.a.lead), sign_in(world.a.coordinator)
    for client, key, name, subject in (
        (lead, "lead-campaign", "classification:campaign_queue", campaign),
        (coordinator, "coordinator-campaign", "classification:campaign", campaign),
        (coordinator, "coordinator-workshop", "classification:workshop", campaign),
        (coordinator, "coordinator-comparison", "classification:campaign_comparison", campaign),
        (coordinator, "coordinator-plenary", "partners:plenary_prepare", before.campaign),
    ):
        assert _leads_to(client, key) == (200, reverse(name, args=[subject.pk])), key


def test_a_coordinator_who_is_a_lead_elsewhere_is_led_to_their_own_territory_alone(world, sign_in):
    opened(world.b)
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.landlord, role=Role.LEAD)
    client = sign_in(world.a.coordinator)
    assert _leads_to(client, "coordinator-workshop") == (200, reverse("classification:campaigns"))
    assert _leads_to(client, "coordinator-plenary") == (200, reverse("partners:plenary_releases"))
