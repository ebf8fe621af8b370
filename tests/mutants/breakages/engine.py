"""Breakages of the method: its windows, its grid, its levels."""

from tests.mutants import Mutant

_FIRST, _SQL, _LEVELS, _SILENCE = (
    f"classification/engine/{name}.sql" for name in ("occurrences", "engine", "levels", "silence")
)
_WINDOWS = "tests/classification/test_windows.py"
_ENGINE = "tests/classification/test_engine.py"
_SIMULATED = "tests/classification/grids/test_simulation.py"


def _window(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"windows:{name}", promise, file, old, new, tests or (_WINDOWS,), after)


def _method(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"method:{name}", promise, file, old, new, tests or (_ENGINE,), after)


_CLOSED = "tests/classification/test_engine.py::test_engine_equals_the_oracle"

MUTANTS = (
    _method(
        "closed-residence-counts", "What is recorded at a closed residence counts no more from its closing day on.",
        "classification/engine/__init__.py", "FROM sites_residence WHERE closed_on <= %(closed_by)s",
        "FROM sites_residence WHERE closed_on < %(closed_by)s", _CLOSED,
    ),
    _method(
        "closed-address-counts", "What is recorded at a closed address counts no more in its residence.",
        "classification/engine/__init__.py", "FROM sites_address WHERE closed_on <= %(closed_by)s",
        "FROM sites_address WHERE closed_on < %(closed_by)s - 1", _CLOSED,
    ),
    _method(
        "closed-residence-has-a-level", "A closed residence has no level.", _LEVELS,
        "WHERE (closed_on IS NULL OR closed_on > %(closed_by)s::date) {residence_scope}",
        "WHERE true {residence_scope}", _CLOSED,
        "tests/sites/test_upkeep.py::test_a_closed_residence_has_no_level_and_is_classified_again_once_it_is_open",
    ),
    _window(
        "daily-a-day-longer", "The last 28 days are the day itself and the 27 before it.", _SQL,
        "width_bucket(%(as_of)s::date - %(w_daily)s, days)",
        "width_bucket(%(as_of)s::date - %(w_daily)s - 1, days)",
    ),
    _window(
        "regular-a-day-shorter", "The last 91 days are the day itself and the 90 before it.", _SQL,
        "width_bucket(%(as_of)s::date - %(w_regular)s, days)",
        "width_bucket(%(as_of)s::date - %(w_regular)s + 1, days)",
    ),
    _window(
        "occasional-a-day-longer", "The last 365 days are the day itself and the 364 before it.", _FIRST,
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <=",
        "AND day >= %(as_of)s::date - %(w_occasional)s AND day <=",
    ),
    _window(
        "facts-to-come", "A fact after the day looked back from counts for nothing.", _FIRST,
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date",
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date + 1",
    ),
    _window(
        "span-a-day-longer", "Of a span, the days in the window count, and no more.", _SQL,
        "greatest(day, %(as_of)s::date - %(w_daily)s + 1)", "greatest(day, %(as_of)s::date - %(w_daily)s)",
    ),
    _window(
        "confirmation-a-day-longer", "A confirmation counts for 90 days.", _FIRST,
        "BETWEEN %(as_of)s::date - %(confirmation_days)s AND", "BETWEEN %(as_of)s::date - %(confirmation_days)s - 1 AND",
    ),
    _window(
        "observation-after-its-end", "An observation counts until its last day.", _FIRST,
        "ended_on >= %(as_of)s::date)", "ended_on >= %(as_of)s::date - 1)",
    ),
    _window(
        "disruption-a-day-longer", "A disruption counts until 90 days after its last.",
        "classification/engine/disruptions.sql", "ends_on + %(disruption_days)s - 1 AS counts_until",
        "ends_on + %(disruption_days)s AS counts_until",
    ),
    _window(
        "silence-a-day-early", "Recording has stopped when the window of regular is empty.", _SILENCE,
        "HAVING max(least(until, %(as_of)s::date)) <= %(as_of)s::date - %(w_regular)s",
        "HAVING max(least(until, %(as_of)s::date)) <= %(as_of)s::date - %(w_regular)s + 1", "tests/classification/test_engine.py::test_a_fact_too_rare_to_count_is_recording_all_the_same",
    ),
    _window(
        "silence-of-a-longer-year", "Recording was regular by the year up to the last fact.", _SILENCE,
        "last_day - %(w_occasional)s + 1)", "last_day - %(w_occasional)s)",
    ),
    _window(
        "to-confirm-a-day-early", "A lead is asked to confirm after 60 days.", "incidents/ongoing/services.py",
        "LAPSING_DAYS = 60", "LAPSING_DAYS = 59",
    ),
    _window(
        "map-a-day-longer", "A period of the map starts with its first day.", "classification/map/filters.py",
        'today - dt.timedelta(int(data["period"]) - 1)', 'today - dt.timedelta(int(data["period"]))',
    ),
    _window(
        "evidence-a-day-longer", "The page counts the facts of the window that made the frequency.",
        "classification/residence/evidence.py", "dt.timedelta(w.days - 1)", "dt.timedelta(w.days)",
    ),
    _window(
        "lapsed-a-day-early", "The page of a residence says when an observation stopped counting.",
        "classification/residence/sheet.py", "until < whole.site.as_of", "until <= whole.site.as_of",
    ),
    _method(
        "reports-for-days", "Five reports of one night are one occurrence.", _FIRST,
        "array_agg(DISTINCT day) AS days", "array_agg(day ORDER BY day) AS days",
    ),
    _method(
        "cancelled-facts", "A cancelled fact counts for nothing.", _FIRST,
        "WHERE span_end IS NULL AND cancelled_at IS NULL\n", "WHERE span_end IS NULL\n",
    ),
    _method(
        "more-than-the-days-of-a-span", "Facts of a span make no more occurrences than it has days.", _FIRST,
        "least(count(*), span_end - day + 1) AS occurrences", "count(*) AS occurrences",
    ),
    _method(
        "half-rounded-down", "The part of a span in a window is rounded half up.", _SQL,
        "+ 1) + length) / (2 * length))::int AS in_daily", "+ 1) + length - 1) / (2 * length))::int AS in_daily",
        _WINDOWS, _ENGINE,
    ),
    _method(
        "observation-lowers", "The frequency is the higher of counted and observed.", _SQL,
        "greatest(observed, CASE", "coalesce(observed, CASE", "tests/classification/test_engine.py::test_an_observation_takes_nothing_from_what_was_counted",
    ),
    _method(
        "threshold-to-exceed", "A frequency holds from its number of occurrences on.", _SQL,
        "in_daily >= %(t_daily)s", "in_daily > %(t_daily)s", "tests/classification/test_windows.py::test_the_page_counts_the_facts_of_the_window_that_made_the_frequency",
    ),
    _method(
        "stairwells-apart", "A residence pools the days of all its addresses.", _FIRST,
        "GROUP BY GROUPING SETS ((residence_id, fact_type_id, address_id), (residence_id, fact_type_id))\n"
        "    HAVING GROUPING(address_id) = 1 OR address_id IS NOT NULL\n), spans",
        "GROUP BY residence_id, fact_type_id, address_id\n), spans",
    ),
    _method(
        "lowest-of-the-types", "A level is the highest among the fact types.", "classification/engine/facts.sql",
        "max(level) AS level", "min(level) AS level",
    ),
    _method(
        "facts-alone", "The proposed level is the higher of the two tables.", _LEVELS,
        "greatest(1, f.level, i.level) AS level", "greatest(1, f.level) AS level",
    ),
    _method(
        "daily-disruption", "A disruption that recurs daily is extreme.", "classification/engine/disruptions.sql",
        " OR recurs_daily", "", "tests/classification/test_engine.py::test_a_disruption_gives_the_level_of_table_1",
    ),
    _method(
        "presence-alone", "A disruption of the staff's presence is extreme only where presence is impossible.",
        "classification/engine/disruptions.sql", " OR recurs_daily", " OR recurs_daily OR service = 'staff_presence'",
        "tests/classification/test_disruptions.py",
    ),
    _method(
        "impossible-presence", "Presence impossible at certain hours is extreme.",
        "classification/engine/disruptions.sql", "IN ('total', 'impossible')", "IN ('total')",
        "tests/classification/test_disruptions.py",
    ),
    _method(
        "main-nature-of-facts", "What gives a level of table 1 alone is a disruption.",
        "classification/residence/snapshot.py", "if impact_level > facts_level:", "if False:",
        "tests/partners/test_main_nature.py",
    ),
    _method(
        "foreseen-and-kept", "What is only shown before it is saved is taken back.", "sites/foreseen.py",
        "transaction.set_rollback(True)", "pass", "tests/incidents/test_foreseen.py",
    ),
    _method(
        "agreed-to-anything", "What a person agreed to is the change of level that they were shown.",
        "incidents/foreseen.py", "request.POST.get(AGREED) != key_of(moves, sealed)", "AGREED not in request.POST",
        "tests/incidents/test_foreseen.py",
    ),
    _method(
        "silent-shown-as-quiet", "A place whose recording stopped is never shown as quiet.",
        "classification/migrations/0007_places_that_stopped.py", "then=models.Value(0)", "then=models.Value(1)",
        "tests/partners/test_stopped_recording.py",
    ),
    _method(
        "before-without-disruptions", "The level before recording stopped is the higher of both tables.",
        _SILENCE, "SELECT max(d.level) FROM", "SELECT min(1) FROM",
        "tests/classification/test_engine.py::test_the_level_before_recording_stopped_is_the_higher_of_both_tables_that_day",
    ),
    _method(
        "before-today", "The level before recording stopped is that of the day of the last fact.",
        "classification/engine/__init__.py", '"gone.stopped_on"', '"%(as_of)s::date"',
    ),
    _method(
        "observed-and-silent", "A place with an observation in force is not silent.", _SILENCE,
        "WHERE NOT observed AND (last_day", "WHERE (last_day",
    ),
    _method(
        "cell-of-the-guide", "The grid is the completion of the guide's worked example.",
        "classification/method/grid.py", "Level(min(max(g + f - 2, 1), 4))", "Level(min(max(g + f - 3, 1), 4))",
        "tests/classification/test_grid.py",
    ),
    _method(
        "grid-that-falls", "A grid in which a graver fact gives a lower level is refused.",
        "classification/method/grid.py", "self._refuse_falling_levels()", "pass",
        "tests/classification/test_grid.py", after="def __post_init__(self) -> None:\n        missing",
    ),
    _method(
        "simulated-window", "A simulation counts the days of its own longest window.", "classification/grids/stored.sql",
        "ELSE days[width_bucket(%(as_of)s::date - %(w_occasional)s, days) + 1:] END AS days", "ELSE days END AS days",
        _SIMULATED,
    ),
    _method(
        "simulated-without-observations", "A simulation knows what was observed.", "classification/grids/stored.sql",
        "WHERE observed IS NOT NULL", "WHERE false", _SIMULATED,
    ),
    _method(
        "simulated-without-table-1", "A simulation keeps the level of table 1.", "classification/grids/simulation.py",
        "WHERE impact_level > 1", "WHERE false", _SIMULATED,
    ),
    _method(
        "simulated-beyond-the-stored", "What the stored days do not hold is read from the records.",
        "classification/grids/simulation.py", "if not suffices(version, on.versions):", "if False:", _SIMULATED,
    ),
    _method(
        "simulated-of-another-day", "A level of another day is not compared.", "classification/grids/moved.sql",
        "WHERE s.as_of = %(as_of)s AND s.level", "WHERE s.level", _SIMULATED,
    ),
    _method(
        "grid-of-another-territory", "A territory is classified with the grid it adopted.",
        "classification/engine/services.py", "if not GridAdoption.objects.exists():", "if True:",
        "tests/classification/test_grid.py",
    ),
    _method(
        "levels-left-behind", "A record's levels change in its own transaction.", "incidents/changes.py",
        "        listener(residence_ids, since=since)", "        pass", "tests/incidents/test_facts_entry.py",
    ),
    _method(
        "left-residence-forgotten", "A fact that moves changes the levels of both residences.",
        "incidents/facts/services.py", "records_changed(sorted({before, incident.residence_id}))",
        "records_changed([incident.residence_id])", "tests/incidents/test_facts_entry.py::test_moving_a_fact_reevaluates_both_residences",
    ),
    _method(
        "list-searched-through", "A list of residences is looked up by hash, not searched for every fact.",
        "classification/engine/__init__.py", "= ANY(%(residences)s::bigint[])", "= ANY(%(residences)s)",
        "tests/core/test_plans.py::test_a_list_of_residences_is_looked_up_by_hash",
    ),
)  # fmt: skip
