"""Who contests a site, who settles it, what stays of both, and who sees it."""

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from accounts.scope import acting_as, system_scope
from classification.models import Campaign, CampaignState, Contest, Settlement
from classification.workshop import reading, services
from classification.workshop.reading import contested_in, history_of
from core.versions import StaleError
from sites.models import SharingAgreement
from tests import factories as f
from tests.campaigning import closed, drafted, merged, now, opened, proposed
from tests.sharing import journal
from tests.workshops import CONCLUSION, WHY, contests, noted_version, settles, shared_campaign, takes_back


def _asking(side):
    """An open campaign with the levels that it proposes."""
    campaign = opened(side)
    proposed(campaign)
    return campaign


def _seen(person) -> tuple[set[int], set[int]]:
    """What a person sees of all contests and settlements: the ids of their residences."""
    with acting_as(person):
        return tuple(
            set(model.objects.values_list("residence", flat=True)) for model in (Contest, Settlement)
        )


def test_both_sides_contest_and_each_sees_its_own_sites_alone(world):
    campaign = shared_campaign(world)
    ours = contests(world.a.lead, campaign, world.a.residence)
    theirs = contests(world.a.coordinator, campaign, world.b.residence)
    assert (ours.by_landlord, theirs.by_landlord) == (True, False)
    settles(world.a.coordinator, ours, recommended=2)
    settles(world.a.coordinator, theirs)
    a, b = {world.a.residence.pk}, {world.b.residence.pk}
    assert _seen(world.a.coordinator) == (a | b, a | b)
    assert _seen(world.a.lead) == (a, a)
    assert _seen(world.b.lead) == (b, b)
    for nobody in (
        world.b.coordinator,
        world.a.agent,
        world.b.agent,
        world.a.partner,
        world.admin,
        world.dpo,
    ):
        assert _seen(nobody) == (set(), set())


def test_what_an_agreement_opened_ends_with_it(world):
    campaign = shared_campaign(world)
    contests(world.a.lead, campaign, world.a.residence)
    contests(world.b.lead, campaign, world.b.residence)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=campaign.as_of)
    assert _seen(world.a.coordinator) == ({world.b.residence.pk}, set())
    assert _seen(world.a.lead) == (set(), set())


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_nobody_contests_for_another_side(who, world):
    campaign = shared_campaign(world)
    person, residence = getattr(world.a, who), world.b.residence if who == "lead" else world.a.residence
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        acting_as(person) as scope,
    ):
        Contest.objects.create(
            campaign=campaign, landlord_id=residence.landlord_id, commune_id=residence.commune_id,
            residence=residence, as_of=campaign.as_of, by_landlord=True, reason=WHY, made_by_id=scope.person_id,
        )  # fmt: skip


@pytest.mark.parametrize("model", [Contest, Settlement])
def test_nobody_contests_or_settles_in_anothers_name(model, world):
    campaign = shared_campaign(world)
    contest = contests(world.a.coordinator, campaign, world.b.residence)
    residence = world.a.residence if model is Contest else world.b.residence
    values = {"campaign": campaign, "landlord_id": residence.landlord_id, "commune_id": residence.commune_id,
              "residence": residence, "as_of": campaign.as_of}  # fmt: skip

    def write(person_id: int) -> None:
        if model is Contest:
            Contest.objects.create(**values, by_landlord=False, reason=WHY, made_by_id=person_id)
        else:
            Settlement.objects.create(
                **values, contest=contest, number=1, conclusion=CONCLUSION, settled_by_id=person_id
            )

    with acting_as(world.a.coordinator) as scope:
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            write(world.a.lead.pk)
        write(scope.person_id)


def test_a_lead_settles_nothing(world):
    campaign = shared_campaign(world)
    contest = contests(world.a.lead, campaign, world.a.residence)
    with pytest.raises(DatabaseError, match="row-level security"):
        settles(world.a.lead, contest)


def test_a_site_outside_the_campaign_cannot_be_contested(world):
    campaign = opened(world.a)
    with pytest.raises(services.NotOpenError):
        contests(world.b.lead, campaign, world.b.residence)
    with pytest.raises(services.NotOpenError):
        contests(world.a.coordinator, drafted(world.a), world.a.residence)


def test_a_site_that_the_campaign_does_not_ask_about_yet_cannot_be_contested(world):
    campaign = opened(world.a)
    with pytest.raises(services.NotOpenError):
        contests(world.a.lead, campaign, world.a.residence)
    proposed(campaign)
    with system_scope("seeding"):
        new = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune)
    with pytest.raises(services.NotOpenError):
        contests(world.a.lead, campaign, new)
    assert contests(world.a.lead, campaign, world.a.residence)


@pytest.mark.parametrize("act", ["contest", "take back", "settle"])
def test_what_is_sent_while_a_closing_commits_is_refused(act, world, monkeypatch):
    campaign = _asking(world.a)
    standing = contests(world.a.coordinator, campaign, world.a.residence)
    version, really = noted_version(standing), services._open

    def closing_after(found):
        held = really(found)
        with system_scope("seeding"):
            Campaign.objects.filter(pk=found.pk).update(state=CampaignState.CLOSED)
        return held

    def once(found):
        monkeypatch.setattr(services, "_open", really)
        return closing_after(found)

    monkeypatch.setattr(services, "_open", once)
    acts = {
        "contest": lambda: contests(world.a.coordinator, campaign, world.a.other),
        "take back": lambda: takes_back(world.a.coordinator, standing),
        "settle": lambda: settles(world.a.coordinator, standing, version=version),
    }
    with pytest.raises(services.NotOpenError):
        acts[act]()


