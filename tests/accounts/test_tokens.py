"""Tokens of an organisation's programs, kept by its lead."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, AuditEntry
from accounts.scope import acting_as, system_scope
from core.once import WITHIN
from tests import factories as f


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def answers(world):
    tomorrow = timezone.localdate() + dt.timedelta(1)
    return {
        "organisation": world.a.landlord.pk,
        "name": "GED",
        "rights": ["write", "read"],
        "expires_on": tomorrow.isoformat(),
    }


def _secret(response) -> str:
    return re.search(r"palier_[\w-]{43}", response.content.decode())[0]


def _call(secret: str) -> int:
    return (
        Client(headers={"Authorization": f"Bearer {secret}"})
        .get(reverse("incidents:api_incidents"))
        .status_code
    )


def test_a_token_is_shown_once_and_opens_the_interface(lead, answers, world):
    response = lead.post(reverse("accounts:create_token"), answers)
    secret = _secret(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert _call(secret) == 200
    assert secret not in lead.get(reverse("accounts:tokens")).content.decode()
    with acting_as(world.a.lead):
        token = ApiToken.objects.get()
        assert secret not in str(vars(token))
        assert token.last_used_at is not None
        assert AuditEntry.objects.get(object_type="accounts.apitoken").action == "create"


def test_a_form_sent_again_makes_one_token_and_shows_no_second_secret(lead, answers, world):
    url = reverse("accounts:create_token")
    secret = _secret(lead.post(url, answers))
    again = lead.post(url, answers, follow=True)
    assert again.redirect_chain == [(reverse("accounts:tokens"), 302)]
    assert ("aucun second jeton n’a été fait" in again.text, "palier_" in again.text) == (True, False)
    with acting_as(world.a.lead):
        pk = ApiToken.objects.get().pk
    assert _call(secret) == 200
    lead.post(reverse("accounts:revoke_token", args=[pk]))
    assert _secret(lead.post(url, answers)) != secret


@pytest.mark.parametrize("other", [{"name": "Autre"}, {"rights": ["write"]}])
def test_a_token_of_other_words_is_another_one(lead, answers, world, other):
    made = [_secret(lead.post(reverse("accounts:create_token"), answers | said)) for said in ({}, other)]
    assert len(set(made)) == 2


def test_a_colleague_makes_a_token_of_the_same_words(lead, answers, world, sign_in):
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.landlord, role="lead").user
    url = reverse("accounts:create_token")
    assert len({_secret(client.post(url, answers)) for client in (lead, sign_in(colleague))}) == 2


def test_the_same_words_much_later_make_another_token(lead, answers, world):
    _secret(lead.post(reverse("accounts:create_token"), answers))
    with system_scope("seeding"):
        ApiToken.objects.update(created_at=timezone.now() - 2 * WITHIN)
    _secret(lead.post(reverse("accounts:create_token"), answers))


def test_a_revoked_token_closes_at_once(lead, answers, world):
    secret = _secret(lead.post(reverse("accounts:create_token"), answers))
    with acting_as(world.a.lead):
        pk = ApiToken.objects.get().pk
    page = lead.post(reverse("accounts:revoke_token", args=[pk]), follow=True).content.decode()
    assert "révoqué" in page
    assert _call(secret) == 401


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Ce champ est obligatoire."),
        ({"rights": []}, "Ce champ est obligatoire."),
        ({"rights": ["write", "narratives"]}, "Les précisions se lisent avec les faits"),
        ({"expires_on": "2020-01-01"}, "Choisissez un jour à venir, dans l’année."),
        ({"expires_on": "2999-01-01"}, "Choisissez un jour à venir, dans l’année."),
        ({"organisation": "0"}, "Sélectionnez un choix valide."),
    ],
)
def test_an_error_makes_no_token(lead, answers, world, wrong, message):
    response = lead.post(reverse("accounts:create_token"), answers | wrong)
    assert response.status_code == 422
    assert message in response.content.decode()
    with acting_as(world.a.lead):
        assert not ApiToken.objects.exists()


def test_no_token_for_anothers_organisation(lead, answers, world):
    response = lead.post(reverse("accounts:create_token"), answers | {"organisation": world.b.landlord.pk})
    assert response.status_code == 422
    assert world.b.landlord.name not in response.content.decode()
