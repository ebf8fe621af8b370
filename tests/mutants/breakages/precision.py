"""Breakages of the precision of circles: sites that a coarse circle reads, and small counts that come back."""

from tests.mutants import Mutant

_SQL, _SUPPRESSION = "partners/policies/0025_precision_of_circles.sql", "partners/publications/suppression.py"
_FREEZING, _COARSE = "partners/publications/freezing.py", "partners/publications/coarse.py"
_OUTPUTS, _ATTACKER = "tests/partners/test_precision.py", "tests/partners/test_suppression.py"
_CONSTRAINTS = "tests/test_constraints.py::test_precision"


def _of(name: str, promise: str, file: str, old: str, new: str, *tests: str) -> Mutant:
    return Mutant(f"precision:{name}", promise, file, old, new, tests)


MUTANTS = (
    _of(
        "small-counts-told", "A count under five is never told.", _SUPPRESSION,
        "if floor > 0}", "if floor >= 0}", f"{_ATTACKER}::test_what_is_told_is_true_never_small_and_in_fives",
    ),
    _of(
        "exact-counts", "A count is told in steps of five alone.", _SUPPRESSION,
        "counts.get(mark, 0) // STEP * STEP for", "counts.get(mark, 0) for",
        f"{_ATTACKER}::test_what_is_told_is_true_never_small_and_in_fives",
    ),
    _of(
        "nothing-beyond", "Whoever knows how many sites there are learns no small count.", _SUPPRESSION,
        "    if beyond < STEP - 1:", "    if beyond < 0:",
        f"{_ATTACKER}::test_whoever_knows_how_many_sites_there_are_learns_no_small_count",
    ),
    _of(
        "counts-of-the-withdrawn", "Counts that were withdrawn are told to coordinators alone.", _SQL,
        "(p.withdrawn_at IS NULL AND p.circle_id", "(p.circle_id",
        f"{_OUTPUTS}::test_what_is_withdrawn_is_told_to_the_coordinator_alone",
    ),
    _of(
        "counts-of-who-left", "Counts close with a landlord that shares no more.", _SQL,
        "p.shares <@ ARRAY(", "p.shares IS NOT NULL OR p.shares <@ ARRAY(",
        f"{_OUTPUTS}::test_a_landlord_that_leaves_closes_the_counts_it_stands_in",
    ),
    _of(
        "counts-to-leads", "A lead, who would subtract their own sites, reads no count.", _SQL,
        "AND p.circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])", "",
        f"{_OUTPUTS}::test_counts_are_told_to_the_circle_and_its_coordinator_alone",
    ),
    _of(
        "counts-of-two-territories", "Nobody subtracts the counts of two territories that share a commune.", _SQL,
        "m.user_id = (SELECT palier_user()) AND m.membership_id IS NOT NULL",
        "m.user_id IS NULL",
        f"{_OUTPUTS}::test_whoever_has_counts_of_a_commune_from_elsewhere_is_told_none_here",
    ),
    _of(
        "counts-of-the-own-territory", "Nor does whoever coordinates the other.", _SQL,
        "o.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])", "false",
        f"{_OUTPUTS}::test_whoever_has_counts_of_a_commune_from_elsewhere_is_told_none_here",
    ),
    _of(
        "sites-in-a-publication-of-counts", "No site stands in a publication of counts.", _SQL,
        "ALTER TABLE partners_publishedsite ADD CONSTRAINT site_is_as_precise_as_publication\n"
        "    FOREIGN KEY (publication_id, precision) REFERENCES partners_publication (id, precision);\n", "",
        _CONSTRAINTS,
    ),
    _of(
        "note-to-a-coarse-circle", "A note goes to no circle that sees no address.", _SQL,
        "ALTER TABLE partners_synthesisnote ADD CONSTRAINT note_goes_to_a_circle_of_addresses\n"
        "    FOREIGN KEY (circle_id, circle_precision) REFERENCES partners_circle (id, precision);\n", "",
        _CONSTRAINTS, f"{_OUTPUTS}::test_no_note_goes_to_a_circle_that_sees_no_address",
    ),
    _of(
        "addresses-by-residence", "A circle by residence gets neither addresses nor points.", _FREEZING,
        "    if publication.by_residence:", "    if False:",
        f"{_OUTPUTS}::test_a_circle_by_residence_gets_sites_without_address_or_point",
    ),
    _of(
        "sites-counted-in-the-journal", "The journal tells no number of counted sites.", _FREEZING,
        '= {} if coarse else {"sites": len(sites)}', '= {"sites": len(state.shares)}',
        f"{_OUTPUTS}::test_the_journal_tells_no_number_of_counted_sites",
    ),
    _of(
        "one-cell", "A priority neighbourhood is counted apart.", _COARSE,
        "names.get(site.residence_id, unnamed)", '""',
        f"{_OUTPUTS}::test_a_priority_neighbourhood_is_a_cell_of_its_own",
    ),
    _of(
        "file-that-does-not-say", "A coarsened file says that it is one.", _COARSE,
        '        (_("Précision"), lambda _row: said()),\n', "",
        f"{_OUTPUTS}::test_every_output_says_that_it_is_coarsened_and_names_no_site",
    ),
    _of(
        "precision-changed-later", "The precision of a circle stays once it was given something.",
        "partners/circles/services.py", "    if has_been_given(held):\n        raise GivenError\n", "",
        f"{_OUTPUTS}::test_nothing_that_was_given_changes_its_precision",
    ),
)  # fmt: skip
