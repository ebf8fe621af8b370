"""A campaign is prepared, opened, closed and made anew; every step is in the journals of those whom it concerns."""

import datetime as dt
from contextlib import nullcontext, suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, ProgrammingError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, load_user, system_scope
from classification import engine
from classification.campaigns import services, tasks
from classification.campaigns.days import check_days
from classification.campaigns.freezing import read
from classification.campaigns.tasks import close_campaign, propose_levels
from classification.decisions.services import decide
from classification.engine.services import default_grid
from classification.models import Assessment, Campaign, CampaignSite, Closing
from classification.residence.snapshot import disruptions_by_residence, findings_by_residence
from core.dates import long_date
from core.jobs import JobError
from core.rls import as_system
from core.versions import version_of
from incidents.models import Horizon
from tests import factories as f
from tests import governing
from tests.campaigning import asked, closed, drafted, merged, now, opened
from tests.deciding import decides, raise_to_3, residence_at, takes_back, version_for
from tests.world import plant

WHY = "Vu sur place."
# A row that the scope does not see is not there to be added again.
_REFUSED = (InternalError, ProgrammingError, Assessment.DoesNotExist)


def _frozen(closing) -> dict[str, Assessment]:
    with system_scope("evaluation"):
        return {row.name: row for row in Assessment.objects.filter(closing=closing)}


def _journals(model: str, *officers) -> list[list[str]]:
    """What the journals of the officers' organisations tell of a model, oldest first."""
    found = []
    for officer in officers:
        with acting_as(officer):
            rows = AuditEntry.objects.filter(object_type=f"classification.{model}").order_by("pk")
            found.append([row.action for row in rows])
    return found


@pytest.fixture
def committed(committed_database):
    """The planted world where what is written stays written, and a task is done at once after the commit."""
    return plant()


def test_closing_freezes_what_the_engine_proposes_and_what_was_decided(world):
    a, today = world.a, timezone.localdate()
    loud = residence_at(a.landlord, world.commune, 3, name="Bruyante")
    kept = residence_at(a.landlord, world.commune, 2, name="Confirmée")
    campaign = opened(a)
    decides(a.lead, loud, 4, WHY)
    decides(a.lead, kept)
    closing = closed(a, campaign)
    rows = _frozen(closing)
    with acting_as(a.coordinator):
        evaluated = engine.levels(default_grid(), today, seen_only=True)
        places = {place.residence_id: place for place in evaluated if place.address_id is None}
        doors = {(p.residence_id, p.address_id): p.level for p in evaluated if p.address_id}
        found = findings_by_residence(default_grid(), today, list(places))
        table_1 = disruptions_by_residence(default_grid(), today, list(places))
    assert {row.residence_id for row in rows.values()} == set(places)
    for row in rows.values():
        place = places[row.residence_id]
        same = (
            "level",
            "facts_level",
            "impact_level",
            "last_day",
            "silent",
            "level_before",
            "longitude",
            "latitude",
        )
        assert [getattr(row, name) for name in same] == [getattr(place, name) for name in same]
        counts = ("code", "frequency", "observed", "level", "in_daily", "in_regular", "in_occasional")
        theirs = [{name: one[name] for name in counts} for one in found.get(row.residence_id, [])]
        assert row.findings == theirs
        theirs = {door for door in doors if door[0] == row.residence_id}
        assert {(row.residence_id, door["id"]): door["level"] for door in row.addresses} == {
            door: doors[door] for door in theirs
        }
        assert row.disruptions == table_1.get(row.residence_id, [])
    said = {
        name: (row.level, row.retained, row.decided_on, row.decision_reason) for name, row in rows.items()
    }
    assert said["Bruyante"] == (3, 4, today, WHY)
    assert said["Confirmée"] == (2, 2, today, "")
    assert said["Résidence A"][1:] == (None, None, "")
    assert (now(campaign).state, closing.number, closing.sites) == ("closed", 1, len(rows))


