"""The indicators of one territory: what a coordinator of several reads of each, to the last figure, and where it leads."""

from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.indicators.filters import IndicatorFilter
from classification.indicators.reading import indicators
from classification.indicators.views import _asked
from core.opaque import written
from incidents.models import Horizon, Incident
from tests import factories as f
from tests.classification.test_indicators import QUARTER, YEAR_BEFORE, _plant
from tests.classification.test_indicators_pages import CHOSEN, COUNT, FIGURE, PAGE, _plain, _rows, shown


@pytest.fixture
def recorded(world):
    """Records of every kind of landlords A and B, whose territories one person coordinates: ``world.both``."""
    with system_scope("seeding"):
        for number, side in enumerate((world.a, world.b), start=1):
            _plant(side, 60, number)
            f.IncidentFactory(address=side.address, day=YEAR_BEFORE.first)
            f.DisruptionFactory(address=side.address, starts_on=QUARTER.first, ends_on=QUARTER.first)
            row = f.StandingObservationFactory(address=side.address, since=QUARTER.first)
            f.ConfirmationFactory(observation=row, day=QUARTER.last)
        both = f.MembershipFactory(organisation=world.a.town, role=Role.COORDINATOR).user
        f.MembershipFactory(user=both, organisation=world.b.town, role=Role.COORDINATOR)
    evaluate()
    world.both = both
    return world


def of(territory):
    return {"territory": written("territory", territory.pk)}


def read(person, **query):
    with acting_as(person) as scope:
        request = SimpleNamespace(scope=scope)
        chosen = IndicatorFilter(CHOSEN | query, queryset=Incident.objects.current(), request=request)
        assert chosen.form.is_valid(), chosen.form.errors
        return indicators(_asked(request, chosen))


def test_one_territory_of_two_counts_as_for_who_coordinates_it_alone(recorded):
    together = read(recorded.both)
    for side in (recorded.a, recorded.b):
        alone = read(side.coordinator)
        found = read(recorded.both, **of(side.territory))
        assert found == alone
        assert 0 < found.facts.now < together.facts.now
        assert [one.name for one in found.landlords] == [side.landlord.name]
        assert 0 < found.in_force[0] < together.in_force[0]
        assert 0 < found.disruption_days[None][0] < together.disruption_days[None][0]
        assert 0 < found.rate.dwellings < together.rate.dwellings


def test_what_was_erased_of_others_is_not_said_of_a_territory(recorded):
    with system_scope("retention"):
        Horizon.objects.create(landlord=recorded.b.landlord, erased_until=QUARTER.first)
    assert read(recorded.both).erased == QUARTER.first
    assert read(recorded.both, **of(recorded.b.territory)).erased == QUARTER.first
    assert read(recorded.both, **of(recorded.a.territory)) == read(recorded.a.coordinator)


def test_a_landlord_is_unheard_in_a_territory_whatever_it_recorded_elsewhere(recorded):
    """Its old facts stand in a commune that it shares with the other territory alone."""
    with system_scope("seeding"):
        commune = f.CommuneFactory()
        recorded.b.territory.communes.add(commune)
        f.SharingAgreementFactory(
            landlord=recorded.a.landlord, territory=recorded.b.territory, terms__communes=[commune.pk]
        )
        address = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=recorded.a.landlord, commune=commune)
        )
        f.IncidentFactory(address=address, day=QUARTER.first)
    evaluate()
    alone = read(recorded.b.coordinator)
    assert read(recorded.both, **of(recorded.b.territory)) == alone


def test_a_lead_who_coordinates_reads_ones_own_in_the_territory_alone(recorded):
    with system_scope("seeding"):
        f.MembershipFactory(user=recorded.b.lead, organisation=recorded.a.town, role=Role.COORDINATOR)
    found = read(recorded.b.lead, **of(recorded.a.territory))
    assert found.facts.now == read(recorded.a.coordinator).facts.now
    assert (found.own.facts, found.own.complaints.now, found.own.by_source) == (0, 0, {})
    assert read(recorded.b.lead).own.facts > 0


