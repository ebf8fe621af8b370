"""The coordinator is told which published sites have another level for the same day now, at a bounded cost."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.engine.changed import KEPT_DAYS, forget_old_changes, note_change
from classification.models import RecordChange
from incidents.facts.services import Fact, cancel_incident, record_incident
from incidents.models import Disruption, FactType, Incident, StandingObservation
from incidents.ongoing import correcting
from incidents.ongoing.seeing import mark_seen
from partners.models import Publication, PublicationRequest
from partners.publications import drift
from partners.publications.drift import Drift, Moved, drift_of
from sites.models import Address, Residence, SharingAgreement
from tests import factories as f
from tests.sharing import publication_of, today


def drift_now(world, publication) -> Drift | None:
    with acting_as(world.a.coordinator):
        return drift_of(
            Publication.objects.select_related("territory", "grid_version").get(pk=publication.pk)
        )


def disruption_of(world, **values) -> Disruption:
    with system_scope("seeding"):
        return f.DisruptionFactory(
            address=world.a.other_address, starts_on=today() - dt.timedelta(3), extent="total", **values
        )


def cancelled(world, record) -> None:
    with acting_as(world.a.lead) as scope:
        correcting.cancel(scope=scope, record=record, reason="Saisie erronée")


def recorded(world, day: dt.date) -> Incident:
    with acting_as(world.a.lead) as scope:
        kind = FactType.objects.get(code="WEAPONS")
        return record_incident(scope=scope, fact=Fact(place=world.a.other_address, fact_type=kind, day=day))


def test_nothing_is_said_while_no_record_changed(world):
    assert drift_now(world, publication_of(world.a)) is None


def test_a_cancelled_disruption_shows_what_the_level_was_and_is(world):
    wrong = disruption_of(world, seen_at=timezone.now(), seen_by=world.a.lead)
    publication = publication_of(world.a)
    cancelled(world, wrong)
    assert drift_now(world, publication) == Drift([Moved("Résidence A bis", 4, 1)], 0)


def test_what_comes_in_later_for_that_day_or_before_counts_and_what_is_of_later_days_does_not(world):
    publication = publication_of(world.a, as_of=today() - dt.timedelta(10))
    recorded(world, today())
    assert drift_now(world, publication) is None
    recorded(world, today() - dt.timedelta(12))
    assert drift_now(world, publication) == Drift([Moved("Résidence A bis", 1, 3)], 0)


def test_a_disruption_that_a_lead_sees_after_the_publication_counts(world):
    unseen = disruption_of(world, seen_at=None)
    publication = publication_of(world.a)
    note_change([world.a.other.pk])
    assert drift_now(world, publication) is None
    with acting_as(world.a.lead) as scope:
        assert mark_seen(scope=scope, disruptions=[unseen.pk]) == 1
    assert drift_now(world, publication) == Drift([Moved("Résidence A bis", 1, 4)], 0)


def test_a_change_that_moves_no_level_is_not_told(world):
    publication = publication_of(world.a)
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=world.a.other_incident, reason="Doublon")
    with system_scope("seeding"):
        assert RecordChange.objects.filter(residence=world.a.other).exists()
    assert drift_now(world, publication) is None


def test_what_was_settled_before_the_publication_costs_no_evaluation(world, monkeypatch):
    publication = publication_of(world.a)
    recorded(world, today() - dt.timedelta(12))
    with system_scope("evaluation"):
        RecordChange.objects.update(day=today() - dt.timedelta(1))
    monkeypatch.setattr(drift.engine, "residence_levels", None)
    assert drift_now(world, publication) is None


def test_an_agreement_moves_no_level_it_opens_and_closes_residences_as_a_whole(world):
    publication = publication_of(world.a)
    recorded(world, today() - dt.timedelta(12))
    told = drift_now(world, publication)
    assert told == Drift([Moved("Résidence A bis", 1, 3)], 0)
    # A landlord shares another commune since: its sites were not published, whatever is recorded there.
    with system_scope("seeding"):
        f.AgreementTermsFactory(agreement=world.d.agreement, communes=[world.added.pk])
    note_change([world.d.residence.pk])
    with acting_as(world.a.coordinator):
        assert Residence.objects.filter(pk=world.d.residence.pk).exists()
    assert drift_now(world, publication) == told
    # What its landlord shares no more is not named.
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=today())
    assert drift_now(world, publication) is None


@pytest.mark.parametrize("model", [Address, Incident, Disruption, StandingObservation])
def test_what_lies_at_a_residence_lies_in_its_commune(world, model):
    """So an agreement opens all of a residence or nothing: half of its records would make another level."""
    with system_scope("seeding"), pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(residence=world.a.residence).update(commune=world.added)


def test_more_residences_than_a_page_can_look_at_are_said_but_not_evaluated(world, monkeypatch):
    publication = publication_of(world.a)
    recorded(world, today() - dt.timedelta(12))
    monkeypatch.setattr(drift, "MOST", 0)
    monkeypatch.setattr(drift.engine, "residence_levels", None)
    assert drift_now(world, publication) == Drift([], 1)


def test_the_page_offers_to_publish_the_day_again_with_the_reason_in_one_click(world, sign_in):
    wrong = disruption_of(world, seen_at=timezone.now(), seen_by=world.a.lead)
    publication = publication_of(world.a)
    cancelled(world, wrong)
    client = sign_in(world.a.coordinator)
    page = client.get(reverse("partners:publication", args=[publication.pk]))
    assert "publié avec le niveau proposé 4, maintenant 1" in page.text
    sending = {
        "version": page.context["version"],
        "reason": "Des saisies de cette date ont été corrigées depuis.",
    }
    url = reverse("partners:publication_supersede", args=[publication.pk])
    assert client.post(url, sending).status_code == 302
    with system_scope("seeding"):
        asked = PublicationRequest.objects.get()
    assert (asked.supersedes_id, asked.reason, asked.as_of) == (
        publication.pk, sending["reason"], publication.as_of
    )  # fmt: skip
    first = client.get(reverse("partners:dashboard")).text
    assert ("1 site a un autre niveau au même jour" in first, reverse("partners:publication", args=[publication.pk]) in first) == (
        True, True
    )  # fmt: skip


@pytest.mark.parametrize("who", ["partner", "lead"])
def test_readers_are_told_nothing_of_it_before_the_coordinator_publishes(world, sign_in, who):
    wrong = disruption_of(world, seen_at=timezone.now(), seen_by=world.a.lead)
    publication = publication_of(world.a)
    cancelled(world, wrong)
    page = sign_in(getattr(world.a, who)).get(reverse("partners:publication", args=[publication.pk])).text
    assert ("Depuis cette publication" in page, "au même jour" in page) == (False, False)


def test_the_signal_costs_as_much_for_one_changed_residence_as_for_two(world):
    publication = publication_of(world.a)
    costs = []
    for n in range(2):
        recorded(world, today() - dt.timedelta(12 + n))
        with CaptureQueriesContext(connection) as captured:
            drift_now(world, publication)
        costs.append(len(captured))
        with acting_as(world.a.lead) as scope:
            cancel_incident(scope=scope, incident=world.a.incidents[n], reason="Doublon")
    assert costs[0] == costs[1]


def test_changes_are_forgotten_when_no_publication_is_looked_back_at_any_more(world):
    recorded(world, today())
    forget_old_changes(today() + dt.timedelta(KEPT_DAYS))
    with system_scope("seeding"):
        assert RecordChange.objects.exists()
    forget_old_changes(today() + dt.timedelta(KEPT_DAYS + 1))
    with system_scope("seeding"):
        assert not RecordChange.objects.exists()
