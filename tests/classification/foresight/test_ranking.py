"""Rankings: tried on the past without looking ahead, told only where they beat last year's counts, to whom they are about.

The trial is computed a second time here, slowly and obviously, with lists instead of arrays.
"""

import datetime as dt
import math
import re
from fractions import Fraction

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.foresight import ranked
from classification.foresight.ranking import DECAYS, Known, Trial, tried
from classification.models import Ranking, RankingState, SignalKind, SiteLevel
from config.settings import celery
from incidents.models import FactType, Horizon, Incident
from sites.models import SharingAgreement
from tests import factories as f
from tests.classification.foresight.test_watch_page import LIST
from tests.watching import watched

SITES, QUARTERS = 40, 14
NOBODY = np.empty((0, 2), dtype=int)


def _steady():
    """Forty places, each with as many days all along: last year's counts foretell all there is to know."""
    return [[1 + place // 2] * QUARTERS for place in range(SITES)]


def _moving():
    """Trouble jumps every third quarter from ten places to the next ten: what is recent says more than the year."""
    return [
        [
            12 + place % 10 if (quarter // 3) % 4 == place // 10 else 1 + (place % 3)
            for quarter in range(QUARTERS)
        ]
        for place in range(SITES)
    ]


# The slow way: every formula written out.


def _shrunk(past, decay):
    weights = [decay ** (len(past[0]) - 1 - quarter) for quarter in range(len(past[0]))]
    exposure = sum(weights)
    facts = [sum(w * n for w, n in zip(weights, row, strict=True)) for row in past]
    rates = [one / exposure for one in facts]
    mean = sum(rates) / len(rates)
    variance = sum((rate - mean) ** 2 for rate in rates) / len(rates)
    by_chance = mean * sum(w * w for w in weights) / exposure**2
    strength = mean / max(variance - by_chance, 1e-9)
    # Without neighbours the prior is the mean of all.
    return [(one + strength * mean) / (exposure + strength) for one in facts]


def _first(values):
    # Rounded: sums of floats in another order differ in the last digit, which would break ties.
    return sorted(range(len(values)), key=lambda place: (-round(values[place], 9), place))[:10]


def _decay(past):
    def caught(decay):
        total = 0
        for quarter in range(max(1, len(past[0]) - 4), len(past[0])):
            chosen = _first(_shrunk([row[:quarter] for row in past], decay))
            total += sum(past[place][quarter] for place in chosen)
        return total

    return max(DECAYS, key=caught)


def _oracle(table):
    by_ranking, by_counts = [], []
    for origin in range(max(4, QUARTERS - 12), QUARTERS):
        past = [row[:origin] for row in table]
        now = [row[origin] for row in table]
        tenth = sorted(now, reverse=True)[9]
        worst = {place for place in range(len(table)) if now[place] > 0 and now[place] >= tenth}
        by_ranking.append(len(worst & set(_first(_shrunk(past, _decay(past))))))
        by_counts.append(len(worst & set(_first([sum(row[-4:]) for row in past]))))
    return by_ranking, by_counts


def _known(table, known=lambda _place, quarter: quarter):
    rows = [(p, q, known(p, q), n) for p, row in enumerate(table) for q, n in enumerate(row) if n]
    place, quarter, when, days = np.array(rows).T
    return Known(len(table), len(table[0]), place, quarter, when, days)


@pytest.mark.parametrize("make", [_steady, _moving])
def test_the_trial_is_what_the_slow_way_finds(make):
    found = tried(_known(make()), NOBODY)
    assert (found.by_ranking, found.by_counts) == _oracle(make())


def test_it_beats_where_trouble_moves_and_not_where_nothing_changes():
    assert tried(_known(_moving()), NOBODY).beats
    steady = tried(_known(_steady()), NOBODY)
    assert not steady.beats
    assert steady.by_ranking == steady.by_counts


def _chance(better, decided):
    return sum(Fraction(math.comb(decided, k), 2**decided) for k in range(better, decided + 1))


@pytest.mark.parametrize(
    ("ranking", "counts", "beats"),
    [
        ([6] * 7 + [5], [5] * 7 + [6], True),
        ([6] * 6 + [5] * 2, [5] * 6 + [6] * 2, False),
        ([6] * 5 + [5] * 5, [5] * 10, True),
        ([6] * 4 + [5] * 6, [5] * 10, False),
        ([6] * 7 + [0], [5] * 7 + [9], False),
        ([6] * 7, [5] * 7, False),
        ([], [], False),
    ],
)
def test_a_margin_that_chance_explains_is_none(ranking, counts, beats):
    """Better quarters against worse ones, sign test at 5 %; in sum as well; over eight quarters at least."""
    assert Trial(ranking, counts).beats is beats
    better = sum(a > b for a, b in zip(ranking, counts, strict=True))
    worse = sum(a < b for a, b in zip(ranking, counts, strict=True))
    by_chance = _chance(better, better + worse) <= Fraction(1, 20)
    assert beats == (by_chance and sum(ranking) > sum(counts) and len(ranking) >= 8)


def test_what_happens_after_an_origin_changes_nothing_that_was_foretold_before_it():
    table = _moving()
    before = tried(_known(table), NOBODY)
    table[35][-1] = 500
    after = tried(_known(table), NOBODY)
    assert after.by_ranking[:-1] == before.by_ranking[:-1]
    assert after.by_counts[:-1] == before.by_counts[:-1]
    assert _known(table).before(QUARTERS - 1).tolist() == _known(_moving()).before(QUARTERS - 1).tolist()


def test_what_was_entered_after_an_origin_is_not_known_at_it():
    late = _known([[3, 4], [1, 1]], known=lambda place, quarter: 1 if place == 0 else quarter)
    assert late.before(1).tolist() == [[0.0], [1.0]]
    assert late.before(2).tolist() == [[3.0, 4.0], [1.0, 1.0]]
    assert late.of(0).tolist() == [3.0, 1.0]


def _plant(side, commune, table, *, back=0):
    """Plant residences with so many days with facts in each of the last quarters, entered on their day; return them."""
    last = timezone.localdate() - dt.timedelta(1 + back)
    types = {kind.code: kind for kind in FactType.objects.all()}
    with system_scope("seeding"):
        made = []
        for number in range(len(table)):
            residence = f.ResidenceFactory(landlord=side.landlord, commune=commune, name=f"Site {number:02}")
            # No two are neighbours.
            made.append((residence, f.AddressFactory(residence=residence, latitude=40 + number / 10)))
        facts = []
        for (residence, address), row in zip(made, table, strict=True):
            for quarter, days in enumerate(row):
                newest = last - dt.timedelta(91 * (len(row) - 1 - quarter))
                for number in range(days):
                    day = newest - dt.timedelta(number)
                    facts.append(_fact(side, residence, address, types["NOISE"], day))
        # The first day of the first quarter: from then on the landlord records.
        facts.append(_fact(side, *made[0], types["TAGS"], last - dt.timedelta(91 * len(table[0]) - 1)))
        Incident.objects.bulk_create(facts)
    evaluate([residence.pk for residence, _address in made])
    return [residence for residence, _address in made]


def _fact(side, residence, address, kind, day):
    entered = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    return Incident(
        landlord=side.landlord, commune_id=residence.commune_id, residence=residence, address=address, fact_type=kind, day=day,
        created_at=entered,
    )  # fmt: skip


def _table(table):
    """The planted table as the night reads it: the fact that begins the records is one day more."""
    return [[n + (1 if (p, q) == (0, 0) else 0) for q, n in enumerate(row)] for p, row in enumerate(table)]


def _only_theirs(side):
    """Take away what the world planted of a landlord, whose few facts of this week belong to no table."""
    with system_scope("evaluation"):
        SiteLevel.objects.filter(landlord=side.landlord).delete()


def _ranking(**owner):
    with system_scope("evaluation"):
        return Ranking.objects.get(**owner)


def _page(client):
    return re.sub(r"\s+", " ", client.get(LIST).text.replace("\N{NO-BREAK SPACE}", " "))


def test_where_it_beats_last_years_counts_it_is_told_with_its_figures(world, sign_in):
    _only_theirs(world.a)
    made = _plant(world.a, world.commune, _moving())
    ranked.rank(landlord_id=world.a.landlord.pk)
    by_ranking, by_counts = _oracle(_table(_moving()))
    found = _ranking(landlord=world.a.landlord)
    assert (found.state, found.figures) == (
        RankingState.BETTER,
        {
            "quarters": QUARTERS, "places": SITES, "tried": len(by_ranking), "ranking": sum(by_ranking),
            "counts": sum(by_counts),
        },
    )  # fmt: skip
    rates = _shrunk(_table(_moving()), _decay(_table(_moving())))
    first = _first(rates)
    assert [(one["residence"], one["expected"], one["year"]) for one in found.sites] == [
        (made[place].pk, round(rates[place], 1), sum(_moving()[place][-4:])) for place in first
    ]
    page = _page(sign_in(world.a.lead))
    mean = [f"{sum(hits) / len(hits):.1f}".replace(".", ",") for hits in (by_ranking, by_counts)]
    assert (
        f"en moyenne {mean[0]} de ses 10 premiers sites étaient parmi les 10 pires du trimestre suivant ; les seuls comptes de"
        f" l’année passée en donnaient {mean[1]}."
    ) in page
    names = re.findall(
        r"<td role=\"cell\">\d+</td> <th scope=\"row\" role=\"rowheader\"><a href=\"[^\"]+\">(Site \d\d)</a>",
        page,
    )
    assert names == [f"Site {place:02}" for place in first]
    assert "cela ne dit rien de personne" in page


def test_where_it_does_not_nothing_is_ranked_and_both_figures_are_told(world, sign_in):
    _only_theirs(world.a)
    _plant(world.a, world.commune, _steady())
    ranked.rank(landlord_id=world.a.landlord.pk)
    by_ranking, by_counts = _oracle(_table(_steady()))
    found = _ranking(landlord=world.a.landlord)
    assert (found.state, found.sites) == (RankingState.NO_BETTER, [])
    assert (found.figures["ranking"], found.figures["counts"]) == (sum(by_ranking), sum(by_counts))
    page = _page(sign_in(world.a.lead))
    assert "n’a pas fait mieux, au-delà du hasard, que les comptes de l’année passée" in page
    assert "Rien n’est donc classé" in page
    assert "Jours avec faits attendus" not in page


def test_one_too_young_says_so(world, sign_in):
    ranked.rank(landlord_id=world.a.landlord.pk)
    found = _ranking(landlord=world.a.landlord)
    assert (found.state, found.sites, "ranking" in found.figures) == (RankingState.YOUNG, [], False)
    page = _page(sign_in(world.a.lead))
    assert "trimestres entiers de saisie : 0 sur les 12 nécessaires" in page
    assert "Rien n’est classé" in page


def test_among_few_places_nothing_is_ranked(world, sign_in):
    _only_theirs(world.a)
    _plant(world.a, world.commune, _moving()[:29])
    ranked.rank(landlord_id=world.a.landlord.pk)
    found = _ranking(landlord=world.a.landlord)
    assert (found.state, found.figures) == (RankingState.YOUNG, {"quarters": QUARTERS, "places": 29})
    assert "29 sites avec des faits en un an, sur les 30 nécessaires" in _page(sign_in(world.a.lead))


def test_neighbours_are_those_with_a_point_near_each_other():
    places = [
        ranked.Place(pk, 1, 1, *at)
        for pk, at in enumerate([(None, None), (2.35, 48.85), (2.35, 48.8508), (2.35, 49.0), (None, None)])
    ]
    assert ranked._pairs(places).tolist() == [[1, 2]]
    assert ranked._pairs(places[:2]).tolist() == []


def test_facts_of_today_and_late_entries_are_not_known_at_an_origin(world):
    _only_theirs(world.a)
    made = _plant(world.a, world.commune, _moving())
    today = timezone.localdate()
    with system_scope("evaluation"):
        places = ranked._places(world.a.landlord.pk, None)
        before = ranked.known_of(places, today)
    kind = FactType.objects.get(code="TAGS")
    old = today - dt.timedelta(91 * 5)
    with system_scope("seeding"):
        address = made[7].addresses.get()
        late = _fact(world.a, made[7], address, kind, old)
        late.created_at = timezone.now()
        now = _fact(world.a, made[7], address, kind, today)
        brought = _fact(world.a, made[8], made[8].addresses.get(), kind, old)
        brought.created_at, brought.external_source, brought.external_id = (
            timezone.now(),
            "main courante",
            "1",
        )
        Incident.objects.bulk_create([late, now, brought])
    with system_scope("evaluation"):
        after = ranked.known_of(places, today)
    quarter = QUARTERS - 1 - (91 * 5 - 1) // 91
    numbers = {one.residence_id: number for number, one in enumerate(places)}
    changed = {
        tuple(cell)
        for cell in np.argwhere(after.before(QUARTERS - 1) != before.before(QUARTERS - 1)).tolist()
    }
    assert changed == {(numbers[made[8].pk], quarter)}
    assert (after.of(quarter) - before.of(quarter)).sum() == 2
    assert (after.of(QUARTERS - 1) == before.of(QUARTERS - 1)).all()


def test_a_place_where_recording_fell_is_marked(world, sign_in):
    _only_theirs(world.a)
    made = {one.pk: one for one in _plant(world.a, world.commune, _moving())}
    ranked.rank(landlord_id=world.a.landlord.pk)
    first, second, *_rest = (made[site["residence"]] for site in _ranking(landlord=world.a.landlord).sites)
    client = sign_in(world.a.lead)
    assert "le rang peut être trop bas" not in _page(client)
    watched(world.a, first)
    watched(world.a, second, SignalKind.RISE, now=16, before=4, z=4.0, most=12.2)
    assert _page(client).count("Saisie en forte baisse : le rang peut être trop bas") == 1


def test_a_lead_is_told_of_her_stock_and_a_coordinator_of_what_is_shared(world, sign_in):
    _only_theirs(world.a)
    for side in (world.a, world.b):
        _plant(side, world.commune, _moving())
    ranked.rank_everything()
    with acting_as(world.a.lead):
        assert [(one.landlord_id, one.territory_id) for one in Ranking.objects.all()] == [
            (world.a.landlord.pk, None)
        ]
    with acting_as(world.a.coordinator):
        assert [(one.landlord_id, one.territory_id) for one in Ranking.objects.all()] == [
            (None, world.a.territory.pk)
        ]
        assert {tuple(pair) for one in Ranking.objects.all() for pair in one.pairs} == {
            (world.a.landlord.pk, world.commune.pk)
        }
    for nobody in (world.a.agent, world.a.partner, world.admin, world.dpo, world.stranger):
        with acting_as(nobody):
            assert not Ranking.objects.exists()
    page = _page(sign_in(world.a.coordinator))
    assert "Classement pour le trimestre à venir – CLSPD A" in page
    assert "Bailleur B" not in page


def test_a_landlord_that_recorded_nothing_at_its_shared_places_hinders_no_other(world):
    _only_theirs(world.a)
    planted = _plant(world.a, world.commune, _moving())
    with system_scope("seeding"):
        quiet = f.SharingAgreementFactory(territory=world.a.territory).landlord
        place = f.ResidenceFactory(landlord=quiet, commune=world.commune)
        f.AddressFactory(residence=place)
    evaluate([place.pk])
    ranked.rank_everything()
    found = _ranking(territory=world.a.territory)
    assert (found.state, found.figures["quarters"]) == (RankingState.BETTER, len(_moving()[0]))
    assert {one["residence"] for one in found.sites} <= {one.pk for one in planted}


def test_quarters_of_which_records_were_erased_are_none(world):
    _only_theirs(world.a)
    _plant(world.a, world.commune, _moving())
    today = timezone.localdate()
    with system_scope("retention"):
        Horizon.objects.create(landlord=world.a.landlord, erased_until=today - dt.timedelta(1 + 91 * 6 + 3))
    ranked.rank_everything()
    found = _ranking(landlord=world.a.landlord)
    assert (found.state, found.figures["quarters"]) == (RankingState.YOUNG, 6)


def test_an_agreement_that_ends_closes_the_ranking_of_the_territory_at_once(world, sign_in):
    _only_theirs(world.a)
    _plant(world.a, world.commune, _moving())
    ranked.rank_everything()
    client = sign_in(world.a.coordinator)
    assert "Classement pour le trimestre à venir" in _page(client)
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=timezone.localdate())
    assert "Classement pour le trimestre à venir" not in _page(client)
    with acting_as(world.a.coordinator):
        assert not Ranking.objects.exists()


def test_nobody_but_the_evaluation_writes_rankings(world):
    ranked.rank(landlord_id=world.a.landlord.pk)
    with acting_as(world.a.lead):
        assert Ranking.objects.all().delete()[0] == 0
        assert Ranking.objects.count() == 1


def test_what_a_coordinator_reads_in_a_ranking_is_in_the_landlords_journal(world, sign_in):
    _only_theirs(world.a)
    made = {one.pk: one.name for one in _plant(world.a, world.commune, _moving())}
    ranked.rank_everything()
    sign_in(world.a.coordinator).get(LIST)
    told = {made[site["residence"]] for site in _ranking(territory=world.a.territory).sites}
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="classification.watch", action="read")
        assert [name for name in sorted(told) if name not in entry.places] == []


def test_one_that_fails_keeps_what_it_had_and_stops_no_other(world, monkeypatch):
    real = ranked.known_of

    def failing(places, as_of):
        if {one.landlord_id for one in places} == {world.a.landlord.pk}:
            message = "no"
            raise RuntimeError(message)
        return real(places, as_of)

    ranked.rank(landlord_id=world.a.landlord.pk)
    monkeypatch.setattr(ranked, "known_of", failing)
    with pytest.raises(ranked.RankingIncompleteError):
        ranked.rank_everything()
    assert _ranking(landlord=world.a.landlord).state == RankingState.YOUNG
    assert _ranking(landlord=world.b.landlord).state == RankingState.YOUNG


def test_the_queries_do_not_grow_with_the_places(world, sign_in):
    _only_theirs(world.a)
    client = sign_in(world.a.lead)
    ranked.rank(landlord_id=world.a.landlord.pk)
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    _plant(world.a, world.commune, _moving())
    ranked.rank(landlord_id=world.a.landlord.pk)
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    # The places of a ranking that is told are one statement.
    assert len(many) <= len(few) + 1


def test_it_runs_after_the_reasons_to_watch():
    jobs = celery.CELERY_BEAT_SCHEDULE
    assert jobs["rank"]["task"] == "classification.foresight.tasks.rank_all"
    assert min(jobs["rank"]["schedule"].hour) > min(jobs["watch"]["schedule"].hour)
