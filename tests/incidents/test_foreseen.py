"""A disruption or an observation that changes a level says so before it is saved, and after."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from incidents.models import Disruption, FactType, StandingObservation
from tests import factories as f

ASKED = "La résidence passerait du niveau {} au niveau {}."
DONE = "La résidence passe du niveau {} au niveau {}."


@pytest.fixture
def residence(world):
    with system_scope("seeding"):
        made = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Au calme")
        f.AddressFactory(residence=made)
        evaluate([made.pk])
    return made


def _disruption(residence, **values):
    return {
        "place": f"r{residence.pk}", "service": "lift", "extent": "total",
        "starts_on": timezone.localdate().isoformat(), **values,
    }  # fmt: skip


def _observation(residence):
    with system_scope("seeding"):
        dealing = FactType.objects.get(code="PETTY_DEALING")
    return {"place": f"r{residence.pk}", "fact_type": dealing.pk, "frequency": 3, "since": "2026-01-01"}


def plain(answer) -> str:
    return answer.text.replace("\xa0", " ")


def agreed(answer) -> dict[str, str]:
    """Return the hidden field with which the person agrees to what the page shows."""
    return {"niveau": re.search(r'name="niveau" value="([^"]*)"', answer.text)[1]}


def written(world, residence) -> tuple[int, int, int]:
    """Return how many records and journal entries there are of the residence, and its level."""
    with system_scope("seeding"):
        rows = [
            model.objects.filter(residence=residence).count() for model in (Disruption, StandingObservation)
        ]
        level = SiteLevel.objects.get(residence=residence, address=None).level
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(action__in=("create", "update"), detail__residence=residence.pk)
        return sum(rows), entries.count(), level


@pytest.mark.parametrize(
    ("form", "said", "levels"),
    [("create_disruption", _disruption, (1, 4)), ("create_observation", _observation, (1, 3))],
)
def test_a_record_that_raises_a_level_is_written_once_it_is_agreed_to(
    world, sign_in, residence, form, said, levels
):
    client, url, sent = sign_in(world.a.lead), reverse(f"incidents:{form}"), said(residence)
    asked = client.post(url, sent)
    assert (asked.status_code, ASKED.format(*levels) in plain(asked)) == (200, True)
    assert written(world, residence) == (0, 0, 1)
    done = client.post(url, sent | agreed(asked), follow=True)
    assert DONE.format(*levels) in plain(done)
    assert written(world, residence) == (1, 1, levels[1])


def test_a_record_that_changes_no_level_is_saved_at_once(world, sign_in, residence):
    with system_scope("seeding"):
        f.DisruptionFactory(residence=residence, address=None, extent="total")
        evaluate([residence.pk])
    answer = sign_in(world.a.lead).post(
        reverse("incidents:create_disruption"), _disruption(residence, extent="limited")
    )
    assert (answer.status_code, written(world, residence)) == (302, (2, 1, 4))


def test_what_was_agreed_to_is_asked_again_when_the_change_is_another(world, sign_in, residence):
    client, url = sign_in(world.a.lead), reverse("incidents:create_disruption")
    asked = client.post(url, _disruption(residence, extent="limited"))
    assert ASKED.format(1, 2) in plain(asked)
    again = client.post(url, _disruption(residence, extent="total") | agreed(asked))
    assert (again.status_code, ASKED.format(1, 4) in plain(again)) == (200, True)
    assert written(world, residence) == (0, 0, 1)


def test_an_end_that_lowers_a_level_is_written_once_it_is_agreed_to(world, sign_in, residence):
    with system_scope("seeding"):
        made = f.DisruptionFactory(
            residence=residence, address=None, extent="total", starts_on=dt.date(2026, 1, 1)
        )
        evaluate([residence.pk])
    client, url = sign_in(world.a.lead), reverse("incidents:end_disruption", args=[made.pk])
    sent = {"on": (timezone.localdate() - dt.timedelta(91)).isoformat()}
    asked = client.post(url, sent)
    assert ASKED.format(4, 1) in plain(asked)
    assert written(world, residence) == (1, 0, 4)
    assert DONE.format(4, 1) in plain(client.post(url, sent | agreed(asked), follow=True))
    assert written(world, residence) == (1, 1, 1)


def test_the_button_that_agrees_is_in_the_form_and_has_the_focus(world, sign_in, residence):
    asked = sign_in(world.a.lead).post(reverse("incidents:create_disruption"), _disruption(residence))
    form = re.search(r'<form method="post" class="entry".*?</form>', asked.text, re.DOTALL)[0]
    assert re.search(
        r'role="alert".*?<button class="btn btn-primary" type="submit" autofocus>', form, re.DOTALL
    )
