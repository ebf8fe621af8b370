"""The residences of an agent: ticked, by commune, by a list, and asked for at the invitation."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Proposal
from accounts.scope import system_scope
from sites.models import Residence, ResidenceAssignment
from tests import factories as f
from tests.versions import opened


@pytest.fixture
def url(world):
    return reverse("sites:assignments", args=[world.a.agent_membership.pk])


def assigned(world):
    with system_scope("seeding"):
        rows = ResidenceAssignment.objects.filter(membership=world.a.agent_membership)
        return set(rows.values_list("residence__name", flat=True))


def send(world, sign_in, url, **typed):
    client = sign_in(world.a.lead)
    return client.post(url, typed | opened(client, url))


def test_a_whole_commune_is_assigned_with_what_is_ticked(world, sign_in, url):
    with system_scope("seeding"):
        elsewhere = f.ResidenceFactory(landlord=world.a.landlord, name="Au loin")
        Residence.objects.filter(pk=world.a.other.pk).update(closed_on=timezone.localdate())
    assert (
        send(world, sign_in, url, communes=[world.commune.pk], residences=[elsewhere.pk]).status_code == 302
    )
    # The closed one of the commune is not.
    assert assigned(world) == {"Résidence A", "Au loin"}


def test_a_list_of_references_former_references_and_names_is_assigned(world, sign_in, url):
    assert send(world, sign_in, url, listed="ANCIENNE-A\n\n Résidence A bis \nANCIENNE-A").status_code == 302
    assert assigned(world) == {"Résidence A", "Résidence A bis"}


@pytest.mark.parametrize("line", ["Inconnue", "Résidence B", "ANCIENNE-B"])
def test_a_line_that_names_no_residence_of_ones_own_is_told_and_assigns_nothing(world, sign_in, url, line):
    answer = send(world, sign_in, url, listed=f"Résidence A\n{line}")
    assert answer.status_code == 422
    assert line in answer.context["form"].errors["listed"][0]
    assert assigned(world) == set()


def test_the_residences_of_an_agent_are_asked_for_right_after_the_invitation(world, sign_in):
    client = sign_in(world.a.lead)
    typed = {
        "email": "neuve@exemple.invalid", "full_name": "Agente Neuve", "organisation": world.a.landlord.pk,
        "role": "agent",
    }  # fmt: skip
    answer = client.post(reverse("accounts:invite"), typed)
    with system_scope("seeding"):
        proposal = Proposal.objects.get(email="neuve@exemple.invalid")
    assert answer.url == reverse("sites:proposed_assignments", args=[proposal.pk])
    assert client.get(answer.url).status_code == 200


def test_an_administrator_who_invites_an_agent_sees_the_proposal(world, sign_in):
    typed = {
        "email": "neuve@exemple.invalid", "full_name": "Agente Neuve", "organisation": world.a.landlord.pk,
        "role": "agent",
    }  # fmt: skip
    answer = sign_in(world.admin).post(reverse("accounts:invite"), typed)
    with system_scope("seeding"):
        proposal = Proposal.objects.get(email="neuve@exemple.invalid")
    assert answer.url == reverse("accounts:proposal", args=[proposal.pk])


def _undo(client, url):
    return client.post(f"{url}defaire/", opened(client, url), follow=True)


def test_a_change_of_residences_is_told_on_the_page_and_taken_back_at_once(world, sign_in, url):
    client = sign_in(world.a.lead)
    client.post(url, {"residences": [world.a.residence.pk]} | opened(client, url))
    answer = client.post(url, {"residences": [world.a.other.pk]} | opened(client, url), follow=True)
    assert answer.redirect_chain == [(url, 302)]
    told = [(change.who, change.added, change.removed) for change in answer.context["changes"]]
    lead = f"{world.a.lead.full_name}, Référent sûreté, {world.a.landlord}"
    assert told == [(lead, ["Résidence A bis"], ["Résidence A"]), (lead, ["Résidence A"], [])]
    assert answer.text.count("Annuler ce changement") == 1
    undone = _undo(client, url)
    assert (assigned(world), len(undone.context["changes"])) == ({"Résidence A"}, 3)
    # To take back a taking back is to make the change again.
    _undo(client, url)
    assert assigned(world) == {"Résidence A bis"}


def test_a_change_on_a_page_from_before_another_is_not_taken_back(world, sign_in, url):
    client = sign_in(world.a.lead)
    client.post(url, {"residences": [world.a.residence.pk]} | opened(client, url))
    stale = opened(client, url)
    client.post(url, {"residences": [world.a.other.pk]} | opened(client, url))
    said = client.post(f"{url}defaire/", stale, follow=True).text
    assert ("rien n’a été défait" in said, assigned(world)) == (True, {"Résidence A bis"})


def test_what_was_closed_since_is_not_given_again_and_without_a_change_nothing_is_undone(world, sign_in, url):
    client = sign_in(world.a.lead)
    assert "Il n’y a rien à annuler." in _undo(client, url).text
    client.post(url, {"residences": [world.a.residence.pk, world.a.other.pk]} | opened(client, url))
    client.post(url, {"residences": [world.a.other.pk]} | opened(client, url))
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(closed_on=timezone.localdate())
    _undo(client, url)
    assert assigned(world) == {"Résidence A bis"}


def test_the_history_of_another_agent_is_not_told(world, sign_in, url):
    with system_scope("seeding"):
        other = f.MembershipFactory(organisation=world.a.landlord, role="agent")
    client, theirs = sign_in(world.a.lead), reverse("sites:assignments", args=[other.pk])
    client.post(theirs, {"residences": [world.a.residence.pk]} | opened(client, theirs))
    assert client.get(url).context["changes"] == []
