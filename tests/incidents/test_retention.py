"""What is past its term goes each night, and nothing else: over five simulated years, with holds and shorter terms."""

import datetime as dt
import io

import pytest
import time_machine
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Erasure
from accounts.retention import services as nightly
from accounts.scope import acting_as, system_scope
from classification.home.movements import landlords_recording
from incidents.models import (
    Disruption,
    FactTotal,
    Incident,
    LegalHold,
    Narrative,
    RetentionTerms,
    StandingObservation,
)
from incidents.retention import due, services, terms
from partners.snapshot import known_day
from sites.models import Residence
from tests import factories as f
from tests.world import signed_in

TODAY = dt.date(2026, 6, 15)
RECORDS = {"narratives", "facts", "facts_to_place", "disruptions", "observations", "acts"}


def _at(day: dt.date) -> time_machine.travel:
    return time_machine.travel(dt.datetime.combine(day, dt.time(2, 40), tzinfo=dt.UTC), tick=False)


def _run(day: dt.date) -> dict[str, dict[int | None, int]]:
    """Run the nightly job of a day, and check that its dry run said just that."""
    with _at(day):
        said = nightly.due(day)
        done = nightly.apply(day)
        assert {name: found for name, found in nightly.due(day).items() if name in RECORDS and found} == {}
    assert {name: said[name] for name in RECORDS} == {name: done[name] for name in RECORDS}
    return {name: found for name, found in done.items() if found}


def _planted(model) -> set[int]:
    with system_scope("seeding"):
        return set(model.objects.values_list("pk", flat=True))


@pytest.fixture
def home(world):
    """A residence of landlord A whose world's own records are out of the way: they are of today."""
    return world.a.address


def _fact(address, day: dt.date, **values) -> Incident:
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=address, day=day, **values)
        f.NarrativeFactory(incident=fact, text="Porte forcée")
    return fact


def test_over_five_years_nothing_younger_goes_nothing_held_goes_and_nothing_older_stays(world, home):
    last = {}
    for month in range(0, 60, 5):
        day = TODAY + relativedelta(months=month)
        fact = _fact(home, day, span_end=day + dt.timedelta(9) if month % 10 else None)
        last[fact.pk] = fact.span_end or fact.day
    held = list(last)[2]
    with system_scope("seeding"):
        LegalHold.objects.create(
            incident_id=held,
            landlord=world.a.landlord,
            reason="Procédure",
            starts_on=TODAY,
            ends_on=TODAY + relativedelta(months=90),
        )
    for night in range(0, 132, 4):
        # Some days on, between the first and the last day of a record.
        day = TODAY + relativedelta(months=night, days=4)
        _run(day)
        kept = {
            pk
            for pk, end in last.items()
            if (pk == held and night < 90) or end >= day - relativedelta(months=60)
        }
        texts = {
            pk
            for pk, end in last.items()
            if (pk == held and night < 90) or end >= day - relativedelta(months=12)
        }
        assert _planted(Incident) & set(last) == kept
        assert _planted(Narrative) & set(last) == texts & kept


def test_a_territory_shortens_the_terms_of_what_is_shared_with_it_after_a_notice(world, home):
    with _at(TODAY), acting_as(world.a.coordinator) as scope:
        services.set_terms(scope, territory=world.a.territory, narratives_months=3, facts_months=36)
    fact = _fact(home, TODAY - relativedelta(months=37))
    other = _fact(world.b.address, TODAY - relativedelta(months=37))
    _run(TODAY)
    assert _planted(Incident) >= {fact.pk, other.pk}
    found = _run(TODAY + dt.timedelta(services.NOTICE_DAYS))
    assert found["facts"] == {world.a.landlord.pk: 1}
    assert (fact.pk in _planted(Incident), other.pk in _planted(Incident)) == (False, True)


def test_terms_are_never_longer_than_the_rule_nor_shorter_than_a_level_needs(world):
    client = signed_in(world.a.coordinator)
    page = reverse("incidents:retention_terms", args=[world.a.territory.pk])
    for wrong in (
        {"narratives_months": 13, "facts_months": 60},
        {"narratives_months": 12, "facts_months": 24},
    ):
        assert client.post(page, wrong).status_code == 422
    assert _planted(RetentionTerms) == set()


