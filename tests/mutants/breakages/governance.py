"""Breakages of the adoption of a grid: who says what, when it counts, what is kept."""

from tests.mutants import Mutant

_POLICY, _ADOPTING = "classification/policies/0013_grid_governance.sql", "classification/grids/adopting.py"
_TESTS = "tests/classification/grids/test_adopting.py"


def _adoption(name: str, promise: str, file: str, old: str, new: str, test: str, after: str = "") -> Mutant:
    return Mutant(f"adoption:{name}", promise, file, old, new, (f"{_TESTS}::{test}",), after)


MUTANTS = (
    _adoption(
        "before-its-day", "A grid counts from its first day on, and not before.", _POLICY,
        "AND coalesce(a.starts_on, '-infinity') <= on_day", "AND on_day IS NOT NULL",
        "test_it_counts_from_its_day_once_every_landlord_has_accepted",
    ),
    _adoption(
        "first-for-ever", "A later adoption takes over from its day.", _POLICY,
        "a.starts_on DESC NULLS LAST, a.settled_at", "a.starts_on NULLS LAST, a.settled_at",
        "test_a_later_adoption_takes_over_from_its_day",
    ),
    _adoption(
        "without-all", "A grid is adopted only once every landlord that shares with the territory has accepted it.", _ADOPTING,
        "            AND palier_adoption_awaits(%(adoption)s) = 0 AS settled", "            AS settled",
        "test_it_counts_from_its_day_once_every_landlord_has_accepted",
    ),
    _adoption(
        "trigger-without-all", "The database lets nobody adopt what a landlord has not accepted.", _POLICY,
        "                AND palier_adoption_awaits(NEW.id) = 0 AND EXISTS (\n"
        "                    SELECT 1 FROM classification_adoptionstep s WHERE s.adoption_id = NEW.id AND s.kind = 'accepted')",
        "", "test_nobody_adopts_but_those_who_are_asked",
    ),
    _adoption(
        "by-nobody", "Nothing is adopted that nobody accepted.", _ADOPTING,
        " OR count(*) FILTER (WHERE s.kind = 'accepted') > 0\n            AND", " OR",
        "test_nothing_is_adopted_that_nobody_accepted",
    ),
    _adoption(
        "for-another-landlord", "A lead answers for the own landlord alone.", _POLICY,
        "AND organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND (organisation_id, territory_id)",
        "AND (organisation_id, territory_id)", "test_who_may_propose_answer_and_withdraw",
    ),
    _adoption(
        "after-its-day", "It cannot be accepted after its first day.", _ADOPTING,
        "    if held.passed:\n        raise MovedOnError\n", "", "test_it_cannot_be_accepted_after_its_day",
    ),
    _adoption(
        "unlocked", "Two leads who accept at once adopt it.", _ADOPTING,
        'GridAdoption.objects.select_for_update(of=("self",)).select_related', "GridAdoption.objects.select_related",
        "test_leads_who_accept_at_once_adopt_it",
    ),
    _adoption(
        "not-in-the-night", "What waited for a landlord that left is adopted in the night.", "classification/engine/tasks.py",
        "        settle_all()\n", "        pass\n", "test_what_waited_for_a_landlord_that_left_is_adopted_in_the_night",
    ),
    _adoption(
        "told-to-the-last-alone", "What became of a proposal is in the journals of all landlords that share with the territory.", _ADOPTING,
        "*_told(held, state)]", "]",
        "test_what_became_of_it_is_in_the_journal_of_every_landlord_that_shares",
    ),
    _adoption(
        "one-stops-all", "An adoption that fails keeps no other from being settled.", _ADOPTING,
        "        except Exception:\n            failed += 1", "        except LookupError:\n            failed += 1",
        "test_one_adoption_that_fails_keeps_nobody_from_their_levels",
    ),
    _adoption(
        "under-a-campaign", "No grid is proposed that begins while a campaign is open.", _ADOPTING,
        "deadline__gte=starts_on", "deadline__lt=starts_on", "test_a_grid_begins_after_the_campaign_that_is_open",
    ),
    _adoption(
        "said-to-all", "Who said what of a grid is read by the coordinators and the leads of its territory alone.", _POLICY,
        "CREATE POLICY adoptionstep_select ON classification_adoptionstep FOR SELECT USING (\n    ",
        "CREATE POLICY adoptionstep_select ON classification_adoptionstep FOR SELECT USING (\n    true OR ",
        "test_which_grid_counts_is_read_by_all_and_who_said_what_by_the_territory",
    ),
    _adoption(
        "not-at-once", "What begins today is evaluated at once.", _ADOPTING,
        "        outbox.send(tasks.evaluate_territory, adoption.territory_id)", "        pass",
        "test_what_begins_today_is_evaluated_at_once",
    ),
    Mutant(
        "adoption:counts-of-other-windows", "A simulation reads the stored counts only where the windows are the same.",
        "classification/grids/simulation.py", "    elif same_windows(version, on.versions):", "    elif same_windows:",
        ("tests/classification/grids/test_simulation.py",), "",
    ),
)  # fmt: skip