def test_a_site_with_a_disruption_that_nobody_has_seen_is_under_reserve(world):
    with system_scope("seeding"):
        f.DisruptionFactory(
            address=world.a.other_address, starts_on=timezone.localdate(), extent="total", seen_at=None
        )
    rows = _frozen(closed(world.a))
    assert (rows["Résidence A bis"].unseen, rows["Résidence A bis"].impact_level) == (True, 1)
    assert not rows["Résidence A"].unseen


def test_each_step_is_in_the_journals_of_those_whom_it_concerns(world):
    a = world.a
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=a.town, role=Role.DPO).user
    campaign = drafted(a)
    assert _journals("campaign", officer, world.dpo) == [["create"], []]
    with acting_as(a.coordinator) as scope:
        services.open_campaign(scope, campaign)
    closed(a, now(campaign))
    assert _journals("campaign", officer, world.dpo) == [["create", "update"], ["update"]]
    assert _journals("closing", officer, world.dpo) == [["create", "create"], ["create"]]


def test_a_late_correction_makes_a_new_version_and_leaves_the_first(world):
    site = residence_at(world.a.landlord, world.commune, 1, name="Relue")
    campaign = opened(world.a)
    first = closed(world.a, campaign)
    raise_to_3(site)
    second = closed(world.a, campaign, reason="Faits saisis après coup.")
    assert (_frozen(first)["Relue"].level, _frozen(second)["Relue"].level) == (1, 3)
    assert (second.number, second.reason) == (2, "Faits saisis après coup.")


def _add_to(row, using) -> int:
    added = Assessment.objects.get(pk=row.pk)
    added.pk, added.residence_id = None, row.residence_id + 10_000
    added.save(using=using, force_insert=True)
    return 1


def _acts(closing, row):
    """What nobody may do, the owner of the tables neither."""
    return {
        "change": lambda using: Assessment.objects.using(using).filter(pk=row.pk).update(name="Autre"),
        "erase": lambda using: Assessment.objects.using(using).filter(pk=row.pk)._raw_delete(using),
        "change a version": lambda using: Closing.objects.using(using).filter(pk=closing.pk).update(sites=0),
        "erase a version": lambda using: Closing.objects.using(using).filter(pk=closing.pk)._raw_delete(using),
        "change its day": lambda using: Campaign.objects.using(using).filter(pk=closing.campaign_id).update(as_of=dt.date(2026, 1, 1)),
        "change its deadline": lambda using: Campaign.objects.using(using).filter(pk=closing.campaign_id).update(deadline=dt.date(2030, 1, 1)),
        "change who opened it": lambda using: Campaign.objects.using(using).filter(pk=closing.campaign_id).update(opened_by=None),
        "add a site": lambda using: _add_to(row, using),
        "open it again": lambda using: Campaign.objects.using(using).filter(pk=closing.campaign_id).update(state="open"),
        "erase it": lambda using: Campaign.objects.using(using).filter(pk=closing.campaign_id)._raw_delete(using),
    }  # fmt: skip


def test_what_is_frozen_resists_the_runtime_role_in_every_scope(world):
    closing = closed(world.a)
    row = next(iter(_frozen(closing).values()))
    for system in ("seeding", "evaluation", "jobs", "retention", None):
        for what, act in _acts(closing, row).items():
            touched = 0
            scope = system_scope(system) if system else acting_as(world.a.coordinator)
            with suppress(*_REFUSED), transaction.atomic(), scope:
                touched = act("default")
            assert not touched, (what, system)
    assert _frozen(closing)[row.name] == row
    assert now(closing.campaign).state == "closed"


