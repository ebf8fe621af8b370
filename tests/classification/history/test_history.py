"""The history of landlords and territories against a slow count, its perimeter, and what it leaves out."""

import datetime as dt
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification import engine
from classification.engine.services import default_grid, evaluate
from classification.history import closings
from classification.history.nightly import remember_everything
from classification.history.reach import led_by, shared_with
from classification.history.reading import history
from classification.history.showing import bars, flags
from classification.method.scale import mark_of
from classification.models import GridAdoption, GridVersion, MonthLevel, SiteLevel
from core.dates import month_ends
from incidents.models import Horizon, Incident
from sites.models import Residence, SharingAgreement
from tests import factories as f
from tests.campaigning import closed, opened
from tests.deciding import decides

CODES = ("WEAPONS", "LITTERING", "NOISE", "PETTY_DEALING")


def ends(months=12):
    return month_ends(timezone.localdate(), months)


@pytest.fixture
def towns(world):
    """Landlords A and B with residences and facts of two years, in the commune of both territories and in one of A's alone."""
    with system_scope("seeding"):
        for which, side in enumerate((world.a, world.b)):
            for number in range(5):
                commune = world.added if number == 4 else world.commune
                home = f.ResidenceFactory(landlord=side.landlord, commune=commune)
                address = f.AddressFactory(residence=home)
                for back in range(20 * number, 700, 23 + 40 * number + which):
                    code = CODES[(number + back) % len(CODES)]
                    f.IncidentFactory(
                        address=address, code=code, day=timezone.localdate() - dt.timedelta(back)
                    )
    evaluate()
    remember_everything()
    return world


def counted(residences, day):
    """How many of the residences had each mark on a day, one engine run for each: 1 to 4, then recording that stopped."""
    found = Counter()
    with system_scope("evaluation"):
        landlords = {
            pk for pk in residences.values_list("landlord", flat=True)
            if Incident.objects.filter(landlord=pk, residence__in=residences, day__lte=day).exists()
        }  # fmt: skip
        for home in residences.filter(landlord__in=landlords):
            found.update(engine.residence_marks(default_grid(), day, [home.pk]).values())
    return [found[mark] for mark in (1, 2, 3, 4, 0)]


def of_lead(person, months=12, **narrowed):
    with acting_as(person) as scope:
        return history(led_by(scope).of(narrowed.get("landlord"), narrowed.get("commune")), months)


def of_territory(side, months=12, **narrowed):
    with acting_as(side.coordinator):
        reach = shared_with(side.territory).of(narrowed.get("landlord"), narrowed.get("commune"))
        return history(reach, months)


def test_a_lead_reads_what_the_method_says_of_each_end_of_month(towns):
    found = of_lead(towns.a.lead, 24)
    mine = Residence.objects.filter(landlord=towns.a.landlord)
    assert [point.day for point in found.points] == [*ends(24), timezone.localdate()]
    assert [point.counts for point in found.points] == [counted(mine, point.day) for point in found.points]
    assert len({tuple(point.counts) for point in found.points}) > 3


def test_a_territory_counts_what_agreements_open_to_it_and_nothing_else(towns):
    for side in (towns.a, towns.b):
        found = of_territory(side)
        shared = Residence.objects.filter(landlord=side.landlord, commune=towns.commune)
        shared |= Residence.objects.filter(landlord=side.landlord, commune__in=side.territory.communes.all())
        assert [point.counts for point in found.points] == [
            counted(shared, point.day) for point in found.points
        ]
    everything = Residence.objects.all()
    assert counted(everything, timezone.localdate()) != of_territory(towns.a).points[-1].counts


def test_landlords_b_c_and_d_are_counted_once_their_agreement_opens_them(towns):
    before = of_territory(towns.a)
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=towns.b.landlord, territory=towns.a.territory)
    after = of_territory(towns.a)
    both = Residence.objects.filter(landlord__in=[towns.a.landlord, towns.b.landlord])
    assert [point.counts for point in after.points] == [counted(both, point.day) for point in after.points]
    assert after.points[-1].total > before.points[-1].total
    with system_scope("seeding"):
        SharingAgreement.objects.filter(territory=towns.a.territory).update(ends_on=timezone.localdate())
    assert of_territory(towns.a).nothing


