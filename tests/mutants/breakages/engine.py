"""Breakages of the method: its windows, its grid, its levels."""

from tests.mutants import Mutant

_SQL, _LEVELS, _SILENCE = (f"classification/engine/{name}.sql" for name in ("engine", "levels", "silence"))
_WINDOWS = "tests/classification/test_windows.py"
_ENGINE = "tests/classification/test_engine.py"


def _window(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"windows:{name}", promise, file, old, new, tests or (_WINDOWS,), after)


def _method(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"method:{name}", promise, file, old, new, tests or (_ENGINE,), after)


MUTANTS = (
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
        "occasional-a-day-longer", "The last 365 days are the day itself and the 364 before it.", _SQL,
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <=",
        "AND day >= %(as_of)s::date - %(w_occasional)s AND day <=",
    ),
    _window(
        "facts-to-come", "A fact after the day looked back from counts for nothing.", _SQL,
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date",
        "AND day > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date + 1",
    ),
    _window(
        "span-a-day-longer", "Of a span, the days in the window count, and no more.", _SQL,
        "greatest(day, %(as_of)s::date - %(w_daily)s + 1)", "greatest(day, %(as_of)s::date - %(w_daily)s)",
    ),
    _window(
        "confirmation-a-day-longer", "A confirmation counts for 90 days.", _SQL,
        "BETWEEN %(as_of)s::date - %(confirmation_days)s AND", "BETWEEN %(as_of)s::date - %(confirmation_days)s - 1 AND",
    ),
    _window(
        "observation-after-its-end", "An observation counts until its last day.", _SQL,
        "ended_on >= %(as_of)s::date)", "ended_on >= %(as_of)s::date - 1)",
    ),
    _window(
        "disruption-a-day-longer", "A disruption counts until 90 days after its last.",
        "classification/engine/disruptions.sql", "ends_on + %(disruption_days)s - 1 AS counts_until",
        "ends_on + %(disruption_days)s AS counts_until",
    ),
    _window(
        "silence-of-a-longer-year", "Recording was regular by the year up to the last fact.", _SILENCE,
        "last_day - %(w_occasional)s + 1)", "last_day - %(w_occasional)s)",
    ),
    _method(
        "reports-for-days", "Five reports of one night are one occurrence.", _SQL,
        "array_agg(DISTINCT day) AS days", "array_agg(day ORDER BY day) AS days",
    ),
    _method(
        "cancelled-facts", "A cancelled fact counts for nothing.", _SQL,
        "WHERE span_end IS NULL AND cancelled_at IS NULL\n", "WHERE span_end IS NULL\n",
    ),
    _method(
        "more-than-the-days-of-a-span", "Facts of a span make no more occurrences than it has days.", _SQL,
        "least(count(*), span_end - day + 1) AS occurrences", "count(*) AS occurrences",
    ),
    _method(
        "half-rounded-down", "The part of a span in a window is rounded half up.", _SQL,
        "+ 1) + length) / (2 * length))::int AS in_daily", "+ 1) + length - 1) / (2 * length))::int AS in_daily",
        _WINDOWS, _ENGINE,
    ),
    _method(
        "observation-lowers", "The frequency is the higher of counted and observed.", _SQL,
        "greatest(observed, CASE", "coalesce(observed, CASE",
    ),
    _method(
        "threshold-to-exceed", "A frequency holds from its number of occurrences on.", _SQL,
        "in_daily >= %(t_daily)s", "in_daily > %(t_daily)s",
    ),
    _method(
        "stairwells-apart", "A residence pools the days of all its addresses.", _SQL,
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
)  # fmt: skip
