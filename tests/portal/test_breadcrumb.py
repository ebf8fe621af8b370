"""Test breadcrumbs: they begin with the territory for its coordinator, with the landlord for its people."""

import re

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import system_scope
from tests import factories as f
from tests.sharing import publication_of, site_address


def _trail(client, url):
    page = client.get(url).content.decode()
    trail = re.search(r'<ol class="breadcrumb">(.*?)</ol>', page)[1]
    return [re.sub(r"<.*?>", "", item) for item in re.findall(r"<li.*?>(.*?)</li>", trail)]


@pytest.mark.parametrize(
    ("role", "origin"), [(Role.COORDINATOR, "CLSPD A"), (Role.LEAD, "Bailleur A"), (Role.AGENT, "Bailleur A")]
)
def test_a_residence_lies_in_the_territory_or_at_its_landlord(world, sign_in, role, origin):
    url = reverse("classification:residence", args=[world.a.residence.pk])
    assert _trail(sign_in(world.people[role]), url) == [origin, "Résidences"]


def test_a_partner_reads_the_territory_and_the_publication(world, sign_in):
    made = publication_of(world.a)
    url = site_address(made.pk, 1)
    assert _trail(sign_in(world.a.partner), url)[0] == "CLSPD A"


def test_an_administrator_belongs_to_no_territory(world, sign_in):
    assert _trail(sign_in(world.admin), reverse("accounts:user", args=[world.a.agent.pk])) == ["Comptes"]


def test_the_page_of_what_was_withdrawn_leads_back_to_the_first_page(world, sign_in):
    assert _trail(sign_in(world.a.partner), reverse("partners:notices")) == ["Accueil"]


def test_the_end_of_what_lasts_says_of_what_and_leads_back_to_it(world, sign_in):
    client, pk = sign_in(world.a.lead), world.a.disruption.pk
    url = reverse("incidents:end_disruption", args=[pk])
    assert _trail(client, url)[:2] == ["Bailleur A", "Perturbations"]
    page = client.get(url).text
    assert (
        '<h1 class="page-title">Terminer la perturbation</h1>' in page,
        reverse("incidents:disruption", args=[pk]) in page,
    ) == (True, True)


def test_no_single_origin_is_made_up_for_two(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.landlord, role=Role.LEAD)
    url = reverse("classification:residence", args=[world.a.residence.pk])
    assert _trail(sign_in(world.a.lead), url) == ["Résidences"]
