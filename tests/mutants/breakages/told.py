"""Breakages of the mails without content that tell what awaits a person."""

from tests.mutants import Mutant

_TESTS = "tests/accounts/test_mails_told.py"


def _told(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(f"told:{name}", promise, file, old, new, (f"{_TESTS}::{test}",))


MUTANTS = (
    _told(
        "though-turned-off", "Nobody is mailed what they turned off.", "accounts/mail/services.py",
        "if not (user.is_active and user.wants(kind)):", "if not user.is_active:",
        "test_each_is_turned_off_and_on_again_by_whom_it_may_reach",
    ),
    _told(
        "failure-kept-quiet", "Who asked for an import is told that it failed.", "sites/imports/tasks.py",
        "        send_told(user=author, kind=MailKind.IMPORT)\n        return\n", "        return\n",
        "test_a_failed_import_is_told_to_who_asked_for_it_without_content",
    ),
    _told(
        "lapsing-every-day", "An observation about to lapse is told once for each confirmation.",
        "incidents/ongoing/lapsing.py", "row.confirmed_on or today, told_at=None", "row.confirmed_on or today",
        "test_who_may_confirm_an_observation_is_told_once_fourteen_days_before_it_lapses",
    ),
    _told(
        "lapsing-to-any-agent", "An observation about to lapse is told to those who may confirm it alone.",
        "incidents/ongoing/lapsing.py", "            or not assigned[role.pk]\n", "            or True\n",
        "test_who_may_confirm_an_observation_is_told_once_fourteen_days_before_it_lapses",
    ),
    _told(
        "lapsed-told", "What was cancelled is not told as about to lapse.", "incidents/ongoing/lapsing.py",
        "ended_on=None, cancelled_at=None", "ended_on=None",
        "test_what_is_not_to_be_confirmed_any_more_is_not_told",
    ),
    _told(
        "waiting-forgotten", "A mail that still waits is not forgotten.", "accounts/mail/purging.py",
        ".exclude(state=MailState.WAITING)", "", "test_mails_are_forgotten_after_ninety_days_and_the_journal_says_how_many",
    ),
    _told(
        "forgotten-unwritten", "The journal says how many mails were forgotten.", "accounts/mail/purging.py",
        "        for organisation, number in counts:\n", "        for organisation, number in counts.none():\n",
        "test_mails_are_forgotten_after_ninety_days_and_the_journal_says_how_many",
    ),
    _told(
        "circle-ended-by-its-date", "Whom a circle's new dates shut out is told.", "partners/circles/services.py",
        "if held.is_live() and not circle.is_live():", "if False:", "test_an_end_that_somebody_else_gave_is_told_once_and_without_content",
    ),
    _told(
        "role-ended-twice", "A role that somebody just ended is not ended again.", "accounts/people/services.py",
        "held = Membership.objects.live().filter(pk=membership.pk)", "held = Membership.objects.filter(pk=membership.pk)",
        "test_an_end_that_somebody_else_gave_is_told_once_and_without_content",
    ),
    _told(
        "ended-by-oneself", "An end that one gives oneself is not mailed.", "accounts/mail/services.py",
        "    if user_id == scope.user_id:\n        return\n", "", "test_an_end_that_one_gives_oneself_is_not_mailed",
    ),
)  # fmt: skip