def test_the_same_terms_sent_again_are_told_and_written_once(world):
    client = signed_in(world.a.coordinator)
    page = reverse("incidents:retention_terms", args=[world.a.territory.pk])
    for said in ("Enregistré", "ces durées sont celles déjà fixées"):
        answer = client.post(page, {"narratives_months": 6, "facts_months": 48}, follow=True)
        assert said in answer.text.replace("\xa0", " ")
    assert len(_planted(RetentionTerms)) == 1


def test_an_erased_fact_leaves_a_number_by_commune_type_and_month_and_an_entry_of_the_journal(world, home):
    old = TODAY - relativedelta(months=61)
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
    fact = _fact(home, old)
    _fact(home, old, cancelled_at=timezone.now(), cancel_reason="Doublon")
    lone = _fact(world.c.address, old)
    found = _run(TODAY)
    assert found["facts"] == {world.a.landlord.pk: 2, world.c.landlord.pk: 1}
    with system_scope("seeding"):
        left = set(FactTotal.objects.values_list("landlord", "commune", "fact_type", "month", "number"))
    month = old.replace(day=1)
    # Landlord C has one residence in its commune: the commune would name it.
    assert left == {
        (world.a.landlord.pk, world.commune.pk, fact.fact_type_id, month, 1),
        (world.c.landlord.pk, None, lone.fact_type_id, month, 1),
    }
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(object_type="retention.facts")
        assert [entry.detail for entry in entries] == [{"forgotten": 2, "until": old.isoformat()}]
        assert set(Erasure.objects.filter(rule="facts").values_list("organisation", "number")) == {
            (world.a.landlord.pk, 2)
        }


def test_lasting_records_go_by_their_end_and_stay_while_they_last(world, home):
    old = TODAY - relativedelta(months=61)
    with system_scope("seeding"):
        open_, ended = (
            f.DisruptionFactory(address=home, starts_on=old - dt.timedelta(9), ends_on=ends)
            for ends in (None, old)
        )
        stated, forgotten = (
            f.StandingObservationFactory(address=home, since=old - dt.timedelta(9)) for _each in range(2)
        )
        f.ConfirmationFactory(observation=stated, day=TODAY)
        f.ConfirmationFactory(observation=forgotten, day=old)
    _run(TODAY)
    assert {open_.pk, ended.pk} & _planted(Disruption) == {open_.pk}
    assert {stated.pk, forgotten.pk} & _planted(StandingObservation) == {stated.pk}


def test_a_level_of_a_past_date_whose_facts_went_is_refused_with_the_reason(world, home):
    day = TODAY - relativedelta(months=58)
    _fact(home, TODAY - relativedelta(months=61))
    _fact(home, day)
    with _at(TODAY), acting_as(world.a.coordinator):
        assert known_day(day, world.a.territory) == day
        assert world.a.landlord.pk in landlords_recording(day)
    _run(TODAY)
    with _at(TODAY), acting_as(world.a.coordinator):
        with pytest.raises(ValidationError, match="effacés au terme de leur conservation"):
            known_day(day, world.a.territory)
        assert world.a.landlord.pk not in landlords_recording(day)
        assert known_day(TODAY, world.a.territory) == TODAY


def test_the_scope_of_the_job_opens_only_what_is_past_a_term_and_erases_nothing_that_is_held(world, home):
    young = _fact(home, timezone.localdate() - dt.timedelta(20))
    held = _fact(home, timezone.localdate() - relativedelta(months=70))
    with system_scope("seeding"):
        LegalHold.objects.create(incident=held, landlord=world.a.landlord, reason="Procédure")
    with system_scope("retention"):
        assert set(Incident.objects.values_list("pk", flat=True)) == {held.pk}
        assert set(Narrative.objects.values_list("pk", flat=True)) == {held.pk}
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM incidents_narrative")
            assert cursor.rowcount == 0
            cursor.execute("DELETE FROM incidents_incident")
            assert cursor.rowcount == 0
            cursor.execute("UPDATE incidents_incident SET place_kind = ''")
            assert cursor.rowcount == 0
        assert Residence.objects.count() > 0
    assert young.pk in _planted(Narrative)


