"""The first page of a security lead: what awaits them, of the own landlord alone."""

import datetime as dt
import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.home.reading import SHOWN, awaiting
from core.dates import long_date
from incidents.models import Confirmation, Disruption, Incident
from incidents.ongoing.states import state_of
from sites.models import Address, ImportRun
from tests import factories as f
from tests.deciding import decides
from tests.versions import planted

HOME = reverse("classification:home")


def _days_ago(days):
    return timezone.localdate() - dt.timedelta(days)


def _page(client):
    return client.get(HOME).content.decode().replace("\xa0", " ").replace("\u202f", " ")


def _confirmed(side, day):
    with system_scope("seeding"):
        Confirmation.objects.filter(observation=side.observation).update(day=day)


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


def test_a_lead_lands_here(lead):
    assert lead.get("/").headers["Location"] == HOME


def test_says_which_levels_rose_and_fell(world):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.other_address, day=_days_ago(100))
        fallen = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        f.DisruptionFactory(
            address=f.AddressFactory(residence=fallen), starts_on=_days_ago(200), ends_on=_days_ago(100)
        )
        evaluate([fallen.pk])
    with acting_as(world.a.lead):
        moved = awaiting().moved
    assert [(move.site.residence_id, move.before, move.site.level, move.rose) for move in moved.rows] == [
        (world.a.residence.pk, 1, 3, True),
        (fallen.pk, 3, 1, False),
    ]


def test_counts_the_own_residences_by_level(world):
    with acting_as(world.a.lead):
        found = awaiting()
    assert (found.residences, found.counts) == (2, [1, 0, 1, 0, 0])


def test_asks_to_confirm_what_nobody_confirmed_for_two_months(world):
    for days, listed, lapsed in ((60, [], None), (61, [world.a.observation.pk], False), (91, None, True)):
        _confirmed(world.a, _days_ago(days))
        with acting_as(world.a.lead):
            rows = awaiting().lapsing.rows
        if listed is not None:
            assert [row.pk for row in rows] == listed
        assert [row.lapsed for row in rows] == ([] if lapsed is None else [lapsed])


def test_confirming_comes_back_here(lead, world):
    _confirmed(world.a, _days_ago(70))
    assert "Constats permanents à confirmer" in _page(lead)
    url = reverse("incidents:confirm_observation", args=[world.a.observation.pk])
    shown = planted(world.a.observation, state_of)
    assert lead.post(url, {"next": HOME} | shown).headers["Location"] == HOME
    page = _page(lead)
    until = long_date(timezone.localdate() + dt.timedelta(90)).replace("\xa0", " ")
    assert f" ; il compte jusqu’au {until}." in html.unescape(page)
    assert "Constats permanents à confirmer" not in page
    elsewhere = lead.post(url, {"next": "https://exemple.invalid/"} | shown).headers["Location"]
    assert elsewhere == reverse("incidents:observations")


def test_a_confirmation_is_taken_back_by_who_gave_it_that_day(lead, world, sign_in):
    _confirmed(world.a, _days_ago(70))
    confirm, withdraw = (
        reverse(f"incidents:{name}", args=[world.a.observation.pk])
        for name in ("confirm_observation", "withdraw_confirmation")
    )
    lead.post(confirm, {"next": HOME} | planted(world.a.observation, state_of))
    assert withdraw in _page(lead)
    sign_in(world.a.agent).post(withdraw)
    assert "Constats permanents à confirmer" not in _page(lead)
    lead.post(withdraw, {"next": HOME})
    page = _page(lead)
    assert "Confirmation annulée" in page
    assert "Constats permanents à confirmer" in page
    lead.post(withdraw, {"next": HOME})
    assert "pas, ou plus, de confirmation à annuler ici" in _page(lead)


def test_what_was_first_stated_today_is_not_taken_back(lead, world):
    _confirmed(world.a, timezone.localdate())
    with system_scope("seeding"):
        Confirmation.objects.update(confirmed_by=world.a.lead)
    lead.post(reverse("incidents:withdraw_confirmation", args=[world.a.observation.pk]))
    with system_scope("seeding"):
        assert Confirmation.objects.filter(observation=world.a.observation).count() == 1


def test_names_sites_where_recording_stopped(world):
    with system_scope("seeding"):
        address = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
        )
        f.IncidentFactory.create_batch(2, address=address, day=_days_ago(120))
        for n in range(12):
            f.IncidentFactory(address=address, day=_days_ago(120 + n))
        evaluate([address.residence_id])
    with acting_as(world.a.lead):
        silent = awaiting().silent
    assert [site.residence_id for site in silent.rows] == [address.residence_id]


def test_lists_open_disruptions_alone(world):
    with system_scope("seeding"):
        f.DisruptionFactory(address=world.a.address, starts_on=_days_ago(9), ends_on=_days_ago(1))
    with acting_as(world.a.lead):
        rows = awaiting().disruptions.rows
    assert [row.pk for row in rows] == [world.a.disruption.pk]


