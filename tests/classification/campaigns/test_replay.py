"""A closed campaign computed anew gives the same bit for bit, or each difference with its cause."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.campaigns.replay import Cause, replay
from classification.engine.changed import note_change
from classification.engine.services import evaluate
from classification.models import Closing, GridVersion
from incidents.models import Disruption, Horizon, Incident, StandingObservation
from incidents.ongoing.seeing import mark_seen
from sites.models import Residence
from tests import factories as f
from tests.campaigning import closed, merged, opened
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
    page = reverse("classification:campaign", args=[closing.campaign_id])
    call_command("replay", f"https://palier.example{page}", stdout=out, **options)
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


def test_a_threshold_of_the_grid_that_was_raised_since(closing, monkeypatch):
    """The types that are below all thresholds now are found no more."""
    rarer = {"1": [20, 365], "2": [12, 91], "3": [10, 28]}

    def raised(version):
        return _GRID.fget(GridVersion(cells=version.cells, thresholds=rarer))

    monkeypatch.setattr(GridVersion, "grid", property(raised))
    changed, causes = _replayed(closing)["Rejouée"]
    assert {"level", "findings"} <= changed
    assert causes == {Cause.GRID}


def test_disruptions_that_count_for_longer_since(world, monkeypatch):
    today = timezone.localdate()
    with system_scope("seeding"):
        f.DisruptionFactory(
            address=world.a.other_address, extent="total",
            starts_on=today - dt.timedelta(20), ends_on=today - dt.timedelta(10),
        )  # fmt: skip
    closing = closed(world.a)
    monkeypatch.setattr(
        GridVersion, "disruption_days", property(lambda _version: 30, lambda _version, _days: None)
    )
    changed, causes = _replayed(closing)["Résidence A bis"]
    assert "disruptions" in changed
    assert causes == {Cause.GRID}


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


def test_a_disruption_that_was_seen_since(world):
    with system_scope("seeding"):
        unseen = f.DisruptionFactory(
            address=world.a.other_address, starts_on=timezone.localdate(), extent="total", seen_at=None
        )
    closing = closed(world.a)
    with acting_as(world.a.lead) as scope:
        mark_seen(scope=scope, disruptions=[unseen.pk])
    changed, causes = _replayed(closing)["Résidence A bis"]
    assert {"level", "impact_level", "unseen", "disruptions"} <= changed
    assert Cause.SEEN in causes


def test_a_residence_that_another_one_was_merged_into_since(world, site, closing):
    merged(world.a.lead, site, world.a.other)
    found = _replayed(closing)
    assert found["Rejouée"] == ({"level"}, {Cause.MERGED})
    assert found["Résidence A bis"][1] == {Cause.REBUILT}


def test_one_that_was_merged_after_the_day_of_its_level(world, site):
    closing = closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1)))
    merged(world.a.lead, site, world.a.other)
    assert _replayed(closing)["Rejouée"] == ({"level"}, {Cause.MERGED})


def test_records_that_came_with_an_address_of_the_same_text(world, closing):
    with system_scope("seeding"):
        twin = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Jumelle")
        address = f.AddressFactory(residence=twin, label=world.a.other_address.label)
        for back in range(8):
            day = timezone.localdate() - dt.timedelta(3 * back)
            f.IncidentFactory(address=address, code="PETTY_DEALING", day=day)
        Incident.objects.filter(residence=twin).update(created_at=timezone.now() - dt.timedelta(9))
    merged(world.a.lead, twin, world.a.other)
    changed, causes = _replayed(closing)["Résidence A bis"]
    assert "level" in changed
    assert Cause.REBUILT in causes


def test_an_address_that_was_added_since(world, closing):
    with system_scope("seeding"):
        f.AddressFactory(residence=world.a.residence)
    assert _replayed(closing)["Résidence A"] == ({"addresses"}, {Cause.REBUILT})


@pytest.mark.parametrize("model", [Disruption, StandingObservation])
def test_what_lasts_and_was_cancelled_since(world, closing, model):
    with system_scope("seeding"):
        rows = model.objects.filter(residence=world.a.residence)
        assert rows.update(cancelled_at=timezone.now(), cancel_reason="Doublon.")
    assert Cause.CANCELLED in _replayed(closing)["Résidence A"][1]


def test_what_was_recorded_and_cancelled_since_is_not_a_record_that_was_added(site, closing):
    with system_scope("seeding"):
        added = f.IncidentFactory(address=site.addresses.get(), code="LITTERING")
        Incident.objects.filter(residence=site).update(cancelled_at=timezone.now(), cancel_reason="Doublon.")
    assert added.created_at
    assert _replayed(closing)["Rejouée"][1] == {Cause.CANCELLED}


def test_a_decision_about_a_level_that_moved_is_no_cause_of_its_own(site, closing):
    raise_to_3(site)
    changed, causes = _replayed(closing)["Rejouée"]
    assert "retained" in changed
    assert Cause.DECIDED not in causes


def test_records_of_days_after_the_campaign_explain_nothing(world, site):
    closing = closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1)))
    with system_scope("seeding"):
        Incident.objects.filter(residence=site).update(day=timezone.localdate() - dt.timedelta(200))
    note_change([site.pk], since=timezone.localdate())
    assert _replayed(closing)["Rejouée"][1] == {Cause.UNKNOWN}
    note_change([site.pk], since=timezone.localdate() - dt.timedelta(2))
    assert _replayed(closing)["Rejouée"][1] == {Cause.CORRECTED}
