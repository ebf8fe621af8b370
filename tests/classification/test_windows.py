"""Test the first and last day of every window, in the engine and wherever a page counts the same window."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine import services
from classification.home.reading import awaiting
from classification.models import Finding, SiteLevel
from classification.residence.sheet import sheet_of
from classification.residence.snapshot import disruptions_by_residence
from incidents.models import Confirmation, Disruption
from sites.models import ImportRun, Residence
from tests.factories import (
    AddressFactory,
    ConfirmationFactory,
    DisruptionFactory,
    IncidentFactory,
    StandingObservationFactory,
)

COLUMNS = {28: "in_daily", 91: "in_regular", 365: "in_occasional"}
IN, OUT = True, False


def ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days)


@pytest.fixture
def address(seeding):
    return AddressFactory()


@pytest.fixture
def sheet(address):
    """A function that evaluates and returns the page of the residence."""

    def read():
        services.evaluate()
        return sheet_of(Residence.objects.get(pk=address.residence_id))

    return read


def finding_of(address) -> dict:
    found = engine.findings(services.default_grid(), timezone.localdate(), [address.residence_id])
    return next((row for row in found if row["address_id"] == address.pk), {})


@pytest.mark.parametrize("window", COLUMNS)
@pytest.mark.parametrize(
    ("out_of", "counts"), [("start", IN), ("before", OUT), ("today", IN), ("after", OUT)]
)
def test_a_window_holds_the_day_itself_and_those_before_it(address, sheet, window, out_of, counts):
    day = {"start": ago(window - 1), "before": ago(window), "today": ago(0), "after": ago(-1)}[out_of]
    IncidentFactory(address=address, day=day)
    assert finding_of(address).get(COLUMNS[window], 0) == counts
    sheet()
    stored = Finding.objects.filter(address=address).values_list(COLUMNS[window], flat=True)
    assert sum(stored) == counts


@pytest.mark.parametrize("window", COLUMNS)
def test_a_window_holds_its_half_of_a_span_over_either_end(address, window):
    def counted(first, last) -> int:
        type(fact).objects.filter(pk=fact.pk).update(day=ago(first), span_end=ago(last))
        return finding_of(address).get(COLUMNS[window], 0)

    fact = IncidentFactory(address=address, day=ago(1), span_end=ago(0))
    assert [counted(window, window - 1), counted(window + 1, window)] == [1, 0]
    assert [counted(0, -1), counted(-1, -2)] == [1, 0]


@pytest.mark.parametrize(("window", "needed"), [(28, 8), (91, 6), (365, 1)])
def test_the_page_counts_the_facts_of_the_window_that_made_the_frequency(address, sheet, window, needed):
    """Facts on as many days as the frequency needs, the first of them on the window's first day."""
    days = [window - 1 - n for n in range(needed)]
    for n in days:
        assert finding_of(address).get("frequency", 0) < {28: 3, 91: 2, 365: 1}[window]
        IncidentFactory(address=address, day=ago(n))
    assert finding_of(address)["frequency"] == {28: 3, 91: 2, 365: 1}[window]
    (said,) = sheet().place.explanations
    assert (said.facts.number, said.since) == (needed, ago(window - 1))
    IncidentFactory(address=address, day=ago(window))
    (said,) = sheet().place.explanations
    assert (said.facts.number, said.since) == (needed, ago(window - 1))


@pytest.mark.parametrize(("days", "counts"), [(90, IN), (91, OUT), (0, IN), (-1, OUT)])
def test_a_confirmation_counts_for_90_days(address, sheet, days, counts):
    observation = StandingObservationFactory(address=address, frequency=3, since=ago(200))
    ConfirmationFactory(observation=observation, day=ago(days))
    assert finding_of(address).get("observed") == (3 if counts else None)
    (observed,) = sheet().observations
    if days >= 0:
        assert observed.lapsed is not counts


