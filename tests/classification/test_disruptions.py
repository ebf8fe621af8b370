"""Table 1, stated once: the same level and the same last day wherever a disruption is shown."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import default_grid, evaluate
from classification.models import SiteLevel
from classification.residence.snapshot import disruptions_by_residence, explain_frozen_disruption
from incidents.models import Disruption
from partners.models import PublishedSite
from tests import factories as f
from tests.sharing import publication_of, site_address, today

CASES = [
    ({"service": "lift", "extent": "limited"}, 2),
    ({"service": "lift", "extent": "partial"}, 3),
    ({"service": "lift", "extent": "total"}, 4),
    ({"service": "lift", "extent": "limited", "recurs_daily": True}, 4),
    ({"service": "staff_presence", "extent": "limited"}, 2),
    ({"service": "staff_presence", "extent": "partial"}, 3),
    ({"service": "staff_presence", "extent": "total"}, 4),
    ({"service": "staff_presence", "extent": "impossible", "hours_from": dt.time(17),
      "hours_until": dt.time(22, 30)}, 4),
]  # fmt: skip
# As an earlier version froze it: without hours, any disruption of the staff's presence being of level 4.
FORMER = {"service_code": "staff_presence", "extent": "limited", "starts_on": "2026-03-01", "ends_on": None,
          "recurs_daily": False}  # fmt: skip


@pytest.fixture
def place(world):
    """An address without a fact, of a landlord that shares."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Panne")
        return f.AddressFactory(residence=residence)


def _disturb(place, **values) -> Disruption:
    with system_scope("seeding"):
        made = f.DisruptionFactory(address=place, **{"starts_on": today() - dt.timedelta(200), **values})
        evaluate([place.residence_id])
        return made


@pytest.mark.parametrize(("values", "level"), CASES)
def test_every_reader_gives_a_disruption_the_same_level(world, sign_in, place, values, level):
    _disturb(place, **values)
    said = f"niveau d’impact {level}"
    with system_scope("seeding"):
        assert SiteLevel.objects.get(residence=place.residence, address=None).impact_level == level
        [row] = engine.disruptions(default_grid(), today(), [place.residence_id])
    assert (row["level"], row["counts_until"]) == (level, None)
    page = sign_in(world.a.lead).get(reverse("classification:residence", args=[place.residence_id]))
    assert said in page.text.replace("\xa0", " ").replace("\u202f", " ")
    publication = publication_of(world.a)
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication, name="Panne")
    shown = sign_in(world.a.partner).get(site_address(publication.pk, site.rank))
    assert (site.impact_level, site.disruptions[0]["level"]) == (level, level)
    assert said in shown.text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(("ended", "counts"), [(0, True), (90, True), (91, False)])
def test_an_ended_disruption_counts_90_days_more_wherever_it_is_shown(world, sign_in, place, ended, counts):
    ends_on = today() - dt.timedelta(ended)
    _disturb(place, ends_on=ends_on, extent="total")
    with system_scope("seeding"):
        assert SiteLevel.objects.get(address=place).impact_level == (4 if counts else 1)
        rows = engine.disruptions(default_grid(), today(), [place.residence_id])
        frozen = disruptions_by_residence(default_grid(), today(), [place.residence_id])
    until = [ends_on + dt.timedelta(90)] if counts else []
    assert [row["counts_until"] for row in rows] == until
    assert [row["counts_until"] for row in frozen[place.residence_id]] == [str(day) for day in until]
    page = sign_in(world.a.lead).get(reverse("classification:residence", args=[place.residence_id]))
    assert len(page.context["sheet"].place.disruptions) == len(until)
    publication = publication_of(world.a)
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication, name="Panne")
    shown = sign_in(world.a.partner).get(site_address(publication.pk, site.rank))
    assert (len(shown.context["disruptions"]), site.impact_level) == (len(until), 4 if counts else 1)


@pytest.mark.parametrize(("starts", "counts"), [(0, True), (-1, False)])
def test_a_disruption_counts_from_its_first_day(world, place, starts, counts):
    _disturb(place, starts_on=today() - dt.timedelta(starts), extent="partial")
    with system_scope("seeding"):
        assert SiteLevel.objects.get(address=place).impact_level == (3 if counts else 1)
        assert len(engine.disruptions(default_grid(), today(), [place.residence_id])) == counts


@pytest.mark.parametrize("level", [{"level": 4, "counts_until": None}, {}])
def test_what_was_frozen_under_the_former_rule_keeps_its_level_and_its_words(world, level):
    as_of = dt.date(2026, 3, 31)
    with acting_as(world.a.coordinator):
        said = explain_frozen_disruption(FORMER | level, as_of, default_grid())
    words = "Présence du personnel : impossible à certaines heures depuis le 1er mars → niveau d’impact 4"
    assert said.replace("\xa0", " ") == words


def test_an_impossible_presence_is_said_with_its_hours_wherever_it_is_frozen(world, place):
    values, level = CASES[-1]
    _disturb(place, **values, ends_on=today())
    with acting_as(world.a.coordinator):
        [frozen] = disruptions_by_residence(default_grid(), today(), [place.residence_id])[place.residence_id]
        said = explain_frozen_disruption(json.loads(json.dumps(frozen)), today(), default_grid())
    assert (frozen["hours_from"], frozen["hours_until"], frozen["level"]) == ("17:00", "22:30", level)
    words = "Présence du personnel : rendue impossible sur certains horaires (de 17 h à 22 h 30)"
    assert said.replace("\xa0", " ").startswith(words)


@pytest.mark.parametrize(("values", "level"), CASES[:4])
@pytest.mark.parametrize("ended", [None, 5])
def test_what_was_frozen_without_its_level_is_said_as_it_is_today(world, place, values, level, ended):
    ends_on = None if ended is None else today() - dt.timedelta(ended)
    _disturb(place, **values, ends_on=ends_on)
    with acting_as(world.a.coordinator):
        [now] = disruptions_by_residence(default_grid(), today(), [place.residence_id])[place.residence_id]
        before = {name: value for name, value in now.items() if name not in {"level", "counts_until"}}
        said = [
            explain_frozen_disruption(json.loads(json.dumps(d)), today(), default_grid())
            for d in (now, before)
        ]
    assert said[0] == said[1]
    assert f"impact {level}" in said[1].replace("\xa0", " ")
