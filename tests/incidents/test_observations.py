"""The list of standing observations: which count, until when, and which are to be confirmed."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scope import system_scope
from core.dates import long_date
from incidents.models import Confirmation, Disruption, FactType, StandingObservation
from tests import factories as f

LIST = reverse("incidents:observations")


def _days_ago(days):
    return timezone.localdate() - dt.timedelta(days)


def _states(client):
    page = client.get(LIST).content.decode().replace("\xa0", " ").replace("\u202f", " ")
    found = re.findall(r"(?:a cessé de compter|compte jusqu’au|jamais confirmé|terminé le)[^<]*", page)
    return [state.strip() for state in found]


def _said(text, days):
    return text.format(long_date(_days_ago(days)).replace("\xa0", " "))


@pytest.fixture
def plant(world):
    """Have the residence hold one observation for each number of days since it was confirmed."""

    def _plant(*confirmed, ended=None):
        with system_scope("seeding"):
            StandingObservation.objects.filter(landlord=world.a.landlord).delete()
            types = FactType.objects.order_by("pk")[: len(confirmed)]
            for fact_type, days in zip(types, confirmed, strict=True):
                made = f.StandingObservationFactory(
                    address=world.a.address, fact_type=fact_type, since=_days_ago(400), ended_on=ended
                )
                Confirmation.objects.filter(observation=made).delete()
                if days is not None:
                    Confirmation.objects.create(observation=made, day=_days_ago(days))

    return _plant


def test_says_until_when_each_counts_the_lapsed_first(plant, world, sign_in):
    plant(60, 90, None, 91, 61)
    assert _states(sign_in(world.a.lead)) == [
        "jamais confirmé : il ne compte pas",
        _said("a cessé de compter après le {} : à confirmer", 1),
        _said("compte jusqu’au {} : à confirmer", 0),
        _said("compte jusqu’au {} : à confirmer", -29),
        _said("compte jusqu’au {}", -30),
    ]


def test_what_ended_is_not_to_be_confirmed(plant, world, sign_in):
    plant(91, ended=_days_ago(3))
    assert _states(sign_in(world.a.lead)) == [_said("terminé le {}", 3)]


def test_many_take_the_queries_of_one(plant, world, sign_in):
    lead = sign_in(world.a.lead)
    lead.get(LIST)
    taken = []
    for days in ((91,), (91, 61, 3)):
        plant(*days)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            lead.get(LIST)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_a_page_from_before_the_end_changes_nothing(world, sign_in):
    agent, ended = sign_in(world.a.agent), _days_ago(2)
    with system_scope("seeding"):
        StandingObservation.objects.filter(pk=world.a.observation.pk).update(ended_on=ended)
        Disruption.objects.filter(pk=world.a.disruption.pk).update(ends_on=ended)
    for subject, name in (
        (world.a.observation, "confirm_observation"),
        (world.a.observation, "withdraw_confirmation"),
    ):
        url = reverse(f"incidents:{name}", args=[subject.pk])
        assert (
            "déjà terminé ou annulé. Rien n’a été modifié."
            in agent.post(url, {"on": _days_ago(0)}, follow=True).text
        )
    with system_scope("seeding"):
        assert StandingObservation.objects.get(pk=world.a.observation.pk).ended_on == ended
        assert Disruption.objects.get(pk=world.a.disruption.pk).ends_on == ended
