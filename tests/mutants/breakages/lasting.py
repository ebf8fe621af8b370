"""Breakages of how disruptions and standing observations are corrected and cancelled."""

from tests.mutants import Mutant

_SERVICES = "tests/incidents/test_lasting_services.py"
_IMPORT = "tests/incidents/test_import_ongoing.py"
_CORRECTING, _KNOWING = "incidents/ongoing/correcting.py", "incidents/imports/ongoing/knowing.py"
_COUNTS_NO_MORE = f"{_SERVICES}::test_a_cancelled_record_counts_no_more_now_and_in_the_past"


def _broken(name: str, promise: str, file: str, old: str, new: str, test: str, *, after: str = "") -> Mutant:
    return Mutant(f"lasting:{name}", promise, file, old, new, (test,), after)


MUTANTS = (
    _broken(
        "cancelled-disruption",
        "A cancelled disruption counts no more.",
        "classification/engine/__init__.py",
        "(SELECT * FROM incidents_disruption WHERE cancelled_at IS NULL)",
        "incidents_disruption",
        f"{_COUNTS_NO_MORE}[Disruption]",
    ),
    _broken(
        "cancelled-observation",
        "A cancelled observation counts no more.",
        "classification/engine/engine.sql",
        "WHERE cancelled_at IS NULL AND since",
        "WHERE since",
        f"{_COUNTS_NO_MORE}[StandingObservation]",
    ),
    _broken(
        "stale-level",
        "The level goes back at once.",
        "incidents/ongoing/services.py",
        "    records_changed(sorted({residence, subject.residence_id}))",
        "    pass",
        f"{_COUNTS_NO_MORE}[Disruption]",
    ),
    _broken(
        "no-history",
        "A correction keeps the former values.",
        "incidents/migrations/0012_lives_of_lasting_records.py",
        'operation="UPDATE"',
        'operation="UPDATE OF opaque_id"',
        f"{_SERVICES}::test_a_correction_keeps_the_former_values_who_and_when[Disruption]",
        after='INSERT INTO "incidents_disruption_history"',
    ),
    _broken(
        "unsigned",
        "A correction says who made it.",
        "incidents/ongoing/services.py",
        "    subject.changed_by_id = scope.user_id\n",
        "",
        f"{_SERVICES}::test_a_correction_keeps_the_former_values_who_and_when",
    ),
    _broken(
        "overwritten",
        "A correction undoes nobody's change unread.",
        _CORRECTING,
        "    check_version(version, record, state)\n",
        "",
        f"{_SERVICES}::test_a_correction_of_another_version_or_of_a_cancelled_record_writes_nothing",
    ),
    _broken(
        "of-others",
        "An agent corrects and cancels their own alone.",
        _CORRECTING,
        " and record.created_by_id == scope.user_id",
        "",
        f"{_SERVICES}::test_an_agent_corrects_and_cancels_a_recent_record_of_their_own_alone",
    ),
    _broken(
        "for-ever",
        "An agent corrects and cancels for 30 days.",
        _CORRECTING,
        "return recent and ",
        "return ",
        f"{_SERVICES}::test_an_agent_corrects_and_cancels_a_recent_record_of_their_own_alone",
    ),
    _broken(
        "cancelled-anew",
        "A row of a cancelled record is not recorded anew.",
        _KNOWING,
        "    WHEN i.cancelled_at IS NOT NULL THEN 'cancelled_since'\n",
        "",
        f"{_IMPORT}::test_a_row_of_a_cancelled_record_is_told_and_not_recorded_anew",
    ),
    _broken(
        "corrected-anew",
        "A row of a corrected record is not recorded anew.",
        _KNOWING,
        "_MEANT, _MEANT_FIRST, ",
        "_MEANT, ",
        f"{_IMPORT}::test_a_row_of_a_corrected_record_is_told_and_not_recorded_anew",
    ),
)
