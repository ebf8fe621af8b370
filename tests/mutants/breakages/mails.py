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
        "link-for-any-lead", "A lead is shown the link of no account.", "proposals/views.py",
        "request.scope.has(Role.ADMIN) and rules.may_copy_link(request.scope, named)", "found.waits",
        _LINKS + "test_a_lead_is_shown_no_link_whose_proposal_it_is",
    ),
    _mail(
        "link-of-a-chosen-password", "A link is shown until a password is chosen.", "proposals/rules.py",
        "return proposal.user.is_active and not proposal.user.has_usable_password()", "return proposal.user.is_active",
        _LINKS + "test_the_link_of_an_account_that_is_closed_or_has_a_password_is_shown_to_nobody",
    ),
    _mail(
        "link-to-what-another-proposed", "An administrator opens no account that another invited.", "proposals/rules.py",
        "    if _has_to_do_with_others(scope, proposal.user_id):", "    if False:",
        _LINKS + "test_an_administrator_is_shown_no_link_to_what_another_proposed",
    ),
    _mail(
        "link-to-a-role-that-counts", "An administrator opens no account that holds a role.", "proposals/rules.py",
        "of_others.exists() or Membership.objects.filter(user=user_id).exists()", "of_others.exists()",
        _LINKS + "test_an_administrator_is_shown_no_link_to_what_another_proposed",
    ),
    Mutant(
        "mail:letters-alike", "No address is found under letters alike in another case.", "core/forms.py",
        "if not address.isascii():", "if not address:",
        ("tests/accounts/test_proposals.py::test_an_address_is_not_found_under_letters_that_are_alike_in_another_case",),
    ),
    _mail(
        "link-outlives-its-proposal", "A link opens nothing once its proposal is withdrawn.", "mail/links.py",
        "[(held.pk, held.state) for held in of_person if held.waits]", "[held.pk for held in of_person]",
        "tests/accounts/test_proposals.py::test_the_link_of_what_is_proposed_no_more_opens_nothing",
    ),
    _mail(
        "known-address-told", "The mail to a closed account is sent like any other.", "mail/states.py",
        "if mail.proposal.waits if mail.proposal else mail.user.is_active and not chosen:",
        "if mail.user.is_active and not chosen:",
        "tests/accounts/test_proposals.py::test_a_known_address_looks_like_an_unknown_one",
    ),
    _mail(
        "names-as-typed", "A name breaks no header and makes no link.", "mail/composing.py",
        'text = _LINKED.sub(lambda found: ". " if found[0] == "." else f" {found[0]} ", text)', "pass",
        _TEXT + "test_a_name_breaks_no_header_no_markup_and_makes_no_link",
    ),
)  # fmt: skip
