"""Breakages of what is told to watch: its measures, its rules, what is put to rest."""

from tests.mutants import Mutant


def _watch(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(f"foresight:{name}", promise, file, old, new, (test,))


_HERE = "classification/foresight"
_TESTS = "tests/classification/foresight"
_RULES, _RULED = f"{_HERE}/rules.py", f"{_TESTS}/test_rules.py"
_MEASURED, _RESTS = f"{_TESTS}/test_measures.py", f"{_TESTS}/test_rests.py"
_TIPS = f"{_TESTS}/test_tipping.py"
_RANKING, _RANKED = f"{_HERE}/ranking.py", f"{_TESTS}/test_ranking.py"
_RANKING_SQL = "classification/policies/0017_rankings.sql"
_LAYER, _LAYERED = "classification/map/hot_spots.py", "tests/classification/test_map_hot_spots.py"

MUTANTS = (
    _watch(
        "without-a-floor",
        "A week after seven alike is not infinitely surprising.",
        f"{_HERE}/measures.py",
        "LEAST_SPREAD = 0.5",
        "LEAST_SPREAD = 0.001",
        f"{_MEASURED}::test_a_series_without_any_spread_has_a_floor",
    ),
    _watch(
        "closed-interval",
        "Facts δ metres apart are not near each other.",
        f"{_HERE}/spatial.py",
        "apart < radius",
        "apart <= radius",
        f"{_MEASURED}::test_knox_leaves_out_the_ends_of_its_intervals",
    ),
    _watch(
        "few-facts",
        "A handful of facts is no rise.",
        _RULES,
        "if before + now >= LEAST",
        "if before + now >= 1",
        f"{_RULED}::test_few_facts_are_no_rise",
    ),
    _watch(
        "just-begun",
        "A landlord that has just begun to record has not risen.",
        _RULES,
        "found.heard_for < WEEKS * WEEK",
        "found.heard_for < 0",
        f"{_RULED}::test_a_landlord_that_has_just_begun_to_record_has_not_risen",
    ),
    _watch(
        "lucky",
        "Of many tests, the lucky ones are not told.",
        f"{_HERE}/measures.py",
        "bool(one < doubt) for one in scipy.stats.false_discovery_control(list(chances))",
        "bool(one < doubt) for one in chances",
        f"{_MEASURED}::test_of_many_tests_a_lucky_one_is_not_told",
    ),
    _watch(
        "next-commune",
        "What is told of a place is not about facts of a commune that no agreement opens.",
        _RULES,
        "_APART = 100_000_000.0",
        "_APART = 0.0",
        f"{_RULED}::test_what_is_told_of_a_commune_is_not_about_facts_of_the_next",
    ),
    _watch(
        "silent-twice",
        "A place whose recording stopped is not told a second time.",
        _RULES,
        "pk not in found.silent and ",
        "",
        f"{_RULED}::test_a_silent_place_has_its_own_mark",
    ),
    _watch(
        "for-ever",
        "A residence at rest is watched again after its day.",
        f"{_HERE}/services.py",
        "Q(ended_at=None, until__gte=today or timezone.localdate())",
        "Q(ended_at=None)",
        f"{_RESTS}::test_after_its_day_the_residence_is_watched_again_and_can_be_put_to_rest_anew",
    ),
    _watch(
        "standing-window",
        "What leaves the window does not count towards the next level.",
        f"{_HERE}/tipping.py",
        "first = last - dt.timedelta(length - 1)",
        "first = last - dt.timedelta(length)",
        f"{_TIPS}::test_what_leaves_the_window_does_not_count_any_more",
    ),
    _watch(
        "layer-for-agents",
        "An agent is offered no layer of hot spots, nor answered one.",
        _LAYER,
        "return scope.has(Role.LEAD, Role.COORDINATOR)",
        "return True",
        f"{_LAYERED}::test_who_is_shown_it_is_who_is_shown_it_on_the_list",
    ),
    _watch(
        "layer-of-all-reasons",
        "The layer shows hot spots, and no other reason to watch.",
        _LAYER,
        "Q(residence__signals__kind=SignalKind.HOT)",
        "Q(residence__signals__kind__isnull=False)",
        f"{_LAYERED}::test_other_reasons_are_no_hot_spots",
    ),
    _watch(
        "layer-without-rest",
        "What a team puts to rest is not drawn for it.",
        _LAYER,
        "places.filter(_HOT, ~resting, ",
        "places.filter(_HOT, ",
        f"{_LAYERED}::test_a_residence_at_rest_is_left_out_for_the_team_that_put_it_to_rest",
    ),
    _watch(
        "layer-without-filters",
        "The layer follows the filters and the rectangle of the map.",
        _LAYER,
        'filter(residence__in=sites.order_by().values("residence"), address=None)',
        "filter(address=None)",
        f"{_LAYERED}::test_it_follows_the_rectangle_and_the_filters",
    ),
    _watch(
        "layer-always",
        "The map asks for hot spots only while their layer is on.",
        "classification/map/views.py",
        'hot = asked.cleaned_data["regroupements"] and',
        "hot =",
        f"{_LAYERED}::test_off_it_asks_nothing_more_and_on_one_statement_however_many_there_are",
    ),
    _watch(
        "layer-unsaid",
        "A coordinator who switches the layer on is in the landlords' journal.",
        "classification/map/views.py",
        ' or (hot and not noted.get("hot"))',
        "",
        f"{_LAYERED}::test_a_coordinator_who_switches_it_on_is_in_the_landlords_journal",
    ),
    _watch(
        "ranking-looks-ahead",
        "What happens after an origin changes nothing of what was foretold at it.",
        _RANKING,
        "(self.quarter < origin) & (self.known < origin), origin)",
        "(self.quarter < origin), origin)",
        f"{_RANKED}::test_what_was_entered_after_an_origin_is_not_known_at_it",
    ),
    _watch(
        "ranking-by-luck",
        "A margin that chance explains is none.",
        _RANKING,
        "better - 1, better + worse, 0.5)) <= DOUBT",
        "better - 1, better + worse, 0.5)) <= 0.5",
        f"{_RANKED}::test_a_margin_that_chance_explains_is_none",
    ),
    _watch(
        "ranking-no-better",
        "Where a ranking did not beat last year's counts, nothing is ranked.",
        f"{_HERE}/ranked.py",
        "if not trial.beats:",
        "if not trial.by_ranking:",
        f"{_RANKED}::test_where_it_does_not_nothing_is_ranked_and_both_figures_are_told",
    ),
    _watch(
        "ranking-young",
        "Without twelve quarters nothing is tried.",
        f"{_HERE}/ranked.py",
        'if known.quarters < YEAR + LEAST_TRIED or figures["places"] < LEAST_PLACES:',
        "if known.quarters < YEAR + LEAST_TRIED:",
        f"{_RANKED}::test_among_few_places_nothing_is_ranked",
    ),
    _watch(
        "ranking-entered-late",
        "A fact entered by hand is known on the day of its entry.",
        f"{_HERE}/ranked.py",
        "greatest(i.day, i.created_at::date) ELSE",
        "i.day ELSE",
        f"{_RANKED}::test_facts_of_today_and_late_entries_are_not_known_at_an_origin",
    ),
    _watch(
        "ranking-of-today",
        "A quarter ends the day before.",
        f"{_HERE}/ranked.py",
        "last = as_of - dt.timedelta(1)",
        "last = as_of",
        f"{_RANKED}::test_facts_of_today_and_late_entries_are_not_known_at_an_origin",
    ),
    _watch(
        "ranking-unmarked",
        "A place where recording fell is marked in a ranking.",
        f"{_HERE}/ranked_reading.py",
        'filter(residence=OuterRef("residence"), kind=SignalKind.FADING)',
        'filter(residence=OuterRef("residence"), kind=SignalKind.NEAR)',
        f"{_RANKED}::test_a_place_where_recording_fell_is_marked",
    ),
    _watch(
        "ranking-after-an-agreement",
        "A territory's ranking is closed when any part of it is shared no more.",
        _RANKING_SQL,
        "NOT IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s))",
        "IN (SELECT 0::bigint, 0::bigint))",
        f"{_RANKED}::test_an_agreement_that_ends_closes_the_ranking_of_the_territory_at_once",
    ),
    _watch(
        "ranking-of-others",
        "A lead reads the ranking of her own stock alone.",
        _RANKING_SQL,
        "landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (territory_id",
        "landlord_id IS NOT NULL OR (territory_id",
        f"{_RANKED}::test_a_lead_is_told_of_her_stock_and_a_coordinator_of_what_is_shared",
    ),
)