def test_the_unsettled_come_first_and_a_cut_is_said_only_where_rows_are_left_out(world, monkeypatch):
    campaign = _asking(world.a)
    settles(world.a.coordinator, contests(world.a.lead, campaign, world.a.residence))
    contests(world.a.lead, campaign, world.a.other)
    for shown, expected in (
        (1, (["Résidence A bis"], True)),
        (2, (["Résidence A bis", "Résidence A"], False)),
    ):
        monkeypatch.setattr(reading, "SHOWN", shown)
        with acting_as(world.a.coordinator):
            rows, cut = contested_in(campaign, manages=True)
            assert ([one.contest.residence.name for one in rows], cut) == expected


def test_a_merged_residence_is_contested_no_more_while_the_campaign_is_open(world):
    campaign = _asking(world.a)
    contests(world.a.lead, campaign, world.a.other)
    merged(world.a.lead, world.a.other, world.a.residence)
    with acting_as(world.a.coordinator):
        assert contested_in(campaign, manages=True) == ([], False)
    closed(world.a, campaign)
    with acting_as(world.a.coordinator):
        rows, _cut = contested_in(now(campaign), manages=True)
        assert [one.contest.residence_id for one in rows] == [world.a.other.pk]


def test_who_contests_takes_it_back_and_the_history_stays(world):
    campaign = _asking(world.a)
    first = contests(world.a.lead, campaign, world.a.residence)
    with pytest.raises(ValidationError):
        contests(world.a.coordinator, campaign, world.a.residence)
    with pytest.raises(DatabaseError), transaction.atomic():
        takes_back(world.a.coordinator, first)
    takes_back(world.a.lead, first)
    with pytest.raises(services.SettledError):
        takes_back(world.a.lead, first)
    again = contests(world.a.coordinator, campaign, world.a.residence, "Relu en séance.")
    with acting_as(world.a.lead):
        history = history_of(campaign, world.a.residence.pk, manages=False)
        assert [(one.contest.pk, one.contest.withdrawn_at is None) for one in history] == [
            (again.pk, True), (first.pk, False)
        ]  # fmt: skip


def test_a_conclusion_is_corrected_and_the_former_one_stays(world):
    contest = contests(world.a.coordinator, _asking(world.a), world.a.residence)
    shown = noted_version(contest)
    first = settles(world.a.coordinator, contest, recommended=3)
    assert settles(world.a.coordinator, contest, recommended=3) == first
    with pytest.raises(StaleError):
        settles(world.a.coordinator, contest, "Autre chose.", version=shown)
    settles(world.a.coordinator, contest, "Relu : rien à recommander.")
    with acting_as(world.a.lead):
        [one], _cut = contested_in(contest.campaign, manages=False)
        assert [(row.number, row.recommended) for row in one.settlements] == [(2, None), (1, 3)]
        assert one.former[0].conclusion == CONCLUSION
    with pytest.raises(services.SettledError):
        takes_back(world.a.coordinator, contest)


def test_what_was_taken_back_cannot_be_settled(world):
    contest = contests(world.a.coordinator, _asking(world.a), world.a.residence)
    takes_back(world.a.coordinator, contest)
    with pytest.raises(services.SettledError):
        settles(world.a.coordinator, contest)


def test_all_is_frozen_with_the_campaign_and_stays_readable(world):
    campaign = _asking(world.a)
    contest = contests(world.a.lead, campaign, world.a.residence)
    settlement = settles(world.a.coordinator, contest, recommended=2)
    closed(world.a, campaign)
    with pytest.raises(services.NotOpenError):
        settles(world.a.coordinator, contest, "Après coup.")
    with pytest.raises(services.NotOpenError):
        contests(world.a.lead, campaign, world.a.other)
    with pytest.raises(services.NotOpenError):
        takes_back(world.a.lead, contest)
    # Nor past the services, in whatever scope.
    writes = [
        lambda: Contest.objects.filter(pk=contest.pk).update(reason="Autre."),
        lambda: Contest.objects.filter(pk=contest.pk).update(withdrawn_at=contest.made_at),
        lambda: Settlement.objects.filter(pk=settlement.pk).update(conclusion="Autre."),
        lambda: _again(settlement, number=2),
        lambda: _again(contest, residence_id=world.a.other.pk),
    ]
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic(), system_scope("seeding"):
            write()
    for model in (Settlement, Contest):
        for system in ("seeding", "evaluation", "retention"):
            with system_scope(system):
                assert model.objects.all()._raw_delete("default") == 0
    with acting_as(world.a.lead):
        [one], _cut = contested_in(campaign, manages=False)
        assert (one.contest.reason, one.last.conclusion, one.last.recommended) == (WHY, CONCLUSION, 2)


def _again(row, **named) -> None:
    row.pk = None
    for name, value in named.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def test_each_step_is_in_the_journals_of_both_ends(world):
    campaign = _asking(world.a)
    contest = contests(world.a.lead, campaign, world.a.residence)
    takes_back(world.a.lead, contest)
    again = contests(world.a.coordinator, campaign, world.a.residence)
    settles(world.a.coordinator, again, recommended=2)
    both = {world.a.town.pk, world.a.landlord.pk}
    by_lead, by_coordinator = journal(world.a.lead), journal(world.a.coordinator)
    for said, action, kind in (
        (by_lead, "create", "contest"), (by_lead, "cancel", "contest"),
        (by_coordinator, "create", "contest"), (by_coordinator, "create", "settlement"),
    ):  # fmt: skip
        found = [row[2] for row in said if row[:2] == (action, f"classification.{kind}")]
        assert sorted(found) == sorted(both), (action, kind)