def test_ones_own_figures_are_said_to_be_ones_own(recorded, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=recorded.b.lead, organisation=recorded.a.town, role=Role.COORDINATOR)
    said = "ne comptent que vos propres résidences"
    assert said in shown(sign_in(recorded.b.lead))
    assert said not in shown(sign_in(recorded.a.lead))
    assert said not in shown(sign_in(recorded.both))


def test_each_figure_leads_to_the_facts_of_the_territory(recorded, sign_in):
    client = sign_in(recorded.both)
    page = shown(client, **of(recorded.a.territory))
    assert "Territoire : <strong>CLSPD A</strong>" in page
    assert "Résidence B" not in page
    figures = {address: int(number.replace(" ", "")) for address, number in FIGURE.findall(page)}
    assert all(f"territory={of(recorded.a.territory)['territory']}" in address for address in figures)
    some = list(figures)[::5]
    assert len(some) > 5
    listed = {address: int(COUNT.search(_plain(client.get(address)))[1].replace(" ", "")) for address in some}
    assert listed == {address: figures[address] for address in some}


def test_the_file_is_of_the_territory(recorded, sign_in):
    rows = _rows(sign_in(recorded.both), **of(recorded.a.territory))
    assert rows == _rows(sign_in(recorded.a.coordinator))
    assert "Bailleur B" not in str(rows)


def test_reading_a_territory_is_in_the_journals_of_its_landlords_alone(recorded, sign_in):
    client = sign_in(recorded.both)
    shown(client, **of(recorded.a.territory))
    with system_scope("seeding"):
        officer = f.UserFactory()
        for organisation in (recorded.a.landlord, recorded.b.landlord):
            f.MembershipFactory(user=officer, organisation=organisation, role=Role.DPO)
    with acting_as(officer):
        rows = AuditEntry.objects.filter(actor=recorded.both, object_type="classification.indicators")
        found = [(one.organisation_id, one.detail["filters"]["territory"]) for one in rows]
    assert found == [(recorded.a.landlord.pk, str(recorded.a.territory.pk))]


def test_the_territory_of_others_is_no_choice(recorded, sign_in):
    client = sign_in(recorded.a.coordinator)
    assert client.get(PAGE, CHOSEN | of(recorded.b.territory)).status_code == 400
    facts = client.get(reverse("incidents:list"), of(recorded.b.territory))
    assert "Résidence B" not in _plain(facts)
    assert "CLSPD B" not in _plain(client.get(PAGE, CHOSEN))
    lead = sign_in(recorded.a.lead)
    assert 'name="territory"' not in _plain(lead.get(PAGE, CHOSEN))
    with system_scope("seeding"):
        f.MembershipFactory(user=recorded.a.lead, organisation=recorded.a.town, role=Role.COORDINATOR)
    page = _plain(sign_in(recorded.a.lead).get(PAGE, CHOSEN))
    assert "CLSPD A</option>" in page
    assert "CLSPD B" not in page


def test_the_first_page_of_a_territory_leads_to_its_indicators_and_these_to_its_levels(recorded, sign_in):
    client = sign_in(recorded.both)
    dashboard = client.get(reverse("partners:territory_dashboard", args=[recorded.b.territory.pk]))
    address = f"{PAGE}?territory={of(recorded.b.territory)['territory']}"
    assert address in _plain(dashboard)
    page = shown(client, **of(recorded.b.territory))
    history = reverse("classification:territory_history", args=[recorded.b.territory.pk])
    assert f'href="{history}"' in page
    assert "Évolution des niveaux : CLSPD A" not in page
    assert f'href="{reverse("classification:history")}"' in shown(sign_in(recorded.a.lead))


def test_a_territory_takes_the_queries_of_all_of_them(recorded):
    def taken(**query):
        with CaptureQueriesContext(connection) as queries:
            read(recorded.both, **query)
        return len(queries)

    few = taken(**of(recorded.a.territory))
    with system_scope("seeding"):
        _plant(recorded.a, 40, 9)
        f.SharingAgreementFactory(landlord=recorded.b.landlord, territory=recorded.a.territory)
    assert taken(**of(recorded.a.territory)) == few
