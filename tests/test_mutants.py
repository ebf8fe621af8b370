"""The list of mutants does not rot: each still has something to break, and the documentation lists them all."""

from tests.mutants import ROOT
from tests.mutants.breakages import MUTANTS
from tests.mutants.report import reported


def test_every_mutant_still_finds_the_text_it_breaks():
    assert [mutant.name for mutant in MUTANTS if mutant.broken() == (ROOT / mutant.file).read_text()] == []


def test_mutants_have_names_of_their_own():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 60


def test_every_test_that_must_notice_exists():
    files = {test.split("::")[0] for mutant in MUTANTS for test in mutant.tests}
    assert [name for name in files if not (ROOT / name).is_file()] == []


def test_the_documentation_lists_every_mutant_and_each_was_killed():
    told = reported()
    assert {name: promise for name, (promise, _killer) in told.items()} == {
        m.name: m.promise for m in MUTANTS
    }
    assert [name for name, (_promise, killer) in told.items() if not killer.startswith("tests/")] == []