def test_a_lead_holds_a_fact_with_a_reason_about_nobody_and_lifts_it(world, home):
    fact, client = _fact(home, timezone.localdate() - relativedelta(months=61)), signed_in(world.a.lead)
    page = reverse("incidents:hold", args=[fact.pk])
    assert client.post(page, {"reason": "kevin martin passe au tribunal"}).status_code == 422
    assert client.post(page, {"reason": "Pièce d’une procédure"}).status_code == 302
    assert client.post(page, {"reason": "Encore une fois"}).status_code == 302
    assert nightly.due(timezone.localdate())["facts"] == {}
    assert "Pièce d’une procédure" in client.get(page).content.decode()
    assert "Encore une fois" not in client.get(page).content.decode()
    client.post(reverse("incidents:lift", args=[fact.pk]), {"version": client.get(page).context["version"]})
    assert nightly.due(timezone.localdate())["facts"] == {world.a.landlord.pk: 1}
    with system_scope("seeding"):
        lifted = LegalHold.objects.get(incident=fact)
    assert (lifted.set_by_id, lifted.lifted_by_id) == (world.a.lead.pk, world.a.lead.pk)


def test_an_old_page_lifts_no_hold_that_a_colleague_set_since(world, home):
    fact, client = _fact(home, timezone.localdate()), signed_in(world.a.lead)
    page, lift = (reverse(f"incidents:{name}", args=[fact.pk]) for name in ("hold", "lift"))
    client.post(page, {"reason": "Première procédure"})
    old = {"version": client.get(page).context["version"]}
    client.post(lift, old)
    client.post(page, {"reason": "Seconde procédure"})
    for sent in (old, {}):
        answer = client.post(lift, sent)
        said = [
            reason in answer.text for reason in ("Première procédure", "Seconde procédure", "un autre gel")
        ]
        assert (answer.status_code, said) == (409, [True] * 3)
    with system_scope("seeding"):
        assert LegalHold.objects.filter(incident=fact, lifted_at=None).count() == 1
    client.post(lift, {"version": answer.context["version"]})
    with system_scope("seeding"):
        assert not LegalHold.objects.filter(incident=fact, lifted_at=None).exists()


def test_the_officer_reads_what_goes_what_went_and_what_is_held_and_no_content(world, home):
    fact = _fact(home, timezone.localdate() - relativedelta(months=61))
    _fact(home, timezone.localdate() - relativedelta(months=60) + dt.timedelta(9))
    client = signed_in(world.dpo)
    page = reverse("incidents:retention")
    before = client.get(page)
    assert [(row["label"], row["now"], row["soon"]) for row in before.context["due"]][1:] == [("faits", 1, 2)]
    nightly.apply(timezone.localdate())
    after = client.get(page)
    erased = {(str(label), row.number) for row, label in after.context["erased"]}
    assert erased == {("faits", 1), ("précisions de faits", 2)}
    assert (len(after.context["totals"]), fact.pk in _planted(Incident)) == (0, False)


def test_a_number_under_five_is_not_shown(world):
    with system_scope("retention"):
        for number, month in ((4, 1), (5, 2)):
            FactTotal.objects.create(
                landlord=world.a.landlord, fact_type_id=1, month=dt.date(2019, month, 1), number=number
            )
    totals = signed_in(world.a.lead).get(reverse("incidents:retention")).context["totals"]
    assert [row["number"] for row in totals] == [5, None]


def test_the_command_says_what_would_go_and_a_rule_that_fails_stops_no_other(world, home, monkeypatch):
    fact, out = _fact(home, timezone.localdate() - relativedelta(months=61)), io.StringIO()
    call_command("retention", "--dry-run", stdout=out)
    assert out.getvalue().splitlines() == ["1\tprécisions de faits\tBailleur A", "1\tfaits\tBailleur A"]
    assert fact.pk in _planted(Incident)
    monkeypatch.setitem(due.ERASE, "narratives", ["SELECT no_such_column"])
    nightly.apply(timezone.localdate())
    assert fact.pk not in _planted(Incident)