def test_what_is_frozen_resists_the_owner_s_ordinary_path(committed):
    closing = asked(committed.a, opened(committed.a))
    with system_scope("evaluation"):
        row = Assessment.objects.filter(closing=closing).first()
    # The owner is bound by the policies too; the triggers hold where these would let the rows go.
    for system in ("seeding", "evaluation", "jobs", "retention", ""):
        for what, act in _acts(closing, row).items():
            touched = 0
            with suppress(*_REFUSED), as_system(system, "owner"):
                touched = act("owner")
            assert not touched, (what, system)
    assert _frozen(closing)[row.name] == row


def test_it_can_be_opened_once_its_day_has_come_and_while_nothing_else_is_open(world):
    today = timezone.localdate()
    early = drafted(world.a, as_of=today + dt.timedelta(1))
    passed = drafted(world.a, as_of=today - dt.timedelta(9), deadline=today - dt.timedelta(1))
    opened(world.a)
    other = drafted(world.a)
    for campaign, said in (
        (early, "pas encore venu"),
        (passed, "échéance est passée"),
        (other, "déjà ouverte"),
    ):
        with acting_as(world.a.coordinator) as scope, pytest.raises(ValidationError, match=said):
            services.open_campaign(scope, campaign)


@pytest.mark.parametrize("is_adopted", [False, True])
def test_none_is_open_on_the_day_that_another_grid_begins(is_adopted, world):
    begins = timezone.localdate() + dt.timedelta(15)
    make = governing.adopted if is_adopted else governing.proposed
    make(world.a, in_days=15)
    draft = drafted(world.a, deadline=begins)
    with acting_as(world.a.coordinator) as scope:
        with pytest.raises(ValidationError, match=long_date(begins)):
            services.open_campaign(scope, draft)
        draft.deadline = begins - dt.timedelta(1)
        draft.save(update_fields=["deadline"])
        services.open_campaign(scope, draft)
    # Its deadline is not put off to that day either; another territory's grid is no matter.
    opened(world.b)
    for day, refused in ((begins, True), (begins - dt.timedelta(1), False)):
        with acting_as(world.a.coordinator) as scope, raises_if(refused):
            version = version_of(draft, services.deadline_of(now(draft)))
            services.put_off(scope, draft, deadline=day, version=version)


def test_the_deadline_s_page_says_why_it_is_not_put_off(world, sign_in):
    campaign = opened(world.a)
    governing.proposed(world.a, in_days=40)
    day = timezone.localdate() + dt.timedelta(41)
    version = version_of(campaign, services.deadline_of(campaign))
    url = reverse("classification:campaign_deadline", args=[campaign.pk])
    answer = sign_in(world.a.coordinator).post(url, {"deadline": day.isoformat(), "version": version})
    assert (answer.status_code, "Une autre grille est proposée" in answer.text) == (422, True)
    assert now(campaign).deadline == campaign.deadline


def raises_if(refused):
    return pytest.raises(ValidationError) if refused else nullcontext()


def test_decisions_after_the_last_day_would_not_count(world):
    today = timezone.localdate()
    check_days(today, today + dt.timedelta(92))
    for deadline in (today + dt.timedelta(93), today - dt.timedelta(1)):
        with pytest.raises(ValidationError):
            check_days(today, deadline)


