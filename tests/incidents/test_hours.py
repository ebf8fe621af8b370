"""The hours of facts in their list: shown, sorted by, filtered by, and never known of another landlord's facts."""

import csv
import datetime as dt
import io
import re

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from accounts.scope import system_scope
from core.opaque import read
from incidents.models import Incident
from sites.models import Commune
from tests import factories as f

LIST = reverse("incidents:list")
CSV = reverse("incidents:export", args=["csv"])
# In Paris it is ten in the morning of the 27th; in Nouméa nine in the evening, in Tahiti still the 26th, 23:00.
NOW = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)
TODAY, YESTERDAY = dt.date(2026, 11, 27), dt.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def recorded(world, _now):
    """Return a function that records facts of landlord A alone in the list, by (day, hour), and gives their ids."""
    with system_scope("seeding"):
        Incident.objects.update(day=dt.date(2026, 1, 5))

    def record(*when, **more):
        with system_scope("seeding"):
            return [
                f.IncidentFactory(
                    address=world.a.address, day=day, time=hour and dt.time.fromisoformat(hour), **more
                ).pk
                for day, hour in when
            ]

    return record


@pytest.fixture
def lead(world, sign_in, _now):
    return sign_in(world.a.lead)


def _page(client, **query):
    return client.get(LIST, query).text.replace("\xa0", " ").replace("&nbsp;", " ")


def _listed(client, **query):
    return [read("fact", pk) for pk in re.findall(r'href="/faits/([\w-]{32})/"', _page(client, **query))]