def _set(world, day: dt.date, narratives: int, facts: int) -> RetentionTerms | None:
    with _at(day), acting_as(world.a.coordinator) as scope:
        return services.set_terms(
            scope, territory=world.a.territory, narratives_months=narratives, facts_months=facts
        )


def test_terms_set_by_mistake_and_replaced_before_they_count_erase_nothing(world, home):
    fact = _fact(home, TODAY - relativedelta(months=40))
    _set(world, TODAY, 1, 36)
    _set(world, TODAY + dt.timedelta(services.NOTICE_DAYS - 1), 6, 48)
    for days in range(services.NOTICE_DAYS, 2 * services.NOTICE_DAYS):
        with _at(TODAY + dt.timedelta(days)):
            found = nightly.due(TODAY + dt.timedelta(days))
        assert (found["facts"], found["narratives"]) == ({}, {world.a.landlord.pk: 1})
    assert fact.pk in _planted(Incident)
    page = signed_in(world.a.coordinator).get(
        reverse("incidents:retention_terms", args=[world.a.territory.pk])
    )
    assert [(one.facts_months, one.replaced) for one in page.context["history"]] == [(48, False), (36, True)]


def test_longer_terms_count_at_once_and_shorter_ones_after_the_notice(world):
    later = TODAY + dt.timedelta(services.NOTICE_DAYS)
    assert _set(world, TODAY, 3, 36).counts_from == later
    longer = _set(world, later, 3, 37)
    assert longer.counts_from == later
    assert _set(world, later, 3, 37) is None
    # One is longer, the other one is shorter.
    assert _set(world, later, 2, 60).counts_from == later + dt.timedelta(services.NOTICE_DAYS)
    with acting_as(world.a.coordinator):
        assert terms.months_in_force(world.a.territory, later) == (3, 37)


def test_terms_that_count_do_so_until_shorter_ones_count(world, home):
    with acting_as(world.a.coordinator):
        RetentionTerms.objects.create(
            territory=world.a.territory, narratives_months=12, facts_months=40, counts_from=TODAY,
            set_at=dt.datetime.combine(TODAY, dt.time(9), tzinfo=dt.UTC), set_by=world.a.coordinator,
        )  # fmt: skip
        RetentionTerms.objects.create(
            territory=world.a.territory, narratives_months=12, facts_months=36, counts_from=TODAY + dt.timedelta(60),
            set_at=dt.datetime.combine(TODAY + dt.timedelta(9), dt.time(9), tzinfo=dt.UTC), set_by=world.a.coordinator,
        )  # fmt: skip
    gone, kept = (_fact(home, TODAY - relativedelta(months=months)).pk for months in (42, 38))
    _run(TODAY + dt.timedelta(20))
    assert _planted(Incident) & {gone, kept} == {kept}


def test_a_fact_is_held_again_once_its_hold_is_over(world, home):
    fact = _fact(home, TODAY)
    holds = []
    for day, until in ((TODAY, TODAY + dt.timedelta(5)), (TODAY + dt.timedelta(9), None)):
        with _at(day), acting_as(world.a.lead) as scope:
            holds.append(services.hold(scope, record=fact, reason="Procédure", ends_on=until))
    with system_scope("seeding"):
        lifted = [LegalHold.objects.get(pk=held.pk).lifted_at is not None for held in holds]
    assert lifted == [True, False]


def test_landlords_that_share_no_more_are_not_told_of_terms(world):
    with system_scope("seeding"):
        type(world.a.agreement).objects.filter(pk=world.a.agreement.pk).update(
            starts_on="2020-01-01", ends_on="2021-01-01"
        )
    with acting_as(world.a.coordinator) as scope:
        services.set_terms(scope, territory=world.a.territory, narratives_months=6, facts_months=48)
    with acting_as(world.a.lead):
        assert not AuditEntry.objects.filter(detail__facts_months=48).exists()
