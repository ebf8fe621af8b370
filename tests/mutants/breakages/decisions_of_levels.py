"""Breakages of decisions about levels: made, lapsed, shown, published."""

from tests.mutants import Mutant


def _level(name: str, promise: str, file: str, old: str, new: str, test: str, after: str = "") -> Mutant:
    return Mutant(f"levels:{name}", promise, file, old, new, (test,), after)


_SERVICES, _READING = "classification/decisions/services.py", "classification/decisions/reading.py"
_COUNTING = "classification/decisions/counting.sql"
_STORE, _MADE = "classification/engine/store.sql", "tests/classification/decisions/test_services.py"
_WHOSE, _POLICY = (
    "tests/classification/decisions/test_whose.py",
    "classification/policies/0011_whose_decision.sql",
)
_PAGES, _GIVEN = "tests/classification/decisions/test_pages.py", "tests/partners/test_decided_levels.py"
_TOLD = "tests/classification/decisions/test_telling.py"

MUTANTS = (
    _level(
        "in-anothers-name", "Nobody decides in the name of somebody else.", _POLICY,
        " AND decided_by_id = (SELECT palier_user())", "",
        f"{_WHOSE}::test_nobody_decides_in_the_name_of_somebody_else",
    ),
    _level(
        "ended-in-anothers-name", "Nobody ends a decision in the name of somebody else.", _POLICY,
        " AND (ended_on IS NULL OR ended_by_id = (SELECT palier_user()))", "",
        f"{_WHOSE}::test_a_decision_is_ended_by_leads_of_the_landlord_in_their_own_name",
    ),
    _level(
        "undone-with-its-import", "A residence that was decided about stays at the undoing of its import.", _POLICY,
        "'evaluation', 'stock_import', 'seeding'", "'evaluation', 'seeding'",
        "tests/classification/decisions/test_places.py::test_it_stays_at_the_undoing_of_an_import_of_the_operator",
    ),
    _level(
        "decided-unread", "A level that moved meanwhile is not decided about unread.", _SERVICES,
        "    check_version(version, site.residence, state_of(site, standing))\n", "",
        f"{_MADE}::test_a_decision_on_another_level_than_the_one_shown_is_refused",
    ),
    _level(
        "unwritten", "Each level that is confirmed with others is in the journal.", _SERVICES,
        "    for decision in made:\n        _write(scope, decision, replaces=False)\n", "",
        f"{_MADE}::test_each_level_confirmed_with_others_is_in_the_journal",
    ),
    _level(
        "contested-with-the-rest", "What is contested is not confirmed with the rest.", _SERVICES,
        "        elif stands or site.residence_id in contested:\n", "        elif stands:\n",
        f"{_MADE}::test_what_is_contested_is_not_confirmed_with_the_rest",
    ),
    _level(
        "second-click", "A second click is not told that the level changed.", _SERVICES,
        "        if stands and stands.confirms and shown == shown_version(site, None):\n", "        if False:\n",
        f"{_PAGES}::test_a_level_confirmed_in_another_tab_or_by_a_second_click_is_not_called_changed",
    ),
    _level(
        "outlives-silence", "A decision lapses when recording stops at the same level.", _STORE,
        "IS DISTINCT FROM (s.proposed, s.silent)", "IS DISTINCT FROM (s.proposed, t.silent)",
        f"{_MADE}::test_a_decision_lapses_when_recording_stops_at_the_same_level",
    ),
    _level(
        "outlives-its-level", "A decision lapses when the proposed level moves.", _STORE,
        "IS DISTINCT FROM (s.proposed, s.silent)", "IS DISTINCT FROM (t.level, s.silent)",
        f"{_MADE}::test_a_decision_lapses_when_the_proposed_level_moves",
    ),
    _level(
        "on-doors", "A decision about a residence is none about its addresses.", _STORE,
        "t.residence_id = s.residence_id AND t.address_id IS NULL\n", "t.residence_id = s.residence_id\n",
        f"{_MADE}::test_a_decision_stands_beside_addresses_of_another_level",
    ),
    _level(
        "quiet-by-decision", "A silent site is never shown as quiet by a decision.", "partners/snapshot.py",
        "return mark_of(self.shown_level, silent=self.silent)", "return self.shown_level",
        f"{_GIVEN}::test_a_silent_site_is_never_praised_by_a_decision",
    ),
    _level(
        "taken-back-counts", "What was taken back counts for no publication.", _COUNTING,
        "    AND d.ending <> 'withdrawn'\n", "",
        f"{_GIVEN}::test_what_was_taken_back_never_counts",
    ),
    _level(
        "replaced-counts-again", "A replaced decision counts for no day before it.", _COUNTING,
        "(d.as_of <= %(as_of)s::date OR NOT EXISTS (", "(true OR NOT EXISTS (",
        f"{_GIVEN}::test_what_a_decision_replaced_counts_again_only_for_days_on_which_it_stood",
    ),
    _level(
        "ended-that-day", "A decision that had ended by the day of a publication does not count.", _COUNTING,
        "d.ended_on IS NULL OR d.ended_on > %(as_of)s::date", "d.ended_on IS NULL OR d.ended_on >= %(as_of)s::date",
        f"{_GIVEN}::test_a_decision_that_ended_counts_until_then",
    ),
    _level(
        "compared-as-quiet", "A silent site retained as quiet is compared by its level before.",
        "partners/publications/evolution.py", "Q(retained=None) | Q(retained=Level.QUIET)", "Q(retained=None)",
        f"{_GIVEN}::test_a_silent_site_that_was_retained_as_quiet_is_compared_by_its_level_before",
    ),
    _level(
        "called-quiet", "The sheet of a silent site never calls it quiet.", "partners/notes/note.typ",
        "        ..if mark-of(site) == 0 {", "        ..if false {",
        f"{_GIVEN}::test_the_sheet_of_a_silent_site_never_calls_it_quiet",
    ),
    _level(
        "words-taken-back", "The words of a decision that was taken back are read by its landlord alone.",
        "templates/classification/_former_decisions.html",
        '{% if one.reason and own or one.reason and one.ending == "lapsed" %}', "{% if one.reason %}",
        f"{_PAGES}::test_nobody_outside_reads_what_a_lead_took_back",
    ),
    _level(
        "hidden-by-columns", "No choice of columns hides whether a level was decided.", "classification/residence/tables.py",
        'always = ("level", "residence", "decided_on")', 'always = ("level", "residence")',
        f"{_PAGES}::test_no_choice_of_columns_hides_whether_a_level_was_decided",
    ),
    _level(
        "hidden-from-partners", "No choice of columns hides from partners whether a level was decided.",
        "partners/publications/tables.py",
        'always = ("rank", "level", "name", "decided_on")', 'always = ("rank", "level", "name")',
        f"{_GIVEN}::test_no_choice_of_columns_hides_from_a_partner_whether_a_level_was_decided",
    ),
    _level(
        "told-every-day", "That a decision lapsed is told once.", "classification/decisions/telling.py",
        "        Decision.objects.filter(pk__in=landlords).update(told_at=timezone.now())\n", "",
        f"{_TOLD}::test_leads_of_the_landlord_alone_are_told_once",
    ),
    _level(
        "silent-without-a-word", "A silent site is decided about with a reason.", "classification/decisions/forms.py",
        "(departs or self.silent)", "departs",
        f"{_PAGES}::test_a_silent_site_is_confirmed_with_a_reason_alone",
    ),
    _level(
        "ranked-as-proposed", "Sites are ranked by the level that they are shown with.", "partners/snapshot.py",
        "            -s.shown_level,\n            -s.findings_at_level", "            -s.level,\n            -s.findings_at_level",
        f"{_GIVEN}::test_a_publication_freezes_what_was_decided",
    ),
)  # fmt: skip