def _days(page):
    cells = re.findall(r'<td[^>]*data-column="day"[^>]*>(.*?)</td>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in cells]


def test_the_list_says_the_hour_near_days_in_a_word_and_always_the_date(lead, recorded):
    recorded((TODAY, "07:30"), (YESTERDAY, "23:00"), (YESTERDAY, None), (dt.date(2026, 11, 3), "14:00"))
    assert _days(_page(lead, period="28")) == [
        "aujourd’hui, vers 7 h 30 (27 novembre 2026)",
        "hier, vers 23 h (26 novembre 2026)",
        "hier (26 novembre 2026)",
        "3 novembre 2026, vers 14 h",
    ]


def test_a_day_is_sorted_by_hour_and_an_unknown_hour_stands_before_it(lead, recorded):
    late, early, unknown = recorded((YESTERDAY, "22:00"), (YESTERDAY, "06:00"), (YESTERDAY, None))
    assert _listed(lead, period="7", tri="-day") == [late, early, unknown]
    assert _listed(lead, period="7", tri="day") == [unknown, early, late]


def test_last_night_is_from_eight_in_the_evening_to_eight_in_the_morning(lead, recorded):
    inside = recorded((TODAY, "07:59"), (TODAY, "00:00"), (YESTERDAY, "23:30"), (YESTERDAY, "20:00"))
    recorded((YESTERDAY, "19:59"), (TODAY, "08:00"), (YESTERDAY, "02:00"), (TODAY, "21:00"))
    recorded((dt.date(2026, 11, 25), "23:00"))
    assert _listed(lead, period="night") == inside
    page = _page(lead, period="night")
    assert "dont l’heure n’est pas connue" not in page
    assert "La nuit dernière va de 20 h la veille à 8 h aujourd’hui, à l’heure du lieu." in page


def test_what_may_have_been_last_night_is_told_and_led_to(lead, recorded):
    (known,) = recorded((YESTERDAY, "23:00"))
    unknown = recorded((TODAY, None), (YESTERDAY, None))
    spans = recorded((dt.date(2026, 11, 24), None), span_end=YESTERDAY)
    spans += recorded((YESTERDAY, "23:00"), span_end=TODAY)
    recorded((dt.date(2026, 11, 25), None))
    recorded((dt.date(2026, 11, 20), None), span_end=dt.date(2026, 11, 25))
    page = _page(lead, period="night", fact_type="")
    assert _listed(lead, period="night") == [known]
    left_out = re.search(r'et <a href="\?([^"]+)">(\d+) faits</a> des mêmes jours dont l’heure', page)
    assert left_out
    assert left_out[2] == "4"
    led = lead.get(f"{LIST}?{left_out[1].replace('&amp;', '&')}").text
    assert {read("fact", pk) for pk in re.findall(r'href="/faits/([\w-]{32})/"', led)} == {*unknown, *spans}


@pytest.mark.parametrize(
    ("part", "inside", "outside"),
    [
        ("morning", ("08:00", "11:59"), ("07:59", "12:00")),
        ("afternoon", ("12:00", "16:59"), ("11:59", "17:00")),
        ("evening", ("17:00", "19:59"), ("16:59", "20:00")),
        ("night", ("20:00", "23:59", "00:00", "07:59"), ("08:00", "19:59")),
    ],
)
def test_the_parts_of_the_day(lead, recorded, part, inside, outside):
    kept = recorded(*((TODAY, hour) for hour in inside))
    recorded(*((TODAY, hour) for hour in outside))
    (unknown,) = recorded((TODAY, None))
    assert set(_listed(lead, period="today", moment=part)) == set(kept)
    assert ">1 fait</a> des mêmes jours dont l’heure n’est pas connue" in _page(
        lead, period="today", moment=part
    )
    assert _listed(lead, period="today", moment="unknown") == [unknown]


def test_today_and_the_last_days_count_the_first_one(lead, recorded):
    days = [TODAY - dt.timedelta(n) for n in (0, 1, 6, 7, 27, 28)]
    facts = recorded(*((day, None) for day in days))
    assert _listed(lead, period="today") == facts[:1]
    assert _listed(lead, period="7") == facts[:3]
    assert _listed(lead, period="28") == facts[:5]


@pytest.mark.parametrize(("department", "today"), [("987", YESTERDAY), ("988", TODAY), ("75", TODAY)])
def test_the_night_and_the_day_are_those_of_the_place(world, lead, recorded, department, today):
    with system_scope("seeding"):
        Commune.objects.filter(pk=world.commune.pk).update(department=department)
    (night,) = recorded((today - dt.timedelta(1), "21:00"))
    (morning,) = recorded((today, "06:00"))
    recorded((today - dt.timedelta(1), "06:00"), (today + dt.timedelta(1), "06:00"))
    assert set(_listed(lead, period="night")) == {night, morning}
    assert _listed(lead, period="today") == [morning]


def test_the_file_obeys_the_same_filters_and_has_the_hour(lead, recorded):
    recorded((YESTERDAY, "23:00"), (YESTERDAY, "12:00"), (YESTERDAY, None))
    content = lead.get(CSV, {"period": "night"}).getvalue().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content), delimiter=";"))
    assert [(row["Jour"], row["Heure"]) for row in rows] == [("2026-11-26", "23:00")]


def test_a_coordinator_learns_no_hour_by_any_filter_or_order(world, sign_in, recorded):
    coordinator = sign_in(world.a.coordinator)
    early, late = recorded((YESTERDAY, "05:00"), (YESTERDAY, "23:00"))
    page = _page(coordinator, period="7")
    assert _days(page) == ["hier (26 novembre 2026)"] * 2
    assert "nuit" not in page
    for asked in ({"period": "7", "moment": "night"}, {"period": "7", "tri": "-day"}):
        assert _listed(coordinator, **asked) == [late, early]
    assert _listed(coordinator, period="night") == []
    assert "Un filtre est à corriger." in _page(coordinator, period="night")


def test_who_also_works_for_a_landlord_learns_no_hour_of_another_landlords_facts(world, sign_in, recorded):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.landlord, role=Role.LEAD)
        own = f.IncidentFactory(address=world.b.address, day=YESTERDAY, time=dt.time(23)).pk
    (shared,) = recorded((YESTERDAY, "23:00"))
    both = sign_in(world.a.coordinator)
    assert _listed(both, period="night") == [own]
    assert _listed(both, period="7", moment="unknown") == [shared]
    assert sorted(_days(_page(both, period="7"))) == [
        "hier (26 novembre 2026)",
        "hier, vers 23 h (26 novembre 2026)",
    ]
