"""Where there is no residence yet, the pages say what to do first."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import system_scope
from tests import factories as f

IMPORT = reverse("sites:import_create")
ENTRY = ["incidents:create", "incidents:create_disruption", "incidents:create_observation"]


@pytest.fixture
def newcomers(db):
    """The security lead and an agent of a landlord without residences."""
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(kind="landlord")
        people = {}
        for role in (Role.LEAD, Role.AGENT):
            people[role] = f.UserFactory()
            f.MembershipFactory(user=people[role], organisation=landlord, role=role)
    return people


@pytest.mark.parametrize("page", [*ENTRY, "classification:residences"])
def test_a_lead_without_residences_is_led_to_import_them(newcomers, sign_in, page):
    assert f'href="{IMPORT}"' in sign_in(newcomers[Role.LEAD]).get(reverse(page)).text.partition("<main")[2]


@pytest.mark.parametrize("page", ENTRY)
def test_an_agent_without_residences_is_told_whom_to_ask(newcomers, sign_in, page):
    shown = sign_in(newcomers[Role.AGENT]).get(reverse(page)).text
    assert ("Demandez à votre référent sûreté" in shown, IMPORT in shown) == (True, False)


@pytest.mark.parametrize("page", ENTRY)
def test_whoever_has_residences_is_told_nothing(world, sign_in, page):
    shown = sign_in(world.a.lead).get(reverse(page)).text
    assert ("Aucune résidence n’est encore enregistrée" in shown) is False
