"""Today is the day at the place, in the forms, over REST and where an observation is confirmed."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from accounts.scope import system_scope
from accounts.tokens.services import digest
from incidents.foreseen import AGREED
from incidents.models import Confirmation, Disruption, FactType, Incident, StandingObservation
from incidents.ongoing.states import state_of
from sites.models import Commune
from tests import factories as f
from tests.versions import planted

# A department, an instant, and the day there: in Paris it is still the 27th, and already the 28th.
AHEAD = ("974", dt.datetime(2026, 11, 27, 21, 30, tzinfo=dt.UTC), dt.date(2026, 11, 28))
BEHIND = ("971", dt.datetime(2026, 11, 28, 0, 30, tzinfo=dt.UTC), dt.date(2026, 11, 27))
PARIS = ("75", dt.datetime(2026, 11, 28, 0, 30, tzinfo=dt.UTC), dt.date(2026, 11, 28))
FUTURE = "Cette date est dans le futur."
LONG_AGO = "2026-11-02"


@pytest.fixture(params=[AHEAD, BEHIND, PARIS], ids=["ahead", "behind", "paris"], autouse=True)
def there(request):
    """The department and the current day of the places of landlord A, when Paris or overseas has another day."""
    department, moment, day = request.param
    with time_machine.travel(moment, tick=False):
        yield department, day


@pytest.fixture
def today(world, there):
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(department=there[0])
    return there[1]


@pytest.fixture
def tomorrow(today):
    return today + dt.timedelta(1)


@pytest.fixture
def lead(world, today, sign_in):
    return sign_in(world.a.lead)


def recorded(model, *fields):
    with system_scope("seeding"):
        return list(model.objects.order_by("-pk").values_list(*fields)[:1])


def agree(client, url, said):
    """Send a form, and once more if it asks to agree to another level."""
    page = client.post(url, said)
    if page.status_code == 200:
        page = client.post(url, said | {AGREED: page.context["foreseen"].key})
    return page


def listed(client, pk):
    """Say whether the list calls the observation confirmed today."""
    page = client.get(reverse("incidents:observations")).content.decode()
    assert reverse("incidents:end_observation", args=[pk]) in page
    return f'action="{reverse("incidents:confirm_observation", args=[pk])}"' not in page


def fact(world, **days):
    said = {
        "token": str(uuid.uuid4()),
        "place": f"a{world.a.other_address.pk}",
        "fact_type": str(FactType.objects.get(code="URBAN_VIOLENCE").pk),
        "source": "staff",
    }
    return said | {name: str(day) for name, day in days.items()}


def test_the_form_of_a_fact_takes_days_until_today_there(lead, world, today, tomorrow):
    url = reverse("incidents:create")
    for days, wrong in (({"day": tomorrow}, "day"), ({"day": LONG_AGO, "span_end": tomorrow}, "span_end")):
        assert lead.post(url, fact(world, **days)).context["form"].errors == {wrong: [FUTURE]}
    assert lead.post(url, fact(world, day=today)).status_code == 302
    assert recorded(Incident, "day") == [(today,)]


def test_the_form_of_a_fact_offers_today_and_yesterday_there(lead, world, today):
    page = lead.get(reverse("incidents:create"), {"lieu": f"a{world.a.other_address.pk}"})
    assert page.context["form"]["day"].value() == today
    zones = {"974": "Indian/Reunion", "971": "America/Guadeloupe", "75": "Europe/Paris"}
    with system_scope("seeding"):
        zone = zones[Commune.objects.get(pk=world.commune.pk).department]
    assert f'data-days="{today}" data-zone="{zone}"' in page.content.decode()


def test_over_rest_a_fact_has_days_until_today_there(world, today, tomorrow):
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=world.a.landlord, name="essai", rights=["write", "read", "narratives"], digest=digest("palier_test"),
            created_by=world.a.lead, expires_on=today + dt.timedelta(30),
        )  # fmt: skip
    program = Client(headers={"Authorization": "Bearer palier_test"})

    def send(**days):
        body = {"external_id": "GED-1", "fact_type": "URBAN_VIOLENCE", "residence": world.a.other.reference}
        body |= {name: str(day) for name, day in days.items()}
        return program.post("/api/v1/incidents/", body, content_type="application/json")

    refused = ["Cette date est dans le futur, ou son année est fausse."]
    assert send(day=tomorrow).json()["errors"] == {"day": refused}
    assert send(day=LONG_AGO, span_end=tomorrow).json()["errors"] == {"span_end": refused}
    assert send(day=today).status_code == 201


def test_disruptions_begin_and_end_until_today_there(lead, world, today, tomorrow):
    url, place = reverse("incidents:create_disruption"), f"a{world.a.other_address.pk}"
    said = {"place": place, "service": "lift", "extent": "total"}
    assert lead.get(url, {"lieu": place}).context["form"]["starts_on"].value() == today
    form = lead.post(url, said | {"starts_on": LONG_AGO, "ends_on": str(tomorrow)}).context["form"]
    assert form.errors == {"ends_on": [FUTURE]}
    assert agree(lead, url, said | {"starts_on": str(today)}).status_code == 302
    [(pk, starts_on)] = recorded(Disruption, "pk", "starts_on")
    assert starts_on == today
    url = reverse("incidents:end_disruption", args=[pk])
    assert lead.get(url).context["form"]["on"].value() == today
    assert lead.post(url, {"on": str(tomorrow)}).context["form"].errors == {"on": [FUTURE]}
    assert agree(lead, url, {"on": str(today)}).status_code == 302
    assert recorded(Disruption, "ends_on") == [(today,)]


def test_observations_are_stated_confirmed_and_ended_on_the_day_there(lead, world, today, tomorrow):
    url = reverse("incidents:create_observation")
    said = {
        "place": f"a{world.a.other_address.pk}",
        "frequency": 3,
        "fact_type": FactType.objects.get(code="URBAN_VIOLENCE").pk,
    }
    assert lead.post(url, said | {"since": str(tomorrow)}).context["form"].errors == {"since": [FUTURE]}
    assert agree(lead, url, said | {"since": str(today)}).status_code == 302
    [(pk,)] = recorded(StandingObservation, "pk")
    assert recorded(Confirmation, "observation_id", "day") == [(pk, today)]
    assert listed(lead, pk)
    assert (
        lead.post(reverse("incidents:end_observation", args=[pk]), {"on": str(tomorrow)}).status_code == 422
    )
    assert agree(lead, reverse("incidents:end_observation", args=[pk]), {"on": str(today)}).status_code == 302


def test_a_confirmation_is_given_and_withdrawn_on_the_day_there(lead, world, today):
    with system_scope("seeding"):
        made = f.StandingObservationFactory(address=world.a.address, since=dt.date(2026, 1, 1))
        Confirmation.objects.filter(observation=made).delete()
        Confirmation.objects.create(observation=made, day=today - dt.timedelta(1))
    shown = planted(made, state_of)
    lead.post(reverse("incidents:confirm_observation", args=[made.pk]), {"next": ""} | shown)
    assert recorded(Confirmation, "observation_id", "day") == [(made.pk, today)]
    assert listed(lead, made.pk)
    lead.post(reverse("incidents:withdraw_confirmation", args=[made.pk]), {"next": ""})
    assert recorded(Confirmation, "observation_id", "day") == [(made.pk, today - dt.timedelta(1))]
    assert not listed(lead, made.pk)
