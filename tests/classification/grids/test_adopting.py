"""A grid counts for a territory from a day on once every landlord that shares with it has accepted, by name."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone

from accounts.enums import MailKind, Role
from accounts.models import AuditEntry, Mail
from accounts.scope import acting_as, system_scope
from classification.campaigns import services as campaigns
from classification.engine.nightly import evaluate_everything
from classification.engine.services import default_grid, evaluate, grid_of_territory
from classification.engine.tasks import evaluate_all
from classification.grids import adopting, governing
from classification.grids.simulation import ground, simulate
from classification.method.grid import GridError
from classification.models import AdoptionState, AdoptionStep, Decision, GridAdoption, GridVersion, SiteLevel
from core.dates import long_date
from sites.models import SharingAgreement
from tests import factories as f
from tests.campaigning import opened
from tests.deciding import decides, raise_to_3
from tests.governing import WHY, adopted, answered, grid, now, proposed
from tests.together import at_once, by
from tests.world import plant


def _alone(world) -> None:
    """Leave landlord A as the only one that shares with territory A."""
    with system_scope("seeding"):
        theirs = SharingAgreement.objects.filter(territory=world.a.territory).exclude(
            landlord=world.a.landlord
        )
        theirs.update(ends_on=timezone.localdate())


def _joins(world):
    """Have another landlord share with territory A; return it with its lead."""
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(name="Second bailleur")
        lead = f.MembershipFactory(organisation=landlord, role=Role.LEAD).user
        f.SharingAgreementFactory(landlord=landlord, territory=world.a.territory)
    return landlord, lead


@pytest.fixture(autouse=True)
def _one_landlord(request):
    if "world" in request.fixturenames:
        _alone(request.getfixturevalue("world"))


@pytest.fixture
def second(world):
    """A second landlord that shares with the territory of side A, and its lead."""
    return _joins(world)


def _day(n: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(n)


def _counting(side, in_days=0) -> str:
    with system_scope("evaluation"):
        return grid_of_territory(side.territory.pk, _day(in_days)).name


def test_it_counts_from_its_day_once_every_landlord_has_accepted(world, second):
    landlord, lead = second
    adoption = proposed(world.a, in_days=3)
    reference = _counting(world.a, 3)
    assert answered(world.a.lead, world.a.landlord, adoption) == AdoptionState.PROPOSED
    assert _counting(world.a, 3) == reference
    assert answered(lead, landlord, adoption) == AdoptionState.ADOPTED
    assert _counting(world.a, 2) == reference
    assert _counting(world.a, 3) == _counting(world.a, 300) == adoption.grid_version.name
    assert _counting(world.b, 3) == reference


def test_a_later_adoption_takes_over_from_its_day(world):
    first = adopted(world.a, in_days=1)
    later = adopted(world.a, grid({"2.1": 2}, name="Suivante"), in_days=10)
    assert [_counting(world.a, n) for n in (0, 1, 9, 10)] == [
        _counting(world.b), first.grid_version.name, first.grid_version.name, later.grid_version.name,
    ]  # fmt: skip


def test_what_an_operator_entered_counts_until_another_begins(world):
    with system_scope("seeding"):
        GridAdoption.objects.create(
            territory=world.a.territory, grid_version=grid({"3.1": 3}, name="De toujours")
        )
    later = adopted(world.a, in_days=1)
    assert [_counting(world.a, n) for n in (-900, 0, 1)] == [
        "De toujours",
        "De toujours",
        later.grid_version.name,
    ]


def test_a_refusal_settles_it_and_says_why(world, second):
    landlord, lead = second
    adoption = proposed(world.a)
    assert answered(lead, landlord, adoption, accepts=False) == AdoptionState.REFUSED
    with pytest.raises(adopting.MovedOnError):
        answered(world.a.lead, world.a.landlord, adoption)
    with acting_as(world.a.coordinator):
        [said] = AdoptionStep.objects.filter(adoption=adoption, kind="refused")
    assert (said.organisation_name, said.by_name, said.reason) == (
        landlord.name, lead.full_name, "Trop sévère pour nos sites.",
    )  # fmt: skip


def test_a_landlord_answers_once(world, second):
    adoption = proposed(world.a)
    answered(world.a.lead, world.a.landlord, adoption)
    with pytest.raises(adopting.MovedOnError):
        answered(world.a.lead, world.a.landlord, adoption, accepts=False)
    assert now(adoption).state == AdoptionState.PROPOSED


def test_an_acceptance_has_no_reason(world, second):
    adoption = proposed(world.a)
    answered(world.a.lead, world.a.landlord, adoption, reason="Trop sévère pour nos sites.")
    with system_scope("evaluation"):
        assert adoption.steps.get(kind="accepted").reason == ""


def test_a_landlord_that_joins_before_it_is_adopted_is_asked_too(world):
    adoption = proposed(world.a)
    _joins(world)
    assert answered(world.a.lead, world.a.landlord, adoption) == AdoptionState.PROPOSED


def test_a_landlord_that_joins_later_changes_nothing(world):
    adoption = adopted(world.a)
    _joins(world)
    assert now(adoption).state == AdoptionState.ADOPTED
    assert _counting(world.a) == adoption.grid_version.name


def test_what_waited_for_a_landlord_that_left_is_adopted_in_the_night(world, second, officer):
    landlord, _lead = second
    adoption = proposed(world.a, in_days=2)
    answered(world.a.lead, world.a.landlord, adoption)
    evaluate_all()
    assert now(adoption).state == AdoptionState.PROPOSED
    with system_scope("seeding"):
        SharingAgreement.objects.filter(landlord=landlord).update(ends_on=timezone.localdate())
    evaluate_all()
    assert now(adoption).state == AdoptionState.ADOPTED
    assert _told(officer)[0][-1] == ("update", {"adopted": True})


def test_nothing_is_adopted_that_nobody_accepted(world):
    adoption = proposed(world.a)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(territory=world.a.territory).update(ends_on=timezone.localdate())
    evaluate_all()
    assert now(adoption).state == AdoptionState.PROPOSED


def test_it_cannot_be_accepted_after_its_day(world, monkeypatch):
    adoption = proposed(world.a)
    with system_scope("seeding"):
        GridAdoption.objects.filter(pk=adoption.pk).update(starts_on=_day(-1))
    with pytest.raises(adopting.MovedOnError):
        answered(world.a.lead, world.a.landlord, adoption)


def test_it_is_withdrawn_until_it_begins(world):
    other = grid({"2.1": 2}, name="Autre")
    for make in (lambda: proposed(world.a, in_days=1), lambda: adopted(world.a, other, in_days=1)):
        adoption = make()
        with acting_as(world.a.coordinator) as scope:
            adopting.withdraw(scope, adoption, reason="Autre jour à choisir.")
        assert now(adoption).state == AdoptionState.WITHDRAWN
        assert _counting(world.a, 1) == _counting(world.b)
    begun = adopted(world.a, grid({"3.1": 3}, name="Commencée"))
    with acting_as(world.a.coordinator) as scope, pytest.raises(adopting.MovedOnError):
        adopting.withdraw(scope, begun, reason="Trop tard.")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"in_days": -1}, ValidationError),
        ({"version": "default"}, ValidationError),
        ({"version": "falling"}, GridError),
    ],
    ids=["a day that passed", "the version that counts", "a level that falls"],
)
def test_what_cannot_be_proposed(world, said, error):
    if said.get("version") == "default":
        said = {"version": default_grid()}
    elif said.get("version") == "falling":
        said = {"version": grid({"3.3": 1}), "saved_as": {"name": "Qui baisse", "note": "", "sources": {}}}
    with pytest.raises(error):
        proposed(world.a, **said)
    with system_scope("seeding"):
        assert not GridAdoption.objects.exists()
        assert GridVersion.objects.count() == 1


def test_one_proposal_at_a_time(world):
    proposed(world.a)
    with pytest.raises(ValidationError):
        proposed(world.a, grid({"2.1": 2}, name="Autre"))


def test_nothing_is_proposed_to_nobody(world):
    with system_scope("seeding"):
        SharingAgreement.objects.filter(territory=world.a.territory).update(ends_on=timezone.localdate())
    with pytest.raises(ValidationError):
        proposed(world.a)


def _told(*readers) -> list[list[tuple[str, dict[str, bool]]]]:
    """What the journals of the readers' organisations tell of adoptions, oldest first."""
    found = []
    for reader in readers:
        with acting_as(reader):
            rows = AuditEntry.objects.filter(object_type="classification.gridadoption").order_by("pk")
            found.append([(row.action, row.detail) for row in rows])
    return found


