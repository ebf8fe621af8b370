"""Breakages of what leaves the product and of what comes in: files, headers, free text, bounds."""

from tests.mutants import Mutant


def _breakage(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(name, promise, file, old, new, tests, after)


MUTANTS = (
    _breakage(
        "imports:person-in-rejected-rows", "No cell that may speak of a person comes back with the rows to correct.",
        "sites/imports/rejected.py",
        "if any(speaks_of_somebody(cell) for place, cell in enumerate(cells) if place not in rules.spared):", "if not cells:",
        "tests/sites/test_import_flow.py::test_rejected_rows_come_back_with_a_reason_are_corrected_and_go_in",
    ),
    _breakage(
        "imports:file-kept", "A file that waits too long is forgotten.", "sites/imports/retention.py",
        "        ImportFile.objects.filter(run=run).delete()\n", "",
        "tests/sites/test_import_flow.py::test_a_file_that_waits_too_long_is_forgotten_and_its_run_says_so",
    ),
    _breakage(
        "imports:twice", "Two clicks start one import.", "sites/imports/steps.py",
        "waiting = ImportRun.objects.filter(pk=run.pk, state=JobState.DONE, stage__in=WAITING)",
        "waiting = ImportRun.objects.filter(pk=run.pk)",
        "tests/sites/test_import_flow.py::test_two_clicks_start_one_import",
    ),
    _breakage(
        "files:formula", "No cell of a file is a formula.", "core/cells.py",
        """return f"'{value}" if opens_formula""", """return value if opens_formula""",
        "tests/incidents/test_facts_list.py::test_no_formula_hides_in_a_cell",
    ),
    _breakage(
        "files:formula-in-a-workbook", "No cell of a workbook is a formula.", "core/files.py",
        'WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))\n    cell.data_type = "s"',
        'WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))', "tests/classification/test_residences.py::test_files_say_the_same_in_three_formats_and_are_journalled",
    ),
    _breakage(
        "files:control-character", "One control character in a name leaves nobody without the file.", "core/files.py",
        'ILLEGAL_CHARACTERS_RE.sub("", value)', "value", "tests/accounts/test_list_exports.py::test_a_control_character_in_a_name_does_not_keep_the_workbook_back",
    ),
    _breakage(
        "headers:kept-by-caches", "A confidential page is stored nowhere.", "accounts/middleware.py",
        'response.headers.setdefault("Cache-Control", "no-store")', "pass", "tests/config/test_headers.py::test_no_answer_to_somebody_known_is_stored",
    ),
    _breakage(
        "headers:answer-of-the-interface-kept", "An answer of the interface is stored nowhere.",
        "accounts/tokens/handlers.py", 'response["Cache-Control"] = "no-store"', "pass",
        "tests/config/test_headers.py::test_no_answer_to_somebody_known_is_stored[program]",
    ),
    _breakage(
        "headers:inline-scripts", "The content-security policy lets no inline script run.",
        "config/settings/security.py", '"script-src": [SELF, NONCE],', '"script-src": [SELF, "\'unsafe-inline\'"],',
        "tests/config/test_headers.py::test_every_page_runs_what_is_its_own_alone_and_is_shown_nowhere_else",
    ),
    _breakage(
        "headers:framed", "No other site shows the product in a frame.", "config/settings/security.py",
        "\"frame-ancestors\": [\"'none'\"],", '"frame-ancestors": ["*"],', "tests/config/test_headers.py::test_every_page_runs_what_is_its_own_alone_and_is_shown_nowhere_else",
    ),
    _breakage(
        "headers:cookie-for-scripts", "No script reads the session's cookie.", "config/settings/security.py",
        "SESSION_COOKIE_HTTPONLY = True", "SESSION_COOKIE_HTTPONLY = False", "tests/config/test_headers.py::test_no_script_reads_the_cookies",
    ),
    _breakage(
        "headers:left-after-logout", "Logging out empties the browser.", "portal/login.py",
        "response.headers[\"Clear-Site-Data\"] = '\"cache\", \"cookies\", \"storage\"'", "pass",
        "tests/portal/test_login.py::test_logging_out_ends_the_session_and_empties_the_browser",
    ),
    _breakage(
        "shield:phone", "Free text holds no telephone number.", "incidents/shield/__init__.py",
        "yield Passage(number.start, number.end, number.raw_string, Kind.PHONE)", "yield from ()",
        "tests/incidents/test_shield.py",
    ),
    _breakage(
        "shield:name", "Free text holds no name.", "incidents/shield/__init__.py",
        "    yield from _names(text)\n", "", "tests/incidents/test_shield.py",
    ),
    _breakage(
        "shield:form", "What is typed into the form passes the shield.", "incidents/facts/forms.py",
        "        names_nobody(value)\n", "", "tests/incidents/test_facts_entry.py",
    ),
    _breakage(
        "shield:program", "What a program sends passes the shield.", "incidents/facts/api.py",
        "passages = inspect(text)", "passages = []", "tests/incidents/test_api_incidents.py::test_what_cannot_be_recorded_is_said_field_by_field",
    ),
    _breakage(
        "shield:journal", "Words typed stay out of the journal.", "incidents/facts/list_views.py",
        ' and name != "place"', "", "tests/incidents/test_facts_list.py::test_an_export_is_in_the_journal_without_the_words_typed",
    ),
    _breakage(
        "bounds:words", "A condition is made of twelve words at most.", "core/words.py", "MOST_WORDS = 12",
        "MOST_WORDS = 1200", "tests/test_bounds.py",
    ),
    _breakage(
        "bounds:length", "Typed words are read up to a hundred characters.", "core/words.py", "LONGEST = 100",
        "LONGEST = 10_000", "tests/test_bounds.py",
    ),
    _breakage(
        "bounds:nul", "The one character that no text of the database holds is refused.", "accounts/middleware.py",
        'if any("\\0" in text for text in', "if any(False for text in", "tests/accounts/test_nul.py",
    ),
    _breakage(
        "bounds:page-of-the-interface", "A page of the interface holds a thousand facts at most.",
        "incidents/facts/api_pages.py", "1000", "100_000", "tests/incidents/test_api_pages.py::test_a_page_holds_a_thousand_facts_at_most",
    ),
    _breakage(
        "offline:shown-to-another", "What waits on a phone is shown to who typed it alone.",
        "static/incidents/waiting.js", "all().filter((fact) => fact.owner === owner)", "all()",
        "tests/browser/test_offline.py::test_another_person_at_the_same_phone_neither_sees_nor_sends_it",
    ),
)  # fmt: skip
