"""A page from before a record was ended or deleted is answered in words, and tells nobody else that there was one."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership
from accounts.scope import system_scope
from tests import factories as f
from tests.access import MATRIX, arguments

SAID = "déjà traité. Rien n’a été modifié."
# Each address that ends or deletes a record, and the page that a later sending leads to, where it has no arguments.
ENDS = {
    "accounts:end_membership": "",
    "sites:import_abandon": "sites:imports",
    "sites:shared_mapping_withdraw": "sites:import_mappings",
    "sites:import_mapping_delete": "sites:import_mappings",
    "sites:forget_reference": "sites:imports",
    "sites:merge_address": "",
    "partners:publication_request_abandon": "partners:publications",
    "partners:plenary_abandon": "partners:plenary_releases",
    "partners:note_abandon": "partners:notes",
    "classification:campaign_delete": "classification:campaigns",
    "classification:closing_abandon": "classification:campaigns",
}


def _colleague(person, role):
    """Somebody else who holds the same role in the same organisation."""
    with system_scope("seeding"):
        held = Membership.objects.get(user=person, role=role)
        return f.MembershipFactory(organisation=held.organisation, role=role).user


@pytest.mark.parametrize("url", ENDS)
def test_what_a_colleague_settled_is_told_and_leads_on(url, world, sign_in):
    row = MATRIX[url]
    role = next(role for role in (Role.LEAD, Role.COORDINATOR) if role in row["POST"])
    who = world.people[role]
    path = reverse(url, kwargs=arguments(url, world, who))
    data = row.get("data", lambda _world: {})(world)
    colleague, stranger = _colleague(who, role), getattr(world.b, role)
    assert sign_in(who).post(path, data).status_code == 302
    assert sign_in(stranger).post(path, data).status_code == 404
    answer = sign_in(colleague).post(path, data, follow=True)
    [(page, status)] = answer.redirect_chain
    assert (status, SAID in answer.text, answer.status_code) == (302, True, 200)
    assert not ENDS[url] or page == reverse(ENDS[url])


@pytest.mark.parametrize("url", ENDS)
def test_what_never_was_is_not_found(url, world, sign_in):
    role = next(role for role in (Role.LEAD, Role.COORDINATOR) if role in MATRIX[url]["POST"])
    assert sign_in(world.people[role]).post(reverse(url, args=[987654321])).status_code == 404


def test_an_administrator_is_told_of_a_mapping_that_its_landlord_took_back(world, sign_in):
    row = MATRIX["sites:shared_mapping_withdraw"]
    path = reverse(
        "sites:shared_mapping_withdraw",
        kwargs=arguments("sites:shared_mapping_withdraw", world, world.a.lead),
    )
    sign_in(world.a.lead).post(path, row["data"](world))
    assert SAID in sign_in(world.admin).post(path, follow=True).text
