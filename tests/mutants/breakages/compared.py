"""Breakages of two campaigns compared, and of what stands beside each level that is given to a circle."""

from tests.mutants import Mutant


def _compared(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(f"compared:{name}", promise, file, old, new, (test,))


_COMPARISON, _SIDES = "classification/campaigns/comparison.py", "classification/campaigns/sides.py"
_WHYS, _VIEWS = "classification/campaigns/whys.py", "classification/campaigns/comparison_views.py"
_READING, _SNAPSHOT = "classification/campaigns/reading.py", "partners/snapshot.py"
_TESTS, _GIVEN = (
    "tests/classification/campaigns/test_comparison.py",
    "tests/partners/test_expected_decisions.py",
)

MUTANTS = (
    _compared(
        "silence-as-improvement", "A site whose recording stopped did not fall.", _COMPARISON,
        "after.mark == Mark.STOPPED or (now < then and (after.silent or after.unseen))", "False",
        f"{_TESTS}::test_what_became_of_a_site",
    ),
    _compared(
        "proposed-alone", "What is compared is the retained level, else the proposed one.", _SIDES,
        "return self.retained or self.level", "return self.level",
        f"{_TESTS}::test_what_counts_is_the_retained_level_and_a_departure_is_said",
    ),
    _compared(
        "silent-by-what-is-left", "A site that was silent is compared by the level before the silence.", _SIDES,
        "return self.level_before if quiet and self.silent and self.level_before else self.shown", "return self.shown",
        f"{_TESTS}::test_what_became_of_a_site",
    ),
    _compared(
        "erased-as-new", "What was erased at its term is not called new.", _COMPARISON,
        "if change.site.landlord_id not in erased", "",
        f"{_TESTS}::test_what_was_erased_at_its_term_is_not_called_new",
    ),
    _compared(
        "grid-untold", "Another grid is told as a reason where it reclassified.", _WHYS,
        "if versions[0].pk != versions[1].pk and reclassified(then.findings, now.findings):", "if False:",
        f"{_TESTS}::test_another_grid_is_a_reason_where_what_was_counted_alike_has_another_level",
    ),
    _compared(
        "grid-blamed", "Another grid is no reason for what was counted otherwise.", _WHYS,
        " and reclassified(then.findings, now.findings):", ":",
        f"{_TESTS}::test_another_grid_is_a_reason_where_what_was_counted_alike_has_another_level",
    ),
    _compared(
        "unread-by-journals", "What a coordinator compares is in the journal of each landlord shown.", _VIEWS,
        "concerns=_landlords(chosen), compared=", "concerns=(), compared=",
        f"{_TESTS}::test_a_coordinator_s_reading_is_in_the_journal_of_each_landlord_shown",
    ),
    _compared(
        "later-before", "The later day is the later side, whichever campaign was asked from.", _VIEWS,
        "first, last = sorted((one, other), key=lambda side: (side.campaign.as_of, side.campaign.pk))", "first, last = other, one",
        f"{_TESTS}::test_by_default_it_is_the_campaign_before_and_any_other_can_be_asked_for",
    ),
    _compared(
        "expected-of-all", "A decision is expected of the landlords that a campaign asks alone.", _SNAPSHOT,
        "self.expected.get(residence.landlord_id)", "next(iter(self.expected.values()), None)",
        f"{_GIVEN}::test_every_output_of_a_partner_says_it_of_every_level",
    ),
    _compared(
        "expected-in-the-past", "A deadline that passed is promised to nobody.", _READING,
        "campaign is None or campaign.deadline < timezone.localdate()", "campaign is None",
        f"{_GIVEN}::test_a_deadline_that_passed_is_not_promised",
    ),
    _compared(
        "undecided-unsaid", "A partner never sees a level without a word about its decision.", "partners/publications/tables.py",
        '    always = ("rank", "level", "name", "decided_on")', '    always = ("rank", "level", "name")',
        "tests/partners/test_decided_levels.py::test_no_choice_of_columns_hides_from_a_partner_whether_a_level_was_decided",
    ),
    _compared(
        "expected-untold-on-the-map", "A point of the map says by when a decision is expected.", "partners/publications/points.py",
        "_Decided(*decided)", "_Decided(*decided[:3], None, None)",
        f"{_GIVEN}::test_every_output_of_a_partner_says_it_of_every_level",
    ),
    _compared(
        "expected-untold-in-notes", "A note says by when a decision is expected.", "partners/notes/content.py",
        "given_of(site), briefly_given_of(site)", "given_of(site), given_of(site)",
        f"{_GIVEN}::test_a_note_says_it_of_every_level",
    ),
)  # fmt: skip