@pytest.fixture
def officer(world):
    """The data-protection officer of the town, who reads its journal as ``world.dpo`` reads the landlord's."""
    with system_scope("seeding"):
        return f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user


def test_every_step_is_in_the_journals_of_those_whom_it_concerns(world, officer):
    adopted(world.a)
    second = proposed(world.a, grid({"2.1": 2}, name="Autre"), in_days=1)
    with acting_as(world.a.coordinator) as scope:
        adopting.withdraw(scope, second, reason="Autre jour à choisir.")
    said = [
        ("create", {}),
        ("update", {"accepted": True, "refused": False, "adopted": True}),
        ("create", {}),
        ("cancel", {}),
    ]
    assert _told(officer, world.dpo) == [said, said]


@pytest.mark.parametrize("accepts", [True, False])
def test_what_became_of_it_is_in_the_journal_of_every_landlord_that_shares(world, second, accepts):
    landlord, lead = second
    with system_scope("seeding"):
        reader = f.MembershipFactory(organisation=landlord, role=Role.DPO).user
    adoption = proposed(world.a)
    if accepts:
        answered(lead, landlord, adoption)
    answered(world.a.lead, world.a.landlord, adoption, accepts=accepts)
    said = ("update", {"accepted": accepts, "refused": not accepts, "adopted": accepts})
    assert [journal[-1] for journal in _told(reader, world.dpo)] == [said, said]


