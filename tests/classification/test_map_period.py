"""The map's period: a place is shown for a fact recorded there then, with the days it happened on."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scope import system_scope
from classification.engine import services
from core.opaque import written
from incidents.models import FactSubtype, FactType, Incident
from tests import factories as f

FRANCE = "-5,42,9,51"
DEALING = "PETTY_DEALING"


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days)


def days_by_site(client, **query):
    """Return name → days with such a fact, as the map says it."""
    response = client.get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **query})
    assert response.status_code == 200, response.content
    view = response.json()
    assert view["points"] == view["list"]
    return {site[5] or site[4]: site[10] for site in view["points"]}


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def dealing(world):
    return world.a.incidents[0].fact_type_id


@pytest.fixture
def other_type(world, dealing):
    return FactType.objects.exclude(pk__in=[dealing, world.a.other_incident.fact_type_id]).first()


def plant(**fact):
    with system_scope("seeding"):
        incident = f.IncidentFactory(**fact)
    with system_scope("evaluation"):
        services.evaluate()
    return incident


def test_without_a_period_no_days_are_counted(lead):
    assert days_by_site(lead) == {"Résidence A": None, "Résidence A bis": None}


def test_days_are_counted_not_facts(lead, world):
    for _ in range(2):
        plant(address=world.a.address, code=DEALING, day=ago(3))
    assert days_by_site(lead, period=28) == {"Résidence A": 9, "Résidence A bis": 1}
    assert days_by_site(lead, period=28, unit="address") == {"1 rue A": 9, "2 rue A": 1}


def test_types_and_period_narrow_together(lead, world, dealing, other_type):
    plant(address=world.a.other_address, fact_type=other_type, day=ago(60))
    both = {"fact_type": [dealing, other_type.pk]}
    assert days_by_site(lead, period=28, **both) == {"Résidence A": 9}
    assert days_by_site(lead, period=91, **both) == {"Résidence A": 9, "Résidence A bis": 1}
    assert days_by_site(lead, period=91, unit="address", **both) == {"1 rue A": 9, "2 rue A": 1}
    assert days_by_site(lead, period=91, fact_type=other_type.pk) == {"Résidence A bis": 1}


def test_a_window_starts_with_its_first_day(lead, world, other_type):
    only = {"fact_type": other_type.pk}
    plant(address=world.a.other_address, fact_type=other_type, day=ago(28))
    assert days_by_site(lead, period=28, **only) == {}
    plant(address=world.a.other_address, fact_type=other_type, day=ago(27))
    assert days_by_site(lead, period=28, **only) == {"Résidence A bis": 1}


def test_two_dates_hold_both_days_and_reach_back_further_than_a_year(lead, world, other_type):
    plant(address=world.a.other_address, fact_type=other_type, day=ago(500))

    def between(since, until):
        dates = {"since": since and ago(since).isoformat(), "until": until and ago(until).isoformat()}
        return days_by_site(lead, period="dates", **{key: day for key, day in dates.items() if day})

    assert between(500, 500) == {"Résidence A bis": 1}
    assert between(499, 400) == {}
    assert between(None, 501) == {}
    assert between(None, 400) == {"Résidence A bis": 1}
    assert between(8, 8) == {"Résidence A": 1}
    assert between(4, None) == {"Résidence A": 5, "Résidence A bis": 1}


@pytest.mark.parametrize("unit", ["residence", "address"])
@pytest.mark.parametrize("days", [364, 365])
def test_an_open_period_starts_with_its_first_day_within_a_year_and_beyond(
    lead, world, other_type, days, unit
):
    plant(address=world.a.other_address, fact_type=other_type, day=ago(days))

    def since(first):
        return sorted(days_by_site(lead, period="dates", since=ago(first).isoformat(), unit=unit).values())

    assert since(days) == [2, 9]
    assert since(days - 1) == [1, 9]


def test_a_cancelled_fact_counts_for_nothing(lead, world, dealing):
    with system_scope("seeding"):
        Incident.objects.filter(residence=world.a.residence).update(cancelled_at=timezone.now())
    with system_scope("evaluation"):
        services.evaluate()
    assert days_by_site(lead, period=28) == {"Résidence A bis": 1}
    assert days_by_site(lead, period=28, fact_type=dealing) == {}


def test_a_fact_of_unknown_day_counts_once_where_its_span_touches(lead, world, other_type):
    only = {"fact_type": other_type.pk}
    for _ in range(2):
        plant(address=world.a.other_address, fact_type=other_type, day=ago(40), span_end=ago(20))
    assert days_by_site(lead, period=28, **only) == {"Résidence A bis": 1}
    dates = {"period": "dates", "since": ago(15).isoformat()}
    assert days_by_site(lead, **dates, **only) == {}


def test_nothing_of_another_landlord_is_counted(lead, sign_in, world, dealing):
    for client in (lead, sign_in(world.a.coordinator)):
        for query in ({"period": 28}, {"period": 365, "fact_type": dealing}):
            assert set(days_by_site(client, **query)) <= {"Résidence A", "Résidence A bis"}
            assert set(days_by_site(client, unit="address", **query)) <= {"1 rue A", "2 rue A"}


def test_a_period_that_ends_before_it_starts_is_refused(lead):
    dates = {"period": "dates", "since": ago(1).isoformat(), "until": ago(2).isoformat()}
    response = lead.get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **dates})
    assert response.status_code == 400
    assert response.json() == {"error": "La fin de la période précède son début."}


@pytest.mark.parametrize(
    "query", [{"period": "30"}, {"fact_type": "0"}, {"period": "dates", "since": "hier"}]
)
def test_a_period_or_type_that_is_none_is_refused(lead, query):
    assert lead.get("/carte/donnees/", {"bbox": FRANCE, "zoom": 6, **query}).status_code == 400


def test_counting_days_asks_nothing_more(lead, dealing):
    counts = []
    for query in ({}, {"period": 28}, {"period": "dates", "since": ago(90).isoformat()}):
        with CaptureQueriesContext(connection) as captured:
            days_by_site(lead, **query)
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_the_page_keeps_what_its_address_says(lead, dealing):
    page = lead.get("/carte/", {"level": "3", "period": "91", "fact_type": dealing, "quartiers": "1"})
    content = page.content.decode()
    assert '<option value="91" selected>' in content
    for kept in ('name="level" value="3" checked', 'name="quartiers" value="1" form="map-filters" checked'):
        assert kept in content
    assert re.search(rf'name="fact_type" value="{dealing}"[^>]* checked', content)
    assert "/publications/" in content


def test_an_agent_is_not_sent_to_what_is_closed_to_them(world, sign_in):
    assert "/publications/" not in sign_in(world.a.agent).get("/carte/").content.decode()


def test_a_sub_type_narrows_the_map_and_the_list(lead, world, dealing, other_type):
    page, listed = reverse("classification:map"), reverse("classification:residences")
    assert 'name="subtype"' not in lead.get(page).text + lead.get(listed).text
    with system_scope("seeding"):
        hall = FactSubtype.objects.create(
            territory=world.a.territory, fact_type=other_type, label="Dans le hall"
        )
    plant(address=world.a.other_address, fact_type=other_type, subtype=hall, day=ago(60))
    plant(address=world.a.address, fact_type=other_type, day=ago(3))
    plant(
        address=world.a.address, fact_type=other_type, subtype=hall, day=ago(3), cancelled_at=timezone.now()
    )
    assert days_by_site(lead, subtype=hall.pk) == {"Résidence A bis": None}
    assert days_by_site(lead, subtype=hall.pk, unit="address") == {"2 rue A": None}
    assert days_by_site(lead, subtype=hall.pk, period=91) == {"Résidence A bis": 1}
    assert days_by_site(lead, subtype=hall.pk, period=28) == {}
    assert days_by_site(lead, subtype=hall.pk, period=91, fact_type=dealing) == {}
    assert [
        f'value="{written("subtype", hall.pk)}" selected' in lead.get(one, {"subtype": hall.pk}).text
        for one in (page, listed)
    ] == [True, True]
    shown = lead.get(listed, {"subtype": hall.pk}).text
    names = [
        reverse("classification:residence", args=[one.pk]) in shown
        for one in (world.a.other, world.a.residence)
    ]
    assert names == [True, False]
