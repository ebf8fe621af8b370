"""Test what needs a second factor given within 15 minutes, and that nothing typed is lost by it."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.factors.rules import need_of
from accounts.models import ApiToken
from accounts.scope import acting_as
from tests.access import MATRIX
from tests.access.fresh import FRESH, NEED_NONE, SOUND_ALIKE
from tests.portal.test_factors import _asked_of_everybody, code_of, enrolled, views, with_password  # noqa: F401

LATER = dt.timedelta(minutes=16)


def taken(client, file):
    """Say whether a file is given, read to its end."""
    answer = client.get(file)
    return answer.status_code == 200 and bool(b"".join(answer.streaming_content))


@pytest.fixture
def secret(world, client):
    """The secret of a lead who is logged in with a second factor just given."""
    return enrolled(client, with_password(world.a.lead))


def test_the_views_that_are_marked_are_those_of_the_table():
    marked = {name: need.roles for name, view in views(get_resolver()) if (need := need_of(view))}
    assert marked == FRESH


def test_no_address_that_sounds_like_one_that_needs_a_factor_is_forgotten():
    alike = {name for name, row in MATRIX.items() if re.search(SOUND_ALIKE, name) and not row.get("api")}
    assert alike - set(FRESH) == set(NEED_NONE)


def test_a_page_is_asked_for_again_after_the_factor(client, secret):
    page = reverse("accounts:create_token")
    assert client.get(page).status_code == 200
    with time_machine.travel(timezone.now() + LATER, tick=False):
        client.get(reverse("accounts:tokens"))
        asked = client.get(page).headers["Location"]
        assert asked == f"{reverse('mfa_reauthenticate')}?next=%2Fcomptes%2Fjetons%2Fnouveau%2F"
        assert client.post(asked, {"factor-code": "000000"}).status_code == 422
        assert client.post(asked, {"factor-code": code_of(secret)}).headers["Location"] == page
        assert client.get(page).status_code == 200


def test_a_form_is_held_by_the_page_that_asks_and_sent_with_the_code(world, client, secret):
    values = {
        "organisation": world.a.landlord.pk, "name": 'GED «"<b>»', "rights": ["write"],
        "expires_on": str(timezone.localdate() + dt.timedelta(30)),
    }  # fmt: skip
    page = reverse("accounts:create_token")
    with time_machine.travel(timezone.now() + LATER, tick=False):
        asked = client.post(page, values)
        assert (asked.status_code, len(asked.context["fields"])) == (403, 4)
        again = client.post(page, dict(asked.context["fields"]) | {"factor-code": "000000"})
        assert (again.status_code, again.context["form"].errors != {}) == (403, True)
        assert "factor-code" not in dict(again.context["fields"])
        with acting_as(world.a.lead):
            assert not ApiToken.objects.exists()
        client.post(page, dict(again.context["fields"]) | {"factor-code": code_of(secret)})
        with acting_as(world.a.lead):
            assert [token.name for token in ApiToken.objects.all()] == [values["name"]]


def test_a_file_is_taken_again_from_the_page_that_offers_it(world, client):
    secret = enrolled(client, with_password(world.a.coordinator))
    file = reverse("incidents:export", args=["csv"])
    assert taken(client, file)
    with time_machine.travel(timezone.now() + LATER, tick=False):
        client.get(reverse("home"))
        asked = client.get(file, headers={"Referer": "http://testserver/faits/?q=rue"}).headers["Location"]
        assert asked == f"{reverse('mfa_reauthenticate')}?next=%2Ffaits%2F%3Fq%3Drue&file=1"
        assert client.post(asked, {"factor-code": code_of(secret)}).headers["Location"] == "/faits/?q=rue"
        assert taken(client, file)


def test_a_lead_takes_the_own_landlords_file_without_being_asked(client, secret):
    with time_machine.travel(timezone.now() + LATER, tick=False):
        client.get(reverse("home"))
        assert taken(client, reverse("incidents:export", args=["csv"]))


def test_the_password_does_not_stand_for_the_factor(client, secret):
    with time_machine.travel(timezone.now() + LATER, tick=False):
        client.get(reverse("home"))
        asked = client.post(reverse("account_reauthenticate"), {"password": "une phrase tranquille"})
        assert asked.headers["Location"].startswith(reverse("mfa_reauthenticate"))
        assert client.get(reverse("accounts:create_token")).status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://ailleurs.invalid/", "//ailleurs.invalid", "http://[", "javascript:1"]
)
def test_the_page_after_the_factor_is_one_of_ours(client, secret, elsewhere):
    sent = {"factor-code": code_of(secret)}
    answer = client.post(reverse("mfa_reauthenticate", query={"next": elsewhere}), sent)
    assert answer.headers["Location"] == reverse("mfa_index")


def test_whoever_is_spared_is_asked_for_nothing(world, sign_in, settings):
    settings.SECOND_FACTOR_ASKED_OF = frozenset()
    assert sign_in(world.people[Role.LEAD]).get(reverse("accounts:create_token")).status_code == 200
