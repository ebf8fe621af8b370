"""The list of mutants does not rot: each still has something to break, and the documentation lists them all."""

import re

from tests.mutants import ROOT, Mutant
from tests.mutants.breakages import MUTANTS
from tests.mutants.report import reported


def test_every_mutant_still_finds_the_text_it_breaks():
    assert [mutant.name for mutant in MUTANTS if mutant.broken() == (ROOT / mutant.file).read_text()] == []


# What makes a policy or a function, as policies/*.sql write it, with its name.
_MADE = re.compile(r"(?:CREATE POLICY (\w+) ON|CREATE OR REPLACE FUNCTION (\w+)\(|ALTER FUNCTION (\w+)\()")


def _broken_object(mutant: Mutant) -> str:
    """Return the name of the policy or function whose statement the mutant changes; "" for none."""
    whole = (ROOT / mutant.file).read_text(encoding="utf-8")
    pairs = enumerate(zip(whole, mutant.broken(), strict=False))
    change = next((place for place, (one, other) in pairs if one != other), len(whole))
    # The statement may begin in the line that is changed.
    made = _MADE.findall(whole[: whole.find("\n", change)])
    return "".join(made[-1]) if made else ""


def test_no_mutant_breaks_a_policy_that_a_later_file_makes_anew():
    """It would break nothing, and be found alive only when all of them are run."""
    stale = []
    for mutant in MUTANTS:
        if mutant.is_policy and (name := _broken_object(mutant)):
            file = ROOT / mutant.file
            later = [other for other in file.parent.glob("*.sql") if other.name > file.name]
            again = rf"CREATE POLICY {name} ON|CREATE OR REPLACE FUNCTION {name}\("
            stale += [
                (mutant.name, other.name) for other in later if re.search(again, other.read_text("utf-8"))
            ]
    assert stale == []


def test_mutants_have_names_of_their_own():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 60


def _is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file():
        return False
    functions = [name.split("[")[0] for name in name.split("::") if name]
    text = (ROOT / file).read_text(encoding="utf-8")
    return all(f"def {function}(" in text for function in functions)


def test_every_test_that_must_notice_or_noticed_exists():
    named = {test for mutant in MUTANTS for test in mutant.tests}
    noticed = {killer.removesuffix(" (it did not end)") for _promise, killer in reported().values()}
    assert [test for test in sorted(named | noticed) if not _is_there(test)] == []


def test_the_documentation_lists_every_mutant_and_each_was_killed():
    told = reported()
    assert {name: promise for name, (promise, _killer) in told.items()} == {
        m.name: m.promise for m in MUTANTS
    }
    assert [name for name, (_promise, killer) in told.items() if not killer.startswith("tests/")] == []
