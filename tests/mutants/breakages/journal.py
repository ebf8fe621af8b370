"""Breakages of the journal: an act, a file or a read that leaves no entry, or not in every journal it belongs to."""

from tests.mutants import Mutant

_POST = "tests/test_access.py::test_an_allowed_post_works_and_is_in_the_journals_it_belongs_to"
_FACTS, _ONGOING = "incidents/facts/services.py", "incidents/ongoing/services.py"
_CIRCLES, _NOTES = "partners/circles/services.py", "partners/notes/services.py"
_PEOPLE, _SHARING = "accounts/people/services.py", "sites/sharing/services.py"


def _gone(
    name: str, what: str, file: str, old: str, row: str, *, after: str = "", new: str = "    pass"
) -> Mutant:
    return Mutant(
        f"journal:{name}", f"{what} is an entry of the journal.", file, old, new, (f"{_POST}[{row}]",), after
    )


def _told(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"journal:{name}", promise, file, old, new, tests, after)


def _dropped(name: str, what: str, file: str, after: str, row: str, call: str = "write_entry(") -> Mutant:
    return Mutant(
        f"journal:{name}", f"{what} is an entry of the journal.", file, call,
        "(lambda *_said, **_detail: None)(", (f"{_POST}[{row}]",), after,
    )  # fmt: skip


MUTANTS = (
    _gone("fact", "Recording a fact", _FACTS, "    _write_entry(scope, AuditAction.CREATE, incident)",
          "incidents:create"),
    _gone("correction", "Correcting a fact", _FACTS,
          "    _write_entry(scope, AuditAction.UPDATE, incident, concerns=[former])", "incidents:edit"),
    _gone("cancellation", "Cancelling a fact", _FACTS, "    _write_entry(scope, AuditAction.CANCEL, incident)",
          "incidents:cancel"),
    _told("fact-moved-away", "A fact that moves to another landlord is in both journals.", _FACTS,
          "AuditAction.UPDATE, incident, concerns=[former])", "AuditAction.UPDATE, incident)",
          "tests/accounts/test_audit.py::test_a_fact_that_moves_to_another_landlord_is_in_both_journals"),
    _dropped("observation", "Stating an observation", _ONGOING, "def record_observation(",
             "incidents:create_observation", "_write_entry("),
    _dropped("confirmation", "Confirming an observation", _ONGOING, "def confirm_observation(",
             "incidents:confirm_observation", "_write_entry("),
    _dropped("confirmation-withdrawn", "Taking a confirmation back", _ONGOING, "def withdraw_confirmation(",
             "incidents:withdraw_confirmation", "_write_entry("),
    _dropped("observation-ended", "Ending an observation", _ONGOING, "def end_observation(",
             "incidents:end_observation", "_write_entry("),
    _dropped("disruption", "Recording a disruption", _ONGOING, "def record_disruption(",
             "incidents:create_disruption", "_write_entry("),
    _dropped("disruption-ended", "Ending a disruption", _ONGOING, "def end_disruption(",
             "incidents:end_disruption", "_write_entry("),
    _dropped("circle", "Opening a circle", _CIRCLES, "def create_circle(", "partners:circle_create"),
    _dropped("circle-changed", "Changing a circle", _CIRCLES, "def update_circle(", "partners:circle_edit"),
)  # fmt: skip
