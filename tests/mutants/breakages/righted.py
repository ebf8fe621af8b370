"""Breakages of what puts places and ways of seeing lists right: merging, correcting back, undoing later, saved views."""

from tests.mutants import Mutant

_FORMER = "tests/sites/test_former_texts.py::"
_DWELLINGS = "tests/sites/test_merged_dwellings.py::"
_STOCK = "tests/sites/test_undo_stock.py::"
_STALE, _LISTS = "tests/test_stale_forms.py::", "tests/accounts/test_lists.py::"


def _broken(name: str, promise: str, file: str, old: str, new: str, test: str, *, after: str = "") -> Mutant:
    return Mutant(name, promise, file, old, new, (test,), after)


MUTANTS = (
    _broken(
        "merging:third-residence-in-silence", "A third residence that a merge gives records is classified anew.",
        "sites/upkeep/merging.py", "[survivor, merged, *others]", "[survivor, merged]",
        _FORMER + "test_a_merge_that_leads_into_a_third_residence_evaluates_counts_and_takes_it_back",
    ),
    _broken(
        "merging:dwellings-counted-otherwise", "Dwellings of merged places count as was answered.",
        "sites/upkeep/merging.py", "if dwellings == MergedDwellings.BOTH else", "if dwellings == MergedDwellings.ONCE else",
        _DWELLINGS + "test_a_merged_door_keeps_adds_and_gets_back_its_dwellings",
    ),
    _broken(
        "merging:text-that-never-comes-back", "An address is corrected back to a text that it had.",
        "sites/upkeep/services.py", "again = _former_text(held, fresh.match_key)", "again = None",
        _FORMER + "test_an_address_is_corrected_back_and_found_by_both_texts",
    ),
    _broken(
        "merging:text-of-another-door", "A correction takes no text of a door that was merged.",
        "sites/upkeep/services.py", "return found if corrections.exists() else None", "return found",
        _FORMER + "test_the_text_of_a_door_that_was_merged_is_not_taken",
    ),
    _broken(
        "merging:doors-in-silence", "Levels of addresses are said before an act on places.",
        "sites/upkeep/foreseen.py", "return changes + [one for one in _addresses(tried) if one.residence.pk not in unclassed]", "return changes",
        _FORMER + "test_an_act_on_a_door_says_the_levels_of_doors_too",
    ),
    _broken(
        "undoing:left-for-good", "What an import's undoing left is undone once it is used no more.",
        "sites/imports/undo/services.py", "return bool(run.undone.keys() & {USED, CHANGED})", "return False",
        _STOCK + "test_what_a_split_held_goes_once_the_split_is_undone",
    ),
    _broken(
        "undoing:taken-back-is-a-change", "A change that somebody took back holds no row of an import.",
        "sites/imports/undo/plan.py", "(c.after - '{changed_at,changed_by_id}'::text[])", "c.after",
        _STOCK + "test_what_a_split_held_goes_once_the_split_is_undone",
    ),
    _broken(
        "views:deleted-unseen", "A view that changed in another tab is not deleted unseen.",
        "accounts/lists/services.py", "    check_version(version, held, state_of(held))\n    write_account_entry", "    write_account_entry",
        _STALE + "test_a_view_saved_anew_in_another_tab_is_not_deleted_unseen", after="def delete_view(",
    ),
    _broken(
        "views:named-back", "A view that changed in another tab is not named back.",
        "accounts/lists/services.py", "    check_version(version, held, state_of(held))\n", "",
        _STALE + "test_a_view_renamed_in_another_tab_is_not_named_back", after="def change_view(",
    ),
    _broken(
        "views:two-defaults", "A list opens with one view.",
        "accounts/lists/services.py", "    if is_default:\n        _no_default(list_name)\n", "",
        _LISTS + "test_a_list_opens_with_the_default_view_and_only_when_asked_plainly",
    ),
    _broken(
        "views:deleted-without-a-word", "The journal says that a view was deleted.",
        "accounts/lists/services.py", "    write_account_entry(scope, AuditAction.CANCEL, held, list=held.list_name)\n", "",
        _LISTS + "test_a_view_is_saved_offered_replaced_renamed_and_deleted",
    ),
)  # fmt: skip