def test_a_coordinator_of_two_territories_reads_each_alone(towns):
    """Landlord A shares with both, and has a residence in a commune of one alone."""
    with system_scope("seeding"):
        f.MembershipFactory(user=towns.a.coordinator, organisation=towns.b.town, role=Role.COORDINATOR)
        f.SharingAgreementFactory(landlord=towns.a.landlord, territory=towns.b.territory)
    for side, landlords in ((towns.a, [towns.a.landlord]), (towns.b, [towns.a.landlord, towns.b.landlord])):
        with acting_as(towns.a.coordinator):
            found = history(shared_with(side.territory), 12)
        shared = Residence.objects.filter(landlord__in=landlords, commune__in=side.territory.communes.all())
        assert [point.counts for point in found.points] == [
            counted(shared, point.day) for point in found.points
        ]


def test_a_lead_who_coordinates_too_reads_their_own_landlord_alone(towns):
    with system_scope("seeding"):
        f.MembershipFactory(user=towns.a.lead, organisation=towns.b.town, role=Role.COORDINATOR)
    mine = Residence.objects.filter(landlord=towns.a.landlord)
    assert of_lead(towns.a.lead).points[3].counts == counted(mine, ends()[3])


def test_an_agent_sees_no_row(towns):
    with acting_as(towns.a.agent):
        assert MonthLevel.objects.count() == 0


def test_one_commune_and_one_landlord_are_counted_alone(towns):
    mine = Residence.objects.filter(landlord=towns.a.landlord, commune=towns.added)
    found = of_lead(towns.a.lead, commune=towns.added)
    assert [point.counts for point in found.points] == [
        counted_in(mine, towns.a, point.day) for point in found.points
    ]
    assert found.points[-1].total == 1
    assert of_territory(towns.a, landlord=towns.b.landlord).nothing


def counted_in(residences, side, day):
    """The same of a landlord that had recorded facts by then, here or elsewhere."""
    found = Counter()
    with system_scope("evaluation"):
        if Incident.objects.filter(landlord=side.landlord, day__lte=day).exists():
            for home in residences:
                found.update(engine.residence_marks(default_grid(), day, [home.pk]).values())
    return [found[mark] for mark in (1, 2, 3, 4, 0)]


def test_before_its_first_fact_a_landlord_is_not_counted_and_the_page_says_since_when(world):
    with system_scope("seeding"):
        f.IncidentFactory(address=world.a.address, code="NOISE", day=ends()[7] - dt.timedelta(3))
    evaluate()
    remember_everything()
    found = of_lead(world.a.lead)
    assert [point.total for point in found.points] == [0] * 7 + [2] * 6
    assert found.begun == [("Bailleur A", ends()[7])]
    with system_scope("seeding"):
        Incident.objects.filter(landlord=world.a.landlord).delete()
    evaluate()
    with system_scope("evaluation"):
        MonthLevel.objects.update(stale=True)
    remember_everything()
    found = of_lead(world.a.lead)
    assert found.nothing
    assert found.begun == [("Bailleur A", None)]


def test_today_follows_each_record_and_is_the_proposed_level(towns):
    decides(towns.a.lead, towns.a.residence, 4, "Vu sur place.")
    mine = Residence.objects.filter(landlord=towns.a.landlord)
    found = of_lead(towns.a.lead)
    with system_scope("evaluation"):
        sites = SiteLevel.objects.filter(landlord=towns.a.landlord, address=None)
        marks = Counter(mark_of(one.level, silent=one.silent) for one in sites)
        assert sites.filter(retained=4).exists()
    assert found.points[-1].counts == [marks[mark] for mark in (1, 2, 3, 4, 0)]
    assert found.points[-1].counts == counted(mine, timezone.localdate())