@pytest.mark.parametrize(
    ("since", "ended", "counts"), [(0, None, IN), (-1, None, OUT), (9, 0, IN), (9, 1, OUT)]
)
def test_an_observation_counts_from_its_first_day_to_its_last(address, sheet, since, ended, counts):
    observation = StandingObservationFactory(address=address, frequency=3, since=ago(since))
    type(observation).objects.filter(pk=observation.pk).update(ended_on=None if ended is None else ago(ended))
    ConfirmationFactory(observation=observation, day=ago(0))
    assert finding_of(address).get("observed") == (3 if counts else None)
    if ended is not None:
        assert len(sheet().observations) == counts


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [(0, None, IN), (-1, None, OUT), (200, 90, IN), (200, 91, OUT), (200, 0, IN), (0, -9, IN), (-1, -9, OUT)],
)
def test_a_disruption_counts_from_its_first_day_until_90_after_its_last(address, sheet, start, end, counts):
    DisruptionFactory(
        address=address, extent="total", starts_on=ago(start), ends_on=None if end is None else ago(end)
    )
    today, residence = timezone.localdate(), address.residence_id
    levels = {place.impact_level for place in engine.levels(services.default_grid(), today, [residence])}
    assert levels == ({4} if counts else {1})
    assert len(disruptions_by_residence(services.default_grid(), today, [residence])[residence]) == counts
    page = sheet()
    assert len(page.place.disruptions) == counts
    assert set(SiteLevel.objects.values_list("impact_level", flat=True)) == levels


@pytest.mark.parametrize(("days", "silent"), [(91, True), (90, False)])
def test_recording_has_stopped_when_the_window_of_regular_is_empty(address, sheet, days, silent):
    for n in range(6):
        IncidentFactory(address=address, day=ago(days + n))
    sheet()
    assert set(SiteLevel.objects.values_list("silent", flat=True)) == {silent}


@pytest.mark.parametrize(("earliest", "silent"), [(364, True), (365, False)])
def test_it_was_regular_with_six_days_in_the_year_up_to_the_last(address, sheet, earliest, silent):
    for n in (0, 1, 2, 3, 4, earliest):
        IncidentFactory(address=address, day=ago(100 + n))
    sheet()
    assert set(SiteLevel.objects.values_list("silent", flat=True)) == {silent}


@pytest.mark.parametrize("days", [28, 91, 365])
def test_a_window_of_the_map_starts_with_its_first_day(world, sign_in, days):
    with system_scope("seeding"):
        fact = IncidentFactory(address=world.a.other_address, code="TAGS", day=ago(days - 1))
    client = sign_in(world.a.lead)

    def shown(**query) -> int:
        asked = {"bbox": "-5,42,9,51", "zoom": 6, "period": days, **query}
        return client.get("/carte/donnees/", asked).json()["total"]

    for query in ({"fact_type": fact.fact_type_id}, {"fact_type": fact.fact_type_id, "unit": "address"}):
        assert shown(**query) == 1
    with system_scope("seeding"):
        type(fact).objects.filter(pk=fact.pk).update(day=ago(days))
    assert shown(fact_type=fact.fact_type_id) == 0


@pytest.mark.parametrize(
    ("days", "listed", "lapsed"), [(60, OUT, None), (61, IN, False), (90, IN, False), (91, IN, True)]
)
def test_a_lead_is_asked_to_confirm_after_60_days_and_told_after_90(world, days, listed, lapsed):
    with system_scope("seeding"):
        Confirmation.objects.filter(observation=world.a.observation).update(day=ago(days))
    with acting_as(world.a.lead):
        rows = awaiting().lapsing.rows
    assert [row.lapsed for row in rows] == ([lapsed] if listed else [])


@pytest.mark.parametrize(
    ("start", "end", "listed"), [(9, 0, IN), (9, 1, OUT), (0, None, IN), (-1, None, OUT), (9, -1, IN)]
)
def test_a_lead_is_shown_the_disruptions_of_today(world, start, end, listed):
    with system_scope("seeding"):
        Disruption.objects.filter(pk=world.a.disruption.pk).update(
            starts_on=ago(start), ends_on=None if end is None else ago(end)
        )
    with acting_as(world.a.lead):
        assert len(awaiting().disruptions.rows) == listed


@pytest.mark.parametrize(("days", "listed"), [(14, IN), (15, OUT)])
def test_a_file_that_went_wrong_is_shown_for_two_weeks(world, days, listed):
    with system_scope("seeding"):
        run = ImportRun.objects.create(organisation=world.a.landlord, kind="stock", state="failed")
        # At noon: a day is one of Paris, whatever the hour at which the test runs.
        noon = dt.datetime.combine(ago(days), dt.time(12), timezone.get_current_timezone())
        ImportRun.objects.filter(pk=run.pk).update(created_at=noon)
    with acting_as(world.a.lead):
        assert len(awaiting().imports) == listed
