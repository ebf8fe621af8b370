"""The list of residences tells how each proposed level changed over thirty days."""

import csv
import datetime as dt
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from classification.residence.evolution import with_change
from incidents.models import Horizon, Incident
from tests import factories as f
from tests.deciding import decides, residence_at

LIST = "/residences/"


def _ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days)


@pytest.fixture
def estate(world):
    """Residences of landlord A: one rose from 1 to 3, one fell from 3 to 1, one stayed at 2."""
    with system_scope("seeding"):
        places = {}
        for name, code, then, now in (
            ("Montée", "PETTY_DEALING", [], range(8)),
            ("Descendue", "PETTY_DEALING", range(30, 54, 3), []),
            ("Stable", "LITTERING", range(30, 54, 3), range(8)),
        ):
            residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name=name)
            address = f.AddressFactory(residence=residence)
            for back in (*then, *now):
                f.IncidentFactory(address=address, code=code, day=_ago(back))
            places[name] = residence
    evaluate([residence.pk for residence in places.values()])
    return places


def _rows(client, **query) -> dict[str, dict[str, str]]:
    answer = client.get("/residences/export.csv", query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return {row["Résidence"]: row for row in csv.DictReader(io.StringIO(text), delimiter=";")}


def _told(person) -> dict[str, tuple]:
    """The level before, now and the change of each residence that ``person`` sees."""
    with acting_as(person):
        rows = with_change(SiteLevel.objects.filter(address=None)).select_related("residence")
        return {row.residence.name: (row.before, row.level, row.change) for row in rows}


def _cells(client, **query) -> dict[str, str]:
    """What the column says on the page, by residence, in plain words."""
    rows = re.findall(r"<tr.*?</tr>", client.get(LIST, query).content.decode(), re.DOTALL)
    found = {}
    for row in rows:
        cells = re.findall(r'<td[^>]*data-label="(.*?)"[^>]*>(.*?)</td>', row, re.DOTALL)
        told = {label: " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for label, cell in cells}
        if told:
            found[told["Résidence"]] = told["Depuis 30 jours"]
    return found


def test_each_level_stands_beside_that_of_thirty_days_ago(world, estate):
    told = _told(world.a.lead)
    assert {name: told[name] for name in estate} == {
        "Montée": (1, 3, 2), "Descendue": (3, 2, -1), "Stable": (2, 2, 0),
    }  # fmt: skip
    assert {name: told for name, told in _told(world.a.coordinator).items() if name in estate} == {
        name: told[name] for name in estate
    }


def test_the_page_says_it_in_words(world, sign_in, estate):
    cells = _cells(sign_in(world.a.lead))
    assert {name: cells[name] for name in estate} == {
        "Montée": "Niveau 1 monté à Niveau 3",
        "Descendue": "Niveau 3 descendu à Niveau 2",
        "Stable": "inchangé",
    }


def test_a_phone_shows_what_moved_alone(world, sign_in, estate):
    page = sign_in(world.a.lead).get(LIST).content.decode()
    shown = re.findall(r'<td class="(moved|quiet)"[^>]*data-column="change"', page)
    moved = [change for _before, _now, change in _told(world.a.lead).values() if change]
    assert (shown.count("moved"), len(shown)) == (len(moved), len(_told(world.a.lead)))


def test_the_file_holds_the_level_before(world, sign_in, estate):
    rows = _rows(sign_in(world.a.lead))
    assert {name: rows[name]["Niveau proposé 30 jours avant"] for name in estate} == {
        "Montée": "1", "Descendue": "3", "Stable": "2",
    }  # fmt: skip


@pytest.mark.parametrize(("way", "name"), [("risen", "Montée"), ("fallen", "Descendue")])
def test_the_list_is_narrowed_to_what_rose_or_fell(world, sign_in, estate, way, name):
    assert set(_rows(sign_in(world.a.lead), moved=way)) & set(estate) == {name}


def test_the_list_is_sorted_by_how_far_a_level_moved(world, sign_in, estate):
    client = sign_in(world.a.lead)
    up = [name for name in _rows(client, tri="change") if name in estate]
    assert up == ["Descendue", "Stable", "Montée"]
    assert [name for name in _rows(client, tri="-change") if name in estate] == up[::-1]


def test_a_retained_level_is_no_change_of_the_proposed_one(world, estate):
    decides(world.a.lead, estate["Stable"], 4, "La rue voisine compte davantage.")
    assert _told(world.a.lead)["Stable"] == (2, 2, 0)


def test_a_landlord_that_recorded_nothing_then_is_compared_with_nothing(world, estate):
    with system_scope("seeding"):
        Incident.objects.filter(landlord=world.a.landlord, day__lte=_ago(30)).update(
            cancelled_at=timezone.now()
        )
    assert {_told(world.a.lead)[name][0::2] for name in estate} == {(None, None)}


def test_what_was_erased_is_compared_with_nothing(world, estate):
    with system_scope("retention"):
        Horizon.objects.create(landlord=world.a.landlord, erased_until=_ago(200))
    assert {_told(world.a.lead)[name][0::2] for name in estate} == {(None, None)}


def test_a_site_whose_recording_stopped_has_not_become_calmer(world, sign_in, estate):
    with system_scope("evaluation"):
        SiteLevel.objects.filter(residence__in=[estate["Descendue"], estate["Stable"]], address=None).update(
            silent=True
        )
    told = _told(world.a.lead)
    assert (told["Descendue"], told["Stable"]) == ((3, 2, None), (2, 2, None))
    assert not set(_rows(sign_in(world.a.lead), moved="fallen")) & set(estate)


def test_the_page_asks_as_much_of_the_database_for_many_as_for_one(world, sign_in, estate):
    client = sign_in(world.a.lead)
    counts = []
    for number in (1, 4):
        for _ in range(number):
            residence_at(world.a.landlord, world.commune, 1)
        client.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]