def test_lists_imports_with_rejected_rows_and_addresses_to_place(world):
    with system_scope("seeding"):
        common = {"kind": "stock", "profile": "generic"}
        for side in (world.a, world.b):
            ImportRun.objects.create(
                organisation=side.landlord,
                filename="ecartes.csv",
                counts={"rejected": {"x": 2, "y": 1}},
                **common,
            )
        ImportRun.objects.create(
            organisation=world.a.landlord, filename="propre.csv", counts={"imported": {"new": 3}}, **common
        )
        Address.objects.filter(pk__in=[world.a.address.pk, world.b.address.pk]).update(
            longitude=None, latitude=None
        )
    with acting_as(world.a.lead):
        found = awaiting()
    assert [(run.filename, run.rejections) for run in found.imports] == [("ecartes.csv", 3)]
    assert found.to_place == 1


@pytest.mark.parametrize(
    ("later", "kept"),
    [
        ({"filename": "ecartes.csv", "state": "done", "counts": {"imported": {"new": 3}}}, []),
        ({"state": "done", "counts": {"imported": {"new": 3}}}, ["ecartes.csv"]),
        ({"filename": "ecartes.csv", "kind": "incidents", "state": "done"}, ["ecartes.csv", "failed.csv"]),
        ({"filename": "ecartes.csv", "state": "running"}, ["ecartes.csv", "failed.csv"]),
        ({"state": "done", "counts": {"rejected": {"x": 1}}}, ["ecartes.csv", "later.csv"]),
    ],
)
def test_rows_left_out_are_made_good_by_the_same_file_alone(world, later, kept):
    stock = {"kind": "stock", "profile": "generic", "organisation": world.a.landlord}
    with system_scope("seeding"):
        ImportRun.objects.create(filename="ecartes.csv", counts={"rejected": {"x": 2}}, **stock)
        ImportRun.objects.create(filename="failed.csv", state="failed", **stock)
        ImportRun.objects.create(**{"filename": "later.csv"} | stock | later)
    with acting_as(world.a.lead):
        assert sorted(run.filename for run in awaiting().imports) == kept


def test_a_file_that_went_wrong_is_forgotten_after_two_weeks(world):
    with system_scope("seeding"):
        for days in (13, 15):
            run = ImportRun.objects.create(
                organisation=world.a.landlord, kind="stock", filename=f"{days}.csv", state="failed"
            )
            created = timezone.now() - dt.timedelta(days)
            ImportRun.objects.filter(pk=run.pk).update(created_at=created)
    with acting_as(world.a.lead):
        assert [run.filename for run in awaiting().imports] == ["13.csv"]


def test_counts_what_the_team_entered_this_week(world):
    with system_scope("seeding"):
        Incident.objects.filter(pk__in=[i.pk for i in world.a.incidents[:4]]).update(
            created_at=timezone.now() - dt.timedelta(8)
        )
    with acting_as(world.a.lead):
        assert awaiting().entered == 6


def test_shows_the_first_and_says_there_are_more(lead, world):
    with system_scope("seeding"):
        f.DisruptionFactory.create_batch(SHOWN + 1, address=world.a.address, starts_on=_days_ago(1))
    with acting_as(world.a.lead):
        disruptions = awaiting().disruptions
    assert (len(disruptions.rows), disruptions.total, disruptions.more) == (SHOWN, SHOWN + 2, True)
    assert "Toutes les perturbations" in _page(lead)


def test_nothing_of_another_landlord_even_to_a_lead_who_also_coordinates(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.lead, organisation=world.b.town, role=Role.COORDINATOR)
    _confirmed(world.b, _days_ago(70))
    with acting_as(world.a.lead):
        found = awaiting()
    assert (found.residences, found.lapsing.total, found.disruptions.total) == (2, 0, 1)
    page = _page(sign_in(world.a.lead))
    assert [name for name in ("Résidence B", "Bailleur B", "1 rue B", "2 rue B") if name in page] == []


def test_says_that_nothing_awaits(world, sign_in):
    with system_scope("seeding"):
        Disruption.objects.filter(pk=world.a.disruption.pk).update(
            ends_on=_days_ago(1), starts_on=_days_ago(2)
        )
        Incident.objects.filter(landlord=world.a.landlord).update(cancelled_at=timezone.now())
        type(world.a.observation).objects.filter(pk=world.a.observation.pk).update(ended_on=_days_ago(1))
        evaluate([world.a.residence.pk, world.a.other.pk])
        new = f.MembershipFactory(role=Role.LEAD).user
    assert "Commencez par votre patrimoine" in _page(sign_in(new))
    Disruption.objects.all()
    with system_scope("seeding"):
        Disruption.objects.filter(pk=world.a.disruption.pk).delete()
        evaluate([world.a.residence.pk])
    for residence in (world.a.residence, world.a.other):
        assert "Rien ne vous attend" not in _page(sign_in(world.a.lead))
        decides(world.a.lead, residence, reason="Vu sur place.")
    assert "Rien ne vous attend" in _page(sign_in(world.a.lead))


def test_shows_many_with_the_queries_of_one(lead, world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            lead.get(HOME)
        return len(captured)

    _confirmed(world.a, _days_ago(70))
    lead.get(HOME)
    few = queries()
    with system_scope("seeding"):
        for _n in range(2):
            address = f.AddressFactory(
                residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
            )
            f.IncidentFactory(address=address, code="WEAPONS", day=_days_ago(1))
            f.DisruptionFactory(address=address, starts_on=_days_ago(1))
            observation = f.StandingObservationFactory(address=address, since=_days_ago(90))
            f.ConfirmationFactory(observation=observation, day=_days_ago(65))
        evaluate()
    assert "Niveau 3" in _page(lead)
    assert queries() == few
