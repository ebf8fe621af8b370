"""A closed campaign computed anew gives the same bit for bit, or each difference with its cause."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.scope import system_scope
from classification.campaigns.replay import Cause, replay
from classification.engine.services import evaluate
from classification.models import Closing, GridVersion
from core.opaque import written
from incidents.models import Horizon, Incident
from sites.models import Residence
from tests.campaigning import closed, opened
from tests.deciding import decides, raise_to_3, residence_at, takes_back


@pytest.fixture
def site(world):
    return residence_at(world.a.landlord, world.commune, 2, name="Rejouée")


@pytest.fixture
def closing(world, site):
    decides(world.a.lead, site, 3, "Vu sur place.")
    return closed(world.a)


def _replayed(closing) -> dict[str, tuple[set[str], set[Cause]]]:
    with system_scope("evaluation"):
        closing = Closing.objects.select_related("campaign__grid_version").get(pk=closing.pk)
        return {one.name: (set(one.changed), set(one.causes)) for one in replay(closing)}


def _said(closing, **options) -> str:
    out = StringIO()
    call_command("replay", written("campaign", closing.campaign_id), stdout=out, **options)
    return out.getvalue()


def test_with_nothing_changed_it_is_the_same_bit_for_bit(world, closing):
    evaluate()
    assert _replayed(closing) == {}
    assert "3 sites, the same bit for bit" in _said(closing)


def test_it_is_the_same_whatever_is_shared_today(world, closing):
    with system_scope("seeding"):
        type(world.a.agreement).objects.filter(pk=world.a.agreement.pk).update(ends_on=timezone.localdate())
    assert _replayed(closing) == {}


def test_a_fact_that_was_recorded_since(site, closing):
    raise_to_3(site)
    changed, causes = _replayed(closing)["Rejouée"]
    assert {"level", "facts_level", "findings", "addresses"} <= changed
    assert Cause.ADDED in causes
    assert Cause.UNKNOWN not in causes


def test_a_fact_that_was_cancelled_since(site, closing):
    with system_scope("seeding"):
        Incident.objects.filter(residence=site).update(cancelled_at=timezone.now(), cancel_reason="Doublon.")
    evaluate([site.pk])
    changed, causes = _replayed(closing)["Rejouée"]
    assert "level" in changed
    assert Cause.CANCELLED in causes


def test_a_fact_that_was_corrected_since(site, closing):
    with system_scope("seeding"):
        late = timezone.localdate() - dt.timedelta(200)
        Incident.objects.filter(residence=site).update(day=late, changed_at=timezone.now())
    evaluate([site.pk])
    assert Cause.CORRECTED in _replayed(closing)["Rejouée"][1]


def test_a_site_that_was_merged_closed_or_removed_since(world, site, closing):
    today = timezone.localdate()
    with system_scope("seeding"):
        Residence.objects.filter(pk=site.pk).update(closed_on=today, merged_into=world.a.residence)
        Residence.objects.filter(pk=world.a.other.pk).update(closed_on=today)
    found = _replayed(closing)
    assert found["Rejouée"] == ({"level"}, {Cause.MERGED})
    assert found["Résidence A bis"] == ({"level"}, {Cause.CLOSED})


def test_records_that_were_erased_since(world, site, closing):
    with system_scope("seeding"):
        Incident.objects.filter(residence=site).update(day=timezone.localdate() - dt.timedelta(3000))
    with system_scope("retention"):
        Horizon.objects.create(landlord=world.a.landlord, erased_until=timezone.localdate() - dt.timedelta(1))
    assert Cause.PURGED in _replayed(closing)["Rejouée"][1]


def test_a_cell_of_the_grid_that_changed_since(closing, monkeypatch):
    monkeypatch.setattr(GridVersion, "grid", property(_with_littering_at_1))
    changed, causes = _replayed(closing)["Rejouée"]
    assert {"level", "findings"} <= changed
    assert causes == {Cause.GRID}


_GRID = GridVersion.__dict__["grid"]


def _with_littering_at_1(version):
    cells = version.cells | {"1.3": [1, "reconstructed"], "1.2": [1, "reconstructed"]}
    return _GRID.fget(GridVersion(cells=cells, thresholds=version.thresholds))


def test_a_decision_that_was_taken_back_since(world, site):
    decision = decides(world.a.lead, site, 3, "Vu sur place.")
    closing = closed(world.a, opened(world.a))
    takes_back(world.a.lead, decision)
    assert _replayed(closing)["Rejouée"] == ({"retained", "decided_on", "decision_reason"}, {Cause.DECIDED})
    assert "decision ended or made since" in _said(closing)


def test_the_command_finds_a_campaign_by_its_name_and_its_version(world, site, closing):
    out = StringIO()
    with system_scope("evaluation"):
        name = Closing.objects.get(pk=closing.pk).campaign.name
    raise_to_3(site)
    closed(world.a, closing.campaign, reason="Saisies tardives.")
    call_command("replay", name, stdout=out)
    assert "version 2: 3 sites, the same bit for bit" in out.getvalue()
    assert "version 1: 1 of 3 sites differ" in _said(closing, number=1)
    with pytest.raises(CommandError, match="no closed campaign"):
        call_command("replay", "Aucune")
