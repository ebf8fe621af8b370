"""Breakages of the second factor: what a password alone would open, or one person alone erase."""

from tests.mutants import Mutant

_RULES = "accounts/factors/rules.py"
_RESET = "accounts/factors/services.py"
_SQL = "accounts/policies/0025_factor_resets.sql"
_GATE = "portal/factors/middleware.py"
_FORMS = "portal/factors/forms.py"
_VIEWS = "portal/factors/views.py"
_GIVEN = "tests/portal/test_factors.py"
_FRESH = "tests/portal/test_fresh_factor.py"
_TWO = "tests/accounts/test_factor_reset.py"


def _factor(name: str, promise: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(f"factors:{name}", promise, file, old, new, tests)


MUTANTS = (
    _factor(
        "spared-role", "Every role with content must have a second factor.", _RULES,
        "frozenset(Role) - {Role.AGENT}", "frozenset(Role) - {Role.AGENT, Role.PARTNER}",
        f"{_GIVEN}::test_a_role_with_content_opens_nothing_without_a_factor",
    ),
    _factor(
        "fresh-for-an-hour", "A second factor is fresh for 15 minutes.", _RULES, "FRESH_S = 15 * 60", "FRESH_S = 60 * 60",
        _FRESH,
    ),
    _factor(
        "password-for-the-factor", "A password given again is no second factor.", _RULES,
        'for record in records if record["method"] == "mfa")', "for record in records)",
        f"{_GIVEN}::test_a_lead_without_a_factor_is_led_to_its_enrolment_and_then_to_the_page_asked_for",
    ),
    _factor(
        "gate-open", "Nothing opens to whoever must have a second factor and has not given it.", _GATE,
        "if given_at(request) is None and is_compulsory(request):", "if False and is_compulsory(request):",
        f"{_GIVEN}::test_a_role_with_content_opens_nothing_without_a_factor",
    ),
    _factor(
        "one-page-more", "Without a second factor nothing is open but its enrolment and the way out.", _GATE,
        '"mfa_reauthenticate",\n', '"mfa_reauthenticate", "home",\n',
        f"{_GIVEN}::test_every_address_is_closed_to_a_role_with_content_without_a_factor",
    ),
    _factor(
        "freshness-forgotten", "Copies, tokens, roles, agreements and mandates need a fresh second factor.", _GATE,
        "if need and is_stale(request, need) else None", "if False else None", _FRESH,
    ),
    _factor(
        "code-again", "A code serves once.", _FORMS, "timeout=_USED_S)", "timeout=0)",
        f"{_GIVEN}::test_a_code_serves_once_however_long_it_is_accepted",
    ),
    _factor(
        "code-remembered-too-short", "A code is refused as long as it would be accepted.", _FORMS, "_USED_S = 90", "_USED_S = 30",
        f"{_GIVEN}::test_a_code_serves_once_however_long_it_is_accepted",
    ),
    _factor(
        "secret-in-clear", "The secret of an application is encrypted in its row.", "portal/factors/adapter.py",
        "return _cipher().encrypt(text.encode()).decode()", "return text",
        f"{_GIVEN}::test_a_secret_is_encrypted_in_its_row_and_in_the_session",
    ),
    _factor(
        "last-factor-removed", "The last factor stays where one is compulsory.", _VIEWS,
        "if is_compulsory(request) and len(factors) == 1:", "if False:",
        f"{_GIVEN}::test_the_last_factor_stays_where_one_is_compulsory",
    ),
    _factor(
        "somewhere-else-after", "After the factor comes a page of the product.", _VIEWS,
        'return page.startswith("/") and url_has_allowed_host_and_scheme(', "return True or url_has_allowed_host_and_scheme(",
        f"{_FRESH}::test_the_page_after_the_factor_is_one_of_ours",
    ),
    _factor(
        "enrolment-untold", "A new factor is in the journal.", "portal/factors/enrolling.py", "write_account_entry(",
        "(lambda *_args, **_kwargs: None)(", f"{_GIVEN}::test_the_enrolment_is_in_the_journal_without_its_secret",
    ),
    _factor(
        "reset-by-one", "Two people erase a lost factor.", _RESET, "scope.user_id in {reset.asked_by_id, reset.user_id}",
        "scope.user_id in {reset.user_id}", f"{_TWO}::test_nobody_confirms_what_they_asked_for",
    ),
    _factor(
        "reset-by-its-person", "Nobody confirms that one's own factor be erased.", _RESET,
        "scope.user_id in {reset.asked_by_id, reset.user_id}", "scope.user_id in {reset.asked_by_id}",
        f"{_TWO}::test_nobody_asks_or_confirms_for_oneself",
    ),
    _factor(
        "reset-by-sql", "The database wants a second person too.", _SQL, "OR NEW.state = 'done' AND who IN (OLD.asked_by_id, OLD.user_id) THEN",
        "THEN", f"{_TWO}::test_the_database_itself_wants_a_second_person",
    ),
    _factor(
        "sessions-after-a-reset", "Every session of whoever lost a factor ends.", _RESET,
        "            Session.objects.filter(user=reset.user).delete()\n", "",
        f"{_TWO}::test_two_people_erase_a_factor_and_end_the_sessions",
    ),
    _factor(
        "person-untold", "Whose factor is erased is told.", _RESET,
        "    write_entry(scope, AuditAction.UPDATE, reset, person=reset.user_id, state=reset.state)\n"
        "    send_factor_told(user=reset.user, site_url=site_url)\n",
        "    write_entry(scope, AuditAction.UPDATE, reset, person=reset.user_id, state=reset.state)\n",
        f"{_TWO}::test_two_people_erase_a_factor_and_end_the_sessions",
    ),
    _factor(
        "reset-unwritten", "That a factor was erased is in the journal.", _RESET,
        "    write_entry(scope, AuditAction.UPDATE, reset, person=reset.user_id, state=reset.state)\n", "",
        f"{_TWO}::test_two_people_erase_a_factor_and_end_the_sessions",
    ),
)  # fmt: skip
