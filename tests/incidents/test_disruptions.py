"""Disruptions by hand: an impossible presence has its hours, and what the former rule made 4 is read again."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from incidents.models import Disruption
from tests import factories as f
from tests.versions import opened

CREATE, LIST = reverse("incidents:create_disruption"), reverse("incidents:disruptions")
HOURS = {"hours_from": "22:00", "hours_until": "06:30"}
IMPOSSIBLE = {"service": "staff_presence", "extent": "impossible", **HOURS}


@pytest.fixture
def record(world, sign_in):
    """Send the form for a residence without records; return the answer and what was recorded there."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Au calme")

    def _record(**values):
        sent = {"place": f"r{residence.pk}", "starts_on": timezone.localdate().isoformat(), **values}
        client = sign_in(world.a.lead)
        answer = client.post(CREATE, sent)
        if answer.context and "foreseen" in answer.context:
            answer = client.post(CREATE, sent | {"niveau": answer.context["foreseen"].key})
        with system_scope("seeding"):
            kept = list(Disruption.objects.filter(residence=residence))
            level = SiteLevel.objects.filter(residence=residence).values_list("level", flat=True).first()
        return answer, kept, level

    return _record


def test_an_impossible_presence_is_recorded_with_its_hours(record):
    answer, [made], level = record(**IMPOSSIBLE)
    assert answer.status_code == 302
    assert (made.extent, made.hours_from, made.hours_until) == ("impossible", dt.time(22), dt.time(6, 30))
    assert level == 4


@pytest.mark.parametrize(("extent", "level"), [("limited", 2), ("partial", 3)])
def test_a_post_unmanned_for_an_afternoon_is_as_far_as_its_extent(record, extent, level):
    _answer, [made], found = record(service="staff_presence", extent=extent)
    assert (found, made.to_reread) == (level, False)


def test_hours_typed_before_another_extent_was_chosen_are_forgotten(record):
    _answer, [made], _level = record(service="staff_presence", extent="limited", **HOURS)
    assert (made.hours_from, made.hours_until) == (None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"hours_from": "", "hours_until": ""}, "hours_from"),
        ({"hours_until": ""}, "hours_until"),
        ({"hours_until": "22:00"}, "hours_until"),
        ({"hours_from": "soir"}, "hours_from"),
        ({"service": "lift"}, "extent"),
    ],
)
def test_an_impossible_presence_without_its_hours_is_refused(record, values, field):
    answer, kept, _level = record(**IMPOSSIBLE | values)
    assert (answer.status_code, kept) == (422, [])
    assert field in answer.context["form"].errors


@pytest.fixture
def former(world):
    """A disruption that gave level 4 by the former rule alone, and others of that time that did not."""
    with system_scope("seeding"):
        residence = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Ancienne")
        place = {"address": f.AddressFactory(residence=residence), "former_rule": True}
        made = f.DisruptionFactory(**place, service="staff_presence", extent="limited")
        f.DisruptionFactory(**place, service="staff_presence", extent="total", ends_on=dt.date(2026, 2, 2))
        f.DisruptionFactory(**place, service="lift", extent="limited")
        evaluate([residence.pk])
    return made


def test_what_the_former_rule_made_4_counts_by_its_extent_and_awaits_the_lead(world, sign_in, former):
    client = sign_in(world.a.lead)
    home = client.get(reverse("classification:home"))
    assert [row.pk for row in home.context["found"].to_reread.rows] == [former.pk]
    assert reverse("incidents:reread_disruption", args=[former.pk]) in home.text
    page = client.get(reverse("classification:residence", args=[former.residence_id])).text
    assert page.count("Saisie sous l’ancienne règle") == 1
    assert client.get(LIST).text.count("à relire") == 1


@pytest.mark.parametrize(
    ("said", "level"),
    [({"extent": "limited"}, 2), ({"extent": "partial"}, 3), ({"extent": "impossible", **HOURS}, 4)],
)
def test_reading_it_again_says_how_far_it_went(world, sign_in, former, said, level):
    client, url = sign_in(world.a.lead), reverse("incidents:reread_disruption", args=[former.pk])
    with system_scope("seeding"):
        Disruption.objects.filter(residence=former.residence).exclude(pk=former.pk).delete()
    said = said | opened(client, url)
    answer = client.post(url, said)
    if level != 2:
        foreseen = answer.context["foreseen"]
        assert {(move.before, move.after) for move in foreseen.moves} == {(2, level)}
        answer = client.post(url, said | {"niveau": foreseen.key})
    assert answer.status_code == 302
    with system_scope("seeding"):
        former.refresh_from_db()
        assert SiteLevel.objects.get(address=former.address_id).impact_level == level
    assert (former.extent, former.to_reread) == (said["extent"], False)
    assert client.get(reverse("classification:home")).context["found"].to_reread.total == 0
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="incidents.disruption", object_id=str(former.pk))
        assert entries.filter(action="update").count() == 1
    again = client.post(url, {"extent": "partial"}, follow=True)
    assert "déjà relue" in again.text
    with system_scope("seeding"):
        assert Disruption.objects.get(pk=former.pk).extent == said["extent"]
