"""Breakages of what leaves the product and of what comes in: files, headers, free text, bounds."""

from tests.mutants import Mutant


def _breakage(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(name, promise, file, old, new, tests, after)


MUTANTS = (
    _breakage(
        "imports:person-in-rejected-rows", "No cell that may speak of a person comes back with the rows to correct.",
        "sites/imports/rejected.py",
        "if any(speaks_of_somebody(cell) for place, cell in enumerate(cells) if place not in spared):", "if not cells:",
        "tests/sites/test_import_keeping.py::test_rejected_rows_come_back_with_a_reason_are_corrected_and_go_in",
    ),
    _breakage(
        "imports:person-in-another-column", "Of a row with other columns no cell comes back that may speak of a person.",
        "sites/imports/rejected.py", "spared = rules.spared if len(cells) == len(table.header) else ()",
        "spared = rules.spared",
        "tests/sites/test_import_keeping.py::test_a_row_of_other_columns_comes_back_without_what_speaks_of_a_person_in_any_of_them",
    ),
    _breakage(
        "imports:name-behind-a-word", "The end of a longer word is no kind of place, so that a name behind it is seen.",
        "incidents/shield/names.py", "pattern.search(text, max(0, end - _BEFORE), end)",
        "pattern.search(text[max(0, end - _BEFORE) : end])",
        "tests/incidents/test_shield.py::test_the_end_of_a_longer_word_is_no_kind_of_place",
    ),
    _breakage(
        "imports:closed-account", "Nothing is imported in the name of somebody whose account was closed.",
        "accounts/scope.py", "*_parts] if user.is_active else []", "*_parts]",
        "tests/sites/test_import_actors.py::test_an_import_asked_for_from_an_account_closed_since_is_not_done",
    ),
    _breakage(
        "imports:abandoned-once-started", "An import that somebody starts while another abandons it stays.",
        "sites/imports/steps.py", 'abandoned.select_for_update().only("pk").first()', 'abandoned.only("pk").first()',
        "tests/test_concurrency.py::test_an_import_that_is_started_while_it_is_abandoned_stays",
    ),
    _breakage(
        "imports:file-kept", "A file that waits too long is forgotten.", "sites/imports/retention.py",
        "        ImportFile.objects.filter(run=run).delete()\n", "",
        "tests/sites/test_import_keeping.py::test_a_file_that_waits_too_long_is_forgotten_and_its_run_says_so",
    ),
    _breakage(
        "imports:parts-kept", "No part of a large file stays in memory.", "sites/imports/stored.py",
        '            with cursor.copy("COPY file_parts (part) FROM STDIN (FORMAT BINARY)") as copy:\n                copy.write_row([part])\n',
        '            cursor.execute("INSERT INTO file_parts (part) VALUES (%b)", [part])\n',
        "tests/sites/test_import_files.py::test_no_part_of_a_large_file_stays_in_memory_with_what_was_sent_to_the_database",
    ),
    _breakage(
        "imports:landlord-left-empty", "In a file that names landlords an empty one is nobody's.",
        "sites/imports/stock_staging.py", "            return lambda _name: None\n", "            pass\n",
        "tests/sites/test_import_residences.py::test_a_file_that_names_landlords_leaves_none_to_the_importer",
    ),
    _breakage(
        "imports:reference-of-two", "A reference of two residences names neither.", "sites/imports/stock_places.py",
        "if len(here) > 1:", "if False:",
        "tests/sites/test_import_residences.py::test_a_reference_of_two_residences_names_neither",
    ),
    _breakage(
        "imports:written-unanswered", "Nothing is written for a question without answer.", "sites/imports/stock.py",
        "[place for place in places if not place.asked]", "places",
        "tests/sites/test_import_questions.py::test_a_name_that_would_change_is_asked_about_and_nothing_of_its_rows_is_written",
    ),
    _breakage(
        "imports:name-taken", "Another name of a landlord takes no row of the landlord whose own name it is.",
        "sites/imports/landlords.py", "            found = own or (", "            found = (",
        "tests/accounts/test_other_names.py::test_nobody_takes_the_own_name_of_another_landlord",
    ),
    _breakage(
        "imports:unpreviewed", "An import is what was previewed last.", "sites/imports/mapping/services.py",
        'values = {"stage": ImportStage.ANALYSIS, "mapping": mapping, "kind": mapping["kind"]}',
        'values = {"mapping": mapping, "kind": mapping["kind"]}',
        "tests/sites/test_import_answers.py::test_a_preview_is_of_the_columns_as_they_are_said_last",
    ),
    _breakage(
        "imports:twice", "Two clicks start one import.", "sites/imports/steps.py",
        "ImportRun.objects.filter(pk__in=kept, state=JobState.DONE, stage__in=stages or WAITING)",
        "ImportRun.objects.filter(pk__in=kept)",
        "tests/sites/test_import_actors.py::test_two_clicks_start_one_import",
    ),
    _breakage(
        "places:boundless-range", "A range of more than forty doors is a question.", "sites/spelling/numbers.py",
        "    if doors > MOST_DOORS:", "    if doors > 10 * MOST_DOORS:",
        "tests/sites/test_match_key.py::test_numbers_that_nobody_can_tell_are_a_question_and_no_door",
    ),
    _breakage(
        "places:parity-not-asked", "A range of unlike numbers that does not say both sides is a question.",
        "sites/spelling/numbers.py", "    elif unlike and not said:", "    elif False:",
        "tests/sites/test_match_key.py::test_numbers_that_nobody_can_tell_are_a_question_and_no_door",
    ),
    _breakage(
        "places:parity-of-facts", "A range is one side of the street unless it says both.",
        "incidents/imports/matching.sql", "(both_sides OR door %% 2 = low %% 2)", "true",
        "tests/incidents/test_import_places.py::test_a_number_that_is_no_door_takes_no_fact",
    ),
    _breakage(
        "places:number-of-a-name", "A number that touches a name is a question.", "sites/spelling/streets.py",
        "    return Unclear.NUMBER_OR_NAME\n\n\ndef _may_be_doors", "    return run\n\n\ndef _may_be_doors",
        "tests/sites/test_match_key.py::test_numbers_that_nobody_can_tell_are_a_question_and_no_door",
    ),
    _breakage(
        "places:number-of-a-tower", "The number of a tower is no door.", "sites/match_key.py",
        "read_parts(without_lots(units.rest))", "read_parts(without_lots(cut(text)))",
        "tests/sites/test_match_key.py::test_a_number_is_a_door_only_where_it_touches_the_street",
    ),
    _breakage(
        "places:unit-left-out", "Two buildings at one number have two keys.", "sites/match_key.py",
        "        if not self.unit:\n", "        if True:\n",
        "tests/sites/test_match_key.py::test_two_units_at_one_number_never_share_a_key_and_one_has_a_single_key",
    ),
    _breakage(
        "places:one-of-several", "Of several residences at one door none is chosen.", "incidents/imports/matching.sql",
        "WHEN residences > 1 AND NOT nearest THEN", "WHEN false THEN",
        "tests/incidents/test_import_places.py::test_a_number_that_several_residences_have_is_nobodys",
    ),
    _breakage(
        "places:letter-for-ordinal", "12 B is not 12 bis.", "incidents/imports/matching.sql",
        "WHEN best >= 10 THEN 'alike_only'", "WHEN false THEN ''",
        "tests/incidents/test_import_places.py::test_a_letter_is_neither_an_ordinal_nor_within_a_range_and_is_asked_about",
    ),
    _breakage(
        "places:building-unsaid", "A number alone is not its one known building.", "incidents/imports/matching.sql",
        "bool_or(fits AND (score < 2 OR unit = ''))", "bool_or(fits)",
        "tests/incidents/test_import_places.py::test_a_number_that_is_one_residences_whatever_the_building_is_the_residences",
    ),
    _breakage(
        "places:unclear-number", "A number that cannot be told waits for a person.", "incidents/imports/matching.sql",
        "SET reason = 'unclear_number', candidates", "SET reason = NULL, candidates",
        "tests/incidents/test_import_places.py::test_an_unclear_number_is_said_and_one_without_any_place_is_rejected",
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
        "text:without-substitute", "A note opens whatever its texts hold.", "core/typesetting/process.py",
        "showable(data)", "data",
        "tests/test_any_text.py::test_any_text_in_any_column_is_shown_by_every_page_file_and_document",
    ),
    _breakage(
        "text:led-anywhere", "A form that names what is no page of ours is answered, not failed.", "core/back.py",
        'page if ours and page.startswith("/") else', "page if ours else",
        "tests/test_any_text.py::test_a_posted_page_is_followed_only_where_it_is_one_of_ours",
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
        "headers:left-after-logout", "Logging out empties the browser’s caches and cookies.", "portal/login.py",
        "response.headers[\"Clear-Site-Data\"] = '\"cache\", \"cookies\"'", "pass",
        "tests/portal/test_login.py::test_logging_out_ends_the_session_and_leaves_what_waits_for_a_colleague",
    ),
    _breakage(
        "shield:phone", "Free text holds no telephone number.", "incidents/shield/numbers.py",
        "yield Passage(number.start, number.end, number.raw_string, Kind.PHONE)", "yield from ()",
        "tests/incidents/test_shield.py",
    ),
    _breakage(
        "shield:name", "Free text holds no name.", "incidents/shield/__init__.py",
        "    yield from names(text)\n", "", "tests/incidents/test_shield.py",
    ),
    _breakage(
        "shield:small-letters", "Names in small letters are found, by lists of names.", "incidents/shield/names.py",
        "_LISTED = (_FIRST_NAMES | _SURNAMES) - _NOT_NAMES", "_LISTED = frozenset()",
        "tests/incidents/test_shield_figures.py::test_names_in_small_letters_ages_health_and_origins_are_found",
    ),
    _breakage(
        "shield:circle", "The purpose of a circle names nobody.", "partners/circles/forms.py",
        '"purpose": AboutNobodyField', '"purpose": NameField',
        "tests/test_free_texts.py::test_every_text_that_is_typed_is_shielded_or_has_a_reason_why_not",
    ),
    _breakage(
        "shield:form", "What is typed into the form passes the shield.", "incidents/facts/fields.py",
        "        names_nobody(value)\n", "", "tests/incidents/test_facts_entry.py",
    ),
    _breakage(
        "shield:program", "What a program sends passes the shield.", "incidents/facts/api_bodies.py",
        "found := passages(text)", "found := []", "tests/incidents/test_api_incidents.py::test_what_cannot_be_recorded_is_said_field_by_field",
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
        "bounds:repeated", "A value sent many times counts once.", "accounts/lists/listing.py",
        "list(dict.fromkeys(filter(None, values)))", "list(filter(None, values))",
        "tests/test_bounds.py::test_a_value_sent_500_times_is_one_chip_and_stands_once_in_what_the_list_keeps",
    ),
    _breakage(
        "bounds:time-of-a-file", "Work on a file ends after half an hour.", "sites/imports/tasks.py",
        "        if time.monotonic() > end:", "        if False:",
        "tests/sites/test_import_flow.py::test_work_on_a_file_that_lasts_too_long_is_ended_and_leaves_nothing",
    ),
    _breakage(
        "bounds:rows-of-a-file", "A file has no more rows than a worksheet.", "sites/imports/reading/delimited.py",
        "        if number > MAX_ROWS:", "        if False:",
        "tests/sites/test_import_files.py::test_a_file_of_too_many_rows_says_so_and_leaves_nothing",
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
        "offline:shown-to-another", "What a person did not seal on a phone is none of theirs.",
        "static/incidents/waiting_box.js", "if (said) found.push({ ...said, token, at });",
        "found.push({ ...sealed, ...said, token, at });",
        "tests/browser/test_offline.py::test_nothing_that_was_planted_on_the_device_is_taken_for_ones_own",
    ),
    _breakage(
        "offline:waits-in-clear", "What waits on a phone lies there sealed.",
        "static/incidents/waiting_box.js", "JSON.stringify({ owner, at, ...sealed })", "JSON.stringify({ owner, at, ...said, ...sealed })",
        "tests/browser/test_offline.py::test_the_form_opens_without_network",
    ),
    _breakage(
        "offline:former-lost", "What a former version kept in clear is taken over for its person.",
        "static/incidents/waiting.js", "await palierWaitingBox.takeFormer(card.dataset.unread);", 'localStorage.removeItem("palier.waiting");',
        "tests/browser/test_offline.py::test_what_a_former_version_kept_in_clear_is_sealed_read_again_and_sent_once",
    ),
    _breakage(
        "offline:former-sent-unread", "What a former version kept in clear is sent once its person has read it again.",
        "static/incidents/waiting_box.js", "refused: reason, unread: true", "unread: true",
        "tests/browser/test_offline.py::test_what_a_former_version_kept_in_clear_is_sealed_read_again_and_sent_once",
    ),
    _breakage(
        "offline:erased-by-another", "Logging out never erases what waits for another.",
        "static/device_key.js", "onLeave(forgetAll);", "onLeave(forgetAll);\n  onLeave(() => localStorage.clear());",
        "tests/browser/test_offline.py::test_another_person_at_the_same_phone_neither_sees_nor_sends_it",
    ),
    _breakage(
        "offline:form-of-whoever", "A form kept for use without network is nobody's until somebody says that it is theirs.",
        "static/device_key.js", "if (keeper && isClaimed(keeper)) open();", "if (keeper) open();",
        "tests/browser/test_offline.py::test_the_form_opens_without_network",
    ),
    _breakage(
        "offline:form-for-ever", "The form that a phone keeps goes with the session.",
        "templates/worker.js", "if (!form || Date.now() <", "if (!form || 0 <",
        "tests/browser/test_offline.py::test_the_form_opens_without_network",
    ),
    _breakage(
        "offline:kept-message", "The form that a phone keeps bears no message, which may tell a level.",
        "incidents/facts/offline_views.py", '"messages": (), ', "",
        "tests/portal/test_offline.py::test_the_form_that_a_phone_keeps_holds_no_message_and_leaves_it_to_the_next_page",
    ),
    _breakage(
        "drafts:key-kept-offline", "The key of the drafts is in no page that a device keeps.",
        "incidents/facts/offline_views.py", '"draft_key": "", ', "",
        "tests/portal/test_drafts.py::test_no_key_goes_where_it_would_be_stored_or_where_nobody_is_logged_in",
    ),
    _breakage(
        "drafts:one-key-for-all", "Each account has a key of its own for its drafts.",
        "portal/drafts.py", 'salted_hmac("portal.drafts", str(user_id), ', 'salted_hmac("portal.drafts", "", ',
        "tests/portal/test_drafts.py::test_each_account_has_a_key_of_its_own_and_keeps_it_in_its_next_session",
    ),
    _breakage(
        "drafts:in-clear", "A draft lies encrypted on the device.",
        "static/draft_box.js", "id, ...sealed }));", "id, ...said, ...sealed }));",
        "tests/browser/test_drafts.py::test_what_was_typed_is_found_again_in_another_tab_and_erased_when_asked",
    ),
    _breakage(
        "unsent:another-account", "A form that one account opened is never sent in the session of another.",
        "portal/drafts.py", "return opened_by_another(request) if is_anothers(request) else None", "return None",
        "tests/portal/test_unsent.py::test_a_form_that_another_account_opened_is_refused_and_nothing_of_it_shown",
    ),
    _breakage(
        "unsent:other-sites", "What another site sent is never given back with a token.",
        "portal/unsent.py", "    if not _came_from_here(request):\n        return keeping", "    if False:\n        return keeping",
        "tests/portal/test_unsent.py::test_nothing_that_another_site_sent_is_given_back",
    ),
)  # fmt: skip
