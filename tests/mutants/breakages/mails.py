"""Breakages of mail: what is said of it before or without its arriving, whom a link is shown to, and names that are hostile."""

from tests.mutants import Mutant

_STATES, _LINKS = "tests/accounts/test_mail_states.py::", "tests/accounts/test_mail_links.py::"
_TEXT = "tests/accounts/test_mail_text.py::"


def _mail(name: str, promise: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(f"mail:{name}", promise, f"accounts/{file}", old, new, tests, "")


MUTANTS = (
    _mail(
        "refused-tried-again", "A refused address is not tried again.", "mail/tasks.py",
        "_PERMANENT = {MailProblem.RECIPIENT, MailProblem.REFUSED, MailProblem.UNEXPECTED}",
        "_PERMANENT = {MailProblem.REFUSED, MailProblem.UNEXPECTED}",
        _STATES + "test_a_failure_is_said_where_the_person_is_without_its_text",
    ),
    _mail(
        "tried-for-ever", "A relay that stays away is not tried for ever.", "mail/tasks.py",
        "    if retries >= _MOST_RETRIES:", "    if retries > _MOST_RETRIES:",
        _STATES + "test_a_relay_that_stays_away_is_tried_nine_times_and_no_more",
    ),
    _mail(
        "sent-twice", "A mail whose task arrives twice is sent once.", "mail/states.py",
        "mail = named.filter(pk=mail_id, state=MailState.WAITING).first()", "mail = named.filter(pk=mail_id).first()",
        _STATES + "test_a_task_that_arrives_twice_sends_once",
    ),
    _mail(
        "link-for-any-lead", "A lead is shown the link of no account.", "people/services.py",
        "return invited and user.pk != scope.user_id and scope.has(Role.ADMIN)",
        "return invited and user.pk != scope.user_id and may_rename(scope, user=user)",
        _LINKS + "test_a_lead_cannot_take_an_address_that_another_landlord_invites_later",
    ),
    _mail(
        "link-of-a-chosen-password", "A link is shown until a password is chosen.", "people/services.py",
        "invited = user.is_active and not user.has_usable_password()", "invited = user.is_active",
        _LINKS + "test_a_link_is_shown_once_and_the_journal_says_to_whom",
    ),
    _mail(
        "link-outlives-a-role", "A role given since makes a link worthless.", "mail/links.py",
        "{super()._make_hash_value(user, timestamp)}{[*held]}", "{super()._make_hash_value(user, timestamp)}",
        _LINKS + "test_a_role_given_since_makes_a_copied_link_worthless",
    ),
    _mail(
        "names-as-typed", "A name breaks no header and makes no link.", "mail/composing.py",
        'text = _LINKED.sub(lambda found: ". " if found[0] == "." else f" {found[0]} ", text)', "pass",
        _TEXT + "test_a_name_breaks_no_header_no_markup_and_makes_no_link",
    ),
)  # fmt: skip