def test_one_that_is_cancelled_freezes_nothing_and_says_why(world):
    campaign = opened(world.a)
    closing = asked(world.a, campaign)
    with acting_as(world.a.coordinator) as scope:
        with pytest.raises(services.MovedOnError):
            services.cancel(scope, campaign, reason="Reportée.")
        assert services.abandon(scope, Closing.objects.get(pk=closing.pk))
        services.cancel(scope, campaign, reason="Reportée.")
    assert (now(campaign).state, now(campaign).cancel_reason) == ("cancelled", "Reportée.")
    with acting_as(world.a.coordinator) as scope, pytest.raises(services.MovedOnError):
        services.close(scope, campaign)
    with system_scope("seeding"), pytest.raises(ProgrammingError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(cancel_reason="Autre motif.")


def test_one_that_is_cancelled_proposes_nothing_any_more(world):
    campaign = opened(world.a)
    propose_levels(campaign.pk)
    with acting_as(world.a.coordinator) as scope:
        services.cancel(scope, campaign, reason="Reportée.")
    with system_scope("evaluation"):
        assert not CampaignSite.objects.exists()
    with system_scope("seeding"):
        officer = f.MembershipFactory(organisation=world.a.town, role=Role.DPO).user
    assert _journals("campaign", officer, world.dpo) == [["create", "update", "cancel"], ["update", "cancel"]]


def test_only_landlords_that_share_on_the_day_of_the_opening_are_asked(world):
    with system_scope("seeding"):
        agreement = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    campaign = drafted(world.a, [world.a.landlord.pk, world.b.landlord.pk])
    with system_scope("seeding"):
        type(agreement).objects.filter(pk=agreement.pk).update(ends_on=timezone.localdate())
    with acting_as(world.a.coordinator) as scope:
        services.open_campaign(scope, campaign)
    assert now(campaign).landlords == [world.a.landlord.pk]


def test_nothing_is_opened_where_nothing_was_recorded_by_then(world):
    early = drafted(world.a, as_of=timezone.localdate() - dt.timedelta(60))
    with acting_as(world.a.coordinator) as scope, pytest.raises(ValidationError, match="pas la tranquillité"):
        services.open_campaign(scope, early)


def test_a_day_of_which_records_were_erased_is_neither_opened_nor_frozen(world):
    campaign, late = opened(world.a), drafted(world.b)
    with system_scope("retention"):
        for landlord in (world.a.landlord, world.b.landlord):
            Horizon.objects.create(landlord=landlord, erased_until=timezone.localdate() - dt.timedelta(1))
    with acting_as(world.b.coordinator) as scope, pytest.raises(ValidationError, match="ont été effacés"):
        services.open_campaign(scope, late)
    with acting_as(world.a.coordinator), pytest.raises(JobError, match="ont été effacés"):
        read(campaign)


def test_versions_are_numbered_in_their_order(world):
    campaign = opened(world.a)
    numbers = [closed(world.a, campaign, reason).number for reason in ("", "Relue.", "Relue encore.")]
    assert numbers == [1, 2, 3]


def test_a_merged_residence_is_the_other_one_from_then_on(world):
    site = residence_at(world.a.landlord, world.commune, 2, name="Fondue")
    campaign = opened(world.a, as_of=timezone.localdate() - dt.timedelta(1))
    propose_levels(campaign.pk)
    merged(world.a.lead, site, world.a.other)
    with system_scope("evaluation"):
        assert not CampaignSite.objects.filter(residence=site).exists()
    rows = _frozen(closed(world.a, campaign))
    assert set(rows) == {"Résidence A", "Résidence A bis"}
    assert len(rows["Résidence A bis"].addresses) == 2


def test_a_day_of_decision_is_that_of_paris(world):
    site = residence_at(world.a.landlord, world.commune, 2, name="Décidée de nuit")
    night = timezone.make_aware(dt.datetime.combine(timezone.localdate(), dt.time(0, 20)))
    with acting_as(world.a.lead) as scope:
        decide(scope, site.pk, retained=3, reason=WHY, version=version_for(site), at=night)
    assert _frozen(closed(world.a))["Décidée de nuit"].decided_on == timezone.localdate(night)


def test_who_lost_the_role_while_it_was_read_freezes_nothing(committed, monkeypatch):
    from classification.campaigns import freezing

    first = freezing.read

    def late(campaign):
        lost.append(campaign.pk)
        return first(campaign)

    lost: list[int] = []

    def person(pk):
        return committed.b.coordinator if lost else load_user(pk)

    monkeypatch.setattr(freezing, "read", late)
    monkeypatch.setattr(tasks, "load_user", person)
    campaign, coordinator = opened(committed.a), committed.a.coordinator
    with acting_as(coordinator):
        closing = Closing.objects.create(campaign=campaign, territory=campaign.territory, number=1)
    with pytest.raises(JobError):
        close_campaign(closing.pk, coordinator.pk)
    with system_scope("evaluation"):
        closing = Closing.objects.get(pk=closing.pk)
    assert (closing.state, now(campaign).state) == ("failed", "open")
    assert "ne coordonne plus" in closing.problem


def test_one_whose_agreement_ends_drops_out_at_once(world):
    campaign = opened(world.a)
    with acting_as(world.a.lead):
        assert Campaign.objects.filter(pk=campaign.pk).exists()
    with system_scope("seeding"):
        type(world.a.agreement).objects.filter(pk=world.a.agreement.pk).update(ends_on=timezone.localdate())
    with acting_as(world.a.lead):
        assert not Campaign.objects.filter(pk=campaign.pk).exists()
    with acting_as(world.a.coordinator), pytest.raises(JobError, match="ne partage plus"):
        read(campaign)


def test_each_sees_what_is_theirs(world):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    both = [world.a.landlord.pk, world.b.landlord.pk]
    closing = closed(world.a, opened(world.a, both))
    seen = {}
    people = {"coordinator": world.a.coordinator, "lead": world.a.lead, "other": world.b.lead,
        "foreign": world.b.coordinator, "agent": world.a.agent, "partner": world.a.partner, "dpo": world.dpo,
        "third": world.c.lead}  # fmt: skip
    for who, person in people.items():
        with acting_as(person):
            rows = Assessment.objects.filter(closing=closing).values_list("landlord_id", flat=True)
            seen[who] = (set(rows), Campaign.objects.count(), Closing.objects.count())
    assert seen == {
        "coordinator": (set(both), 1, 1), "lead": ({both[0]}, 1, 1), "other": ({both[1]}, 1, 1),
        "foreign": (set(), 0, 0), "agent": (set(), 0, 0), "partner": (set(), 0, 0), "dpo": (set(), 0, 0),
        "third": (set(), 0, 0),
    }  # fmt: skip


def test_a_draft_is_seen_by_its_coordinators_alone(world):
    campaign = drafted(world.a)
    with acting_as(world.a.lead):
        assert not Campaign.objects.filter(pk=campaign.pk).exists()


def test_the_worker_closes_it_at_one_moment(committed, monkeypatch):
    from classification.campaigns import freezing

    levels, moments = [], []
    first = freezing.reach_of

    def isolation(campaign):
        with connections["default"].cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            levels.append(cursor.fetchone()[0])
        moments.append(timezone.now())
        return first(campaign)

    monkeypatch.setattr(freezing, "reach_of", isolation)
    campaign = opened(committed.a)
    closing = asked(committed.a, campaign)
    assert levels == ["repeatable read"]
    with system_scope("evaluation"):
        closing = Closing.objects.get(pk=closing.pk)
    assert (closing.state, now(campaign).state) == ("done", "closed")
    # What is recorded while it reads comes after it.
    assert closing.read_at <= moments[0]
    assert set(_frozen(closing)) == {"Résidence A", "Résidence A bis"}
    # A message that comes twice does nothing.
    close_campaign(closing.pk, committed.a.coordinator.pk)
    assert len(_frozen(closing)) == 2


def test_what_was_decided_about_another_level_does_not_count(world):
    site = residence_at(world.a.landlord, world.commune, 2, name="Montée")
    decides(world.a.lead, site)
    campaign = opened(world.a)
    raise_to_3(site)
    assert (rows := _frozen(closed(world.a, campaign)))["Montée"].retained is None
    assert rows["Montée"].level == 3


def test_what_was_taken_back_does_not_count(world):
    site = residence_at(world.a.landlord, world.commune, 2, name="Retirée")
    campaign = opened(world.a)
    takes_back(world.a.lead, decides(world.a.lead, site))
    assert _frozen(closed(world.a, campaign))["Retirée"].retained is None
