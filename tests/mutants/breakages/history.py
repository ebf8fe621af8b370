"""Breakages of the levels over time: which months are worked out, whose sites are counted, what is left out."""

from tests.mutants import Mutant


def _history(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(f"history:{name}", promise, file, old, new, (test,))


_HERE = "classification/history"
_TESTS = "tests/classification/history"
_NIGHTS, _COUNTS, _PAGES = f"{_TESTS}/test_nightly.py", f"{_TESTS}/test_history.py", f"{_TESTS}/test_pages.py"

MUTANTS = (
    _history(
        "never-again",
        "What changed is worked out again in the next night.",
        f"{_HERE}/wanted.sql",
        " AND NOT m.stale",
        "",
        f"{_NIGHTS}::test_a_late_fact_has_the_months_since_worked_out_again",
    ),
    _history(
        "by-the-former-grid",
        "All months are counted by the grid that counts now.",
        f"{_HERE}/wanted.sql",
        " AND m.grid_version_id = %(grid)s",
        " AND %(grid)s > 0",
        f"{_NIGHTS}::test_another_grid_has_all_months_worked_out_again_by_it",
    ),
    _history(
        "merged-twice",
        "A merged residence counts once.",
        f"{_HERE}/nightly.py",
        "Q(residence__merged_into__isnull=False) | Q(residence__closed_on__lte",
        "Q(residence__closed_on__lte",
        f"{_NIGHTS}::test_a_closed_residence_counts_until_it_closes_and_a_merged_one_not_at_all",
    ),
    _history(
        "correction-unnoticed",
        "A correction changes the past months too.",
        f"{_HERE}/stale.py",
        "if not residence_ids or (since and since > last):",
        "if not residence_ids or not since or since > last:",
        f"{_NIGHTS}::test_a_cancelled_fact_has_all_months_worked_out_again",
    ),
    _history(
        "places-unnoticed",
        "A merge changes the past months of the residence that takes the facts over.",
        "classification/apps.py",
        "        sites.on_places_changed(note_stale)\n",
        "",
        f"{_NIGHTS}::test_a_closed_residence_counts_until_it_closes_and_a_merged_one_not_at_all",
    ),
    _history(
        "other-territory",
        "A coordinator of two territories reads each alone.",
        f"{_HERE}/reach.py",
        "        return model._default_manager.filter(self.rows, landlord__in=ids).order_by()",
        "        return model._default_manager.filter(landlord__in=ids).order_by()",
        f"{_COUNTS}::test_a_coordinator_of_two_territories_reads_each_alone",
    ),
    _history(
        "unheard",
        "Before its first fact a landlord has no levels to tell.",
        f"{_HERE}/reading.py",
        "for pk, one in of_day.items() if (day, pk) in heard",
        "for pk, one in of_day.items()",
        f"{_COUNTS}::test_before_its_first_fact_a_landlord_is_not_counted_and_the_page_says_since_when",
    ),
    _history(
        "erased",
        "A month of which records were erased is not told.",
        f"{_HERE}/reading.py",
        "return landlord not in erased or erased[landlord] < day - horizon.LOOKS_BACK",
        "return True",
        f"{_COUNTS}::test_a_month_of_which_records_were_erased_does_not_count_their_landlord",
    ),
    _history(
        "first-version",
        "The last version of a campaign counts.",
        f"{_HERE}/closings.py",
        "~Exists(further), held",
        "held",
        f"{_COUNTS}::test_a_later_version_of_a_campaign_takes_the_place_of_the_first",
    ),
    _history(
        "unjournalled",
        "A coordinator's reading is in the journals of the landlords counted.",
        f"{_HERE}/views.py",
        "        write_reading(",
        "        (lambda *_said, **_more: None)(",
        f"{_PAGES}::test_a_coordinator_reads_one_territory_and_is_journalled_to_its_landlords",
    ),
)