def test_what_the_night_adopts_is_in_the_journals_of_its_landlords(world, second):
    _adopted_by_the_night(world, second)
    evaluate_all()
    assert _told(world.dpo)[0][-1] == ("update", {"adopted": True})


def _adopted_by_the_night(world, second):
    """Have a grid proposed that waits for nobody any more, since the landlord that had not answered left."""
    landlord, _lead = second
    adoption = proposed(world.a, in_days=2)
    answered(world.a.lead, world.a.landlord, adoption)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(landlord=landlord).update(ends_on=timezone.localdate())
    return adoption


def test_one_adoption_that_fails_keeps_nobody_from_their_levels(world, second, monkeypatch):
    failing, adoption = proposed(world.b), _adopted_by_the_night(world, second)
    real = adopting.settle

    def settle(one):
        if one.pk == failing.pk:
            raise ProgrammingError
        return real(one)

    monkeypatch.setattr(adopting, "settle", settle)
    with pytest.raises(adopting.AdoptionsIncompleteError):
        evaluate_all()
    assert now(adoption).state == AdoptionState.ADOPTED
    with system_scope("evaluation"):
        assert SiteLevel.objects.filter(residence=world.a.residence).exists()


@pytest.mark.parametrize(("in_days", "stands"), [(20, False), (21, True)])
def test_a_grid_begins_after_the_campaign_that_is_open(world, in_days, stands):
    opened(world.a)
    if stands:
        assert proposed(world.a, in_days=in_days).pk
        return
    with pytest.raises(ValidationError) as refused:
        proposed(world.a, in_days=in_days)
    [said] = refused.value.message_dict["starts_on"]
    assert "Diagnostic A" in said
    assert long_date(_day(20)) in said


