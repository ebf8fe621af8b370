"""Write and read the table of mutants in the documentation."""

import re
from collections.abc import Mapping

from tests.mutants import ROOT, Mutant
from tests.mutants.breakages import MUTANTS

REPORT = ROOT / "docs" / "mutants.md"
_HEAD = """# Mutants

Each of these breakages is made in a copy of the checkout by `make mutants`, which then runs the tests
named for it. The last column is the test that failed first. A breakage that no test notices stands here
as SURVIVED, and is a test to write.
"""


def write_report(verdicts: Mapping[str, str]) -> None:
    """Write which test killed each mutant; of those that were not run, what was known of them stays."""
    known = {name: killer for name, (_promise, killer) in reported().items()}
    # Not which of its cases: that may name a day, or the number of a row.
    known |= {name: verdict.splitlines()[0].split("[")[0] for name, verdict in verdicts.items()}
    lines = [_HEAD]
    group = ""
    for mutant in MUTANTS:
        if mutant.group != group:
            group = mutant.group
            lines += ["", f"## {group}", "", "| mutant | promise | killed by |", "|---|---|---|"]
        lines.append(f"| {mutant.name} | {mutant.promise} | `{known.get(mutant.name, 'not run')}` |")
    REPORT.write_text("\n".join(lines).replace("\n\n\n", "\n\n") + "\n", encoding="utf-8")


def killers(mutant: Mutant) -> list[str]:
    """Return the test that killed a mutant the last time, where the mutant names its whole file and it is still there."""
    _promise, killer = reported().get(mutant.name, ("", ""))
    file, _, test = killer.partition("::")
    if file not in mutant.tests:
        return []
    return [killer] if f"def {test}(" in (ROOT / file).read_text(encoding="utf-8") else []


def reported() -> dict[str, tuple[str, str]]:
    """Return name → (promise, killed by) as the documentation says it."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    rows = re.findall(r"^\| ([a-z]+:\S+) \| (.+) \| `(.+)` \|$", text, re.MULTILINE)
    return {name: (promise, killer) for name, promise, killer in rows}