def test_a_month_of_which_records_were_erased_does_not_count_their_landlord(towns):
    whole = of_territory(towns.a)
    gone = ends()[2] - dt.timedelta(364)
    with system_scope("retention"):
        Horizon.objects.create(landlord=towns.a.landlord, erased_until=gone)
    found = of_territory(towns.a)
    assert [point.total for point in found.points[:3]] == [0, 0, 0]
    assert found.points[3:] == whole.points[3:]
    assert found.erased == gone
    assert whole.erased is None


def test_closed_campaigns_stand_beside_with_what_was_retained(towns):
    first = closed(towns.a, opened(towns.a, as_of=ends()[4], name="Premier"))
    decides(towns.a.lead, towns.a.residence, 4, "Vu sur place.")
    second = closed(towns.a, opened(towns.a, name="Second"))
    closed(towns.b)
    for found in (of_territory(towns.a), of_lead(towns.a.lead)):
        said = [(one.campaign.name, one.point.day, one.follows) for one in found.diagnoses]
        assert said == [("Premier", ends()[4], False), ("Second", timezone.localdate(), True)]
        with system_scope("evaluation"):
            for one, closing in zip(found.diagnoses, (first, second), strict=True):
                marks = Counter(closing.assessments.values_list("mark", flat=True))
                assert one.point.counts == [marks[mark] for mark in (1, 2, 3, 4, 0)]
        places = flags(found)
        assert [one["label"] for one in places] == ["1", "2"]
        assert [one["at"] for one in places] == [4, 12]
    assert [one.campaign.name for one in of_lead(towns.b.lead).diagnoses] == ["Diagnostic B"]


def test_a_later_version_of_a_campaign_takes_the_place_of_the_first(towns):
    campaign = closed(towns.a).campaign
    decides(towns.a.lead, towns.a.residence, 4, "Vu sur place.")
    again = closed(towns.a, campaign, reason="Décision venue après coup.")
    [one] = of_territory(towns.a).diagnoses
    with system_scope("evaluation"):
        marks = Counter(again.assessments.values_list("mark", flat=True))
    assert one.point.counts == [marks[mark] for mark in (1, 2, 3, 4, 0)]


def test_says_which_grid_counts_and_since_when(towns):
    assert [grid.pk for grid in of_territory(towns.a).grids] == [default_grid().pk]
    with system_scope("seeding"):
        cells = {key: [4, "local"] for key in default_grid().cells}
        grid = GridVersion.objects.create(name="Sévère", cells=cells, thresholds=default_grid().thresholds)
        for side in (towns.a, towns.b):
            GridAdoption.objects.create(
                territory=side.territory, grid_version=grid, starts_on=ends()[10], settled_at=timezone.now()
            )
    evaluate()
    remember_everything()
    for found in (of_territory(towns.a), of_lead(towns.a.lead)):
        assert [one.name for one in found.grids] == ["Sévère"]
        assert {one.starts_on for one in found.adoptions} == {ends()[10]}
    assert [one.territory for one in of_territory(towns.a).adoptions] == [towns.a.territory]


def test_more_residences_landlords_months_and_campaigns_take_no_more_queries(towns):
    def taken(months):
        with acting_as(towns.a.coordinator):
            reach = shared_with(towns.a.territory)
            with CaptureQueriesContext(connection) as queries:
                history(reach, months)
        return len(queries)

    few = taken(12)
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=towns.b.landlord, territory=towns.a.territory)
        f.ResidenceFactory.create_batch(9, landlord=towns.b.landlord, commune=towns.commune)
    evaluate()
    remember_everything()
    for back in (1, 2, 3):
        closed(towns.a, opened(towns.a, as_of=ends()[-back]))
    assert taken(24) == few + 1  # The sites of the campaigns.


def test_months_before_the_first_night_are_not_worked_out_rather_than_without_a_fact(towns):
    with system_scope("evaluation"):
        MonthLevel.objects.all().delete()
    for found in (of_lead(towns.a.lead), of_territory(towns.a)):
        assert found.begun == []
        assert found.waiting == [(["Bailleur A"], tuple(ends()))]
        assert [point.missing for point in found.points] == [("Bailleur A",)] * 12 + [()]
        assert [point.total > 0 for point in found.points] == [False] * 12 + [True]