def test_a_campaign_that_is_over_or_of_another_territory_keeps_no_grid_waiting(world):
    opened(world.b)
    campaign = opened(world.a)
    with acting_as(world.a.coordinator) as scope:
        campaigns.cancel(scope, campaign, reason="Ouverte par erreur.")
    assert proposed(world.a).pk


def test_the_leads_who_are_asked_are_mailed_without_content(world, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        adoption = proposed(world.a)
    with system_scope("mail"):
        mails = list(Mail.objects.filter(kind=MailKind.AWAITED))
    assert [mail.user_id for mail in mails] == [world.a.lead.pk]
    assert adoption.grid_version.name not in str([vars(mail) for mail in mails])


def test_who_may_propose_answer_and_withdraw(world, second):
    adoption = proposed(world.a)
    for user in (world.b.coordinator, world.a.lead, world.a.partner):
        with acting_as(user), pytest.raises(ProgrammingError), transaction.atomic():
            GridAdoption.objects.create(
                territory=world.a.territory, grid_version=default_grid(), starts_on=_day(1), state="proposed"
            )
    # A lead answers for the own landlord alone, one of another territory for none.
    for lead, landlord in (
        (world.a.lead, second[0]),
        (world.b.lead, world.b.landlord),
        (world.a.coordinator, second[0]),
    ):
        with acting_as(lead) as scope, pytest.raises(ProgrammingError), transaction.atomic():
            adopting.answer(scope, adoption, landlord=landlord, accepts=True)
    with acting_as(world.b.coordinator) as scope, pytest.raises(ProgrammingError), transaction.atomic():
        adopting.withdraw(scope, adoption, reason=WHY)
    assert now(adoption).state == AdoptionState.PROPOSED


def test_nobody_adopts_but_those_who_are_asked(world):
    adoption = proposed(world.a)
    mine = GridAdoption.objects.filter(pk=adoption.pk)
    with acting_as(world.a.lead):
        assert mine.update(state="adopted", settled_at=timezone.now()) == 0
    with acting_as(world.a.coordinator), pytest.raises(ProgrammingError), transaction.atomic():
        mine.update(state="adopted", settled_at=timezone.now())
    with system_scope("evaluation"), pytest.raises(ProgrammingError), transaction.atomic():
        GridAdoption.objects.filter(pk=adoption.pk).update(state="adopted", settled_at=timezone.now())
    with acting_as(world.a.coordinator), pytest.raises(ProgrammingError), transaction.atomic():
        GridAdoption.objects.create(territory=world.a.territory, grid_version=default_grid())


def test_what_was_said_and_a_version_are_never_changed(world):
    adoption = adopted(world.a)
    step = AdoptionStep.objects.filter(adoption=adoption)
    with system_scope("seeding"):
        for change in (
            lambda: step.update(kind="refused"),
            step.delete,
            lambda: GridVersion.objects.filter(pk=adoption.grid_version_id).update(cells={}),
            lambda: GridVersion.objects.filter(is_default=True).update(thresholds={}),
        ):
            with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
                change()
    with acting_as(world.a.coordinator):
        assert GridVersion.objects.filter(pk=adoption.grid_version_id).update(name="Autre nom") == 0


def test_which_grid_counts_is_read_by_all_and_who_said_what_by_the_territory(world):
    waiting, adoption = proposed(world.b), adopted(world.a)
    for user in (world.a.agent, world.a.partner, world.b.lead, world.b.coordinator):
        with acting_as(user):
            assert adoption in GridAdoption.objects.all()
            assert not AdoptionStep.objects.filter(adoption=adoption).exists()
    for user in (world.a.lead, world.a.coordinator):
        with acting_as(user):
            assert AdoptionStep.objects.filter(adoption=adoption).count() == 2
            assert waiting not in GridAdoption.objects.all()


def test_the_day_it_begins_the_night_evaluates_by_it_and_decisions_lapse(world, monkeypatch):
    residence = world.a.residence
    raise_to_3(residence)
    evaluate([residence.pk])
    decides(world.a.lead, residence)
    adoption = adopted(world.a, grid(dict.fromkeys(default_grid().cells, 4), name="Sévère"), in_days=1)
    with system_scope("evaluation"):
        before = SiteLevel.objects.get(residence=residence, address=None)
    evaluate_everything()
    with system_scope("evaluation"):
        assert SiteLevel.objects.get(residence=residence, address=None).level == before.level == 3
        assert Decision.objects.get(residence=residence).ended_on is None
    evaluate_everything(as_of=_day(1))
    with system_scope("evaluation"):
        after = SiteLevel.objects.get(residence=residence, address=None)
        decision = Decision.objects.get(residence=residence)
    assert (after.level, after.grid_version_id) == (4, adoption.grid_version_id)
    assert (decision.ended_on, decision.ending, decision.lapsed_level) == (_day(1), "lapsed", 4)


def test_what_begins_today_is_evaluated_at_once(world, django_capture_on_commit_callbacks):
    raise_to_3(world.a.residence)
    evaluate()
    with django_capture_on_commit_callbacks(execute=True):
        adoption = adopted(world.a)
    with system_scope("evaluation"):
        versions = {
            *SiteLevel.objects.filter(residence=world.a.residence).values_list("grid_version", flat=True)
        }
    assert versions == {adoption.grid_version_id}


@pytest.mark.parametrize(
    "change", [{"cells": {"1.2": 2}}, {"cells": {"2.1": 2}}, {"thresholds": {"1": [2, 365]}}]
)
def test_exactly_what_the_simulator_said_moves_by_the_adoption(world, change):
    for n, code in enumerate(("LITTERING", "URBAN_VIOLENCE", "DEATH_THREATS", "PETTY_DEALING")):
        with system_scope("seeding"):
            for day in range(1 + 6 * (n % 2)):
                f.IncidentFactory(address=world.a.address, code=code, day=_day(-3 * day))
    evaluate()
    version = grid(**{"cells": {"1.3": 2}} | change)
    with acting_as(world.a.coordinator):
        on = ground()
        foretold = {
            (move.site.residence_id, move.site.address_id): (move.site.level, move.after)
            for whole in (True, False)
            for move in simulate(version, on, whole=whole).moves
        }
        before = _levels()
    adoption = proposed(world.a, version, saved_as={"name": "Simulée", "note": "", "sources": {}})
    answered(world.a.lead, world.a.landlord, adoption)
    evaluate()
    with acting_as(world.a.coordinator):
        after = _levels()
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == foretold


def _levels() -> dict[tuple[int, int | None], int]:
    return {(row.residence_id, row.address_id): row.level for row in SiteLevel.objects.order_by()}


def test_leads_who_accept_at_once_adopt_it(committed_database):
    world = plant()
    _alone(world)
    landlord, lead = _joins(world)
    adoption = proposed(world.a, in_days=1)

    def accepts(of):
        return lambda scope: adopting.answer(scope, adoption, landlord=of, accepts=True)

    states = at_once([by(world.a.lead, accepts(world.a.landlord)), by(lead, accepts(landlord))])
    assert states == [AdoptionState.PROPOSED, AdoptionState.ADOPTED]
    assert now(adoption).state == AdoptionState.ADOPTED


def test_what_awaits_a_lead(world, second):
    adoption = proposed(world.a)
    with acting_as(world.a.lead) as scope:
        assert governing.awaiting_answer(scope) == [adoption]
        assert governing.awaits(adoption) == 2
    answered(world.a.lead, world.a.landlord, adoption)
    with acting_as(world.a.lead) as scope:
        assert governing.awaiting_answer(scope) == []
        assert governing.awaits(adoption) == 1
    with acting_as(world.b.lead) as scope:
        assert governing.awaiting_answer(scope) == []