def test_a_landlord_that_the_night_left_out_is_missing_from_its_month_and_named(towns):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=towns.b.landlord, territory=towns.a.territory)
    whole = of_territory(towns.a)
    assert whole.waiting == []
    with system_scope("evaluation"):
        MonthLevel.objects.filter(landlord=towns.b.landlord, day=ends()[-1]).delete()
    found = of_territory(towns.a)
    assert found.waiting == [(["Bailleur B"], (ends()[-1],))]
    assert found.points[-2].missing == ("Bailleur B",)
    mine = Residence.objects.filter(landlord=towns.a.landlord)
    assert found.points[-2].counts == counted(mine, ends()[-1])
    assert found.points[:-2] + found.points[-1:] == whole.points[:-2] + whole.points[-1:]
    assert found.begun == whole.begun == []
    drawn = [sum(bar["counts"]) for bar in bars(found, by_share=False)]
    assert [total > 0 for total in drawn] == [True] * 11 + [False, True]


def test_a_landlord_heard_long_ago_is_counted_today_before_the_last_month_is_worked_out(towns):
    today = of_lead(towns.a.lead).points[-1]
    with system_scope("evaluation"):
        SiteLevel.objects.filter(landlord=towns.a.landlord).update(last_day=None)
        MonthLevel.objects.filter(day=ends()[-1]).delete()
    found = of_lead(towns.a.lead)
    assert found.points[-1] == today
    assert found.points[-2].missing == ("Bailleur A",)


def test_a_few_sites_added_today_hide_no_month_and_many_do(towns):
    whole = of_lead(towns.a.lead)
    with system_scope("seeding"):
        f.ResidenceFactory.create_batch(4, landlord=towns.a.landlord, commune=towns.commune)
    remember_everything()
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=towns.a.landlord, commune=towns.commune)
    found = of_lead(towns.a.lead)
    assert found.waiting == []
    assert found.stale
    assert not whole.stale
    assert found.points[3].total == whole.points[3].total + 4
    with system_scope("seeding"):
        f.ResidenceFactory.create_batch(3, landlord=towns.a.landlord, commune=towns.commune)
    assert of_lead(towns.a.lead).waiting == [(["Bailleur A"], tuple(ends()))]
    assert of_lead(towns.a.lead, commune=towns.added).waiting == []


def test_a_closed_site_is_awaited_until_it_closes_only(towns):
    with system_scope("seeding"):
        Residence.objects.filter(landlord=towns.a.landlord).update(closed_on=ends()[4])
    with system_scope("evaluation"):
        MonthLevel.objects.filter(landlord=towns.a.landlord).delete()
    assert of_lead(towns.a.lead).waiting == [(["Bailleur A"], tuple(ends()[:4]))]


def test_a_campaign_follows_any_closed_one_of_an_earlier_day(towns):
    closed(towns.a, opened(towns.a, as_of=ends(13)[0], name="Ancienne"))
    closed(towns.a, opened(towns.a, as_of=ends()[4], name="Premier"))
    closed(towns.a, opened(towns.a, as_of=ends()[4], name="Même jour"))
    found = of_territory(towns.a)
    assert [(one.campaign.name, one.follows) for one in found.diagnoses] == [
        ("Premier", True),
        ("Même jour", True),
    ]
    assert [(one.campaign.name, one.follows) for one in of_territory(towns.a, 24).diagnoses] == [
        ("Ancienne", False),
        ("Premier", True),
        ("Même jour", True),
    ]


def test_says_how_many_campaigns_it_leaves_out(towns, monkeypatch):
    closed(towns.b)
    for back in (3, 2, 1):
        closed(towns.a, opened(towns.a, as_of=ends()[-back]))
    assert of_lead(towns.a.lead).left_out == 0
    monkeypatch.setattr(closings, "MOST_CAMPAIGNS", 2)
    for found in (of_lead(towns.a.lead), of_territory(towns.a)):
        assert [one.point.day for one in found.diagnoses] == ends()[-2:]
        assert found.left_out == 1
