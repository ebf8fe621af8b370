"""Break one thing after another, and see which tests notice: ``make mutants``."""

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from tests.mutants import ROOT, AnchorError, Mutant
from tests.mutants.breakages import MUTANTS
from tests.mutants.report import killers, write_report

FOLDER = ROOT / "var" / "mutants"
# One in each checkout at a time.
CHECKOUTS = 2
# A mutant may make a test wait for ever.
_TIMEOUT_S = 900
_FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)


def main() -> int:
    """Run the mutants that are asked for; return 0 when each was killed."""
    from tests.conftest import start_server

    asked = os.environ.get("ONLY", "").split() or ["*"]
    chosen = [mutant for mutant in MUTANTS if any(fnmatch(mutant.name, pattern) for pattern in asked)]
    if not chosen:
        print(f"No mutant is called {' or '.join(asked)}.")
        return 2
    # A change of the schema has its server make databases anew, and drop those of before: each checkout has its own.
    environments = {
        _checkout(FOLDER / f"checkout-{n}"): os.environ
        | {
            "PALIER_TEST_SUPERUSER_URI": start_server(FOLDER / f"postgres-{n}"),
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
        }
        for n in range(1, CHECKOUTS + 1)
    }
    if not _pass_unbroken(chosen, *next(iter(environments.items()))):
        return 2
    verdicts = _try_all(chosen, environments)
    write_report(verdicts)
    left = [name for name, verdict in verdicts.items() if not verdict.startswith("tests/")]
    print(f"{len(verdicts) - len(left)} of {len(verdicts)} mutants killed.")
    return 1 if left else 0


def _checkout(folder: Path) -> Path:
    """Copy what git knows of into ``folder``, anew, beside what is installed."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for catalog in ROOT.glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy2(catalog, folder / catalog.relative_to(ROOT))
    for installed in (".venv", ".tools", "node_modules"):
        if (ROOT / installed).exists():
            (folder / installed).symlink_to(ROOT / installed)
    return folder


def _pass_unbroken(chosen: list[Mutant], checkout: Path, environment: dict[str, str]) -> bool:
    """Say whether every test that must notice something passes while nothing is broken."""
    named = dict.fromkeys(test for mutant in chosen for test in mutant.tests)
    code, output = _pytest([f"-n{CHECKOUTS}", *named], checkout, environment, timeout=3600)
    if code:
        print(f"The tests named do not pass without any mutant:\n{output[-6000:]}")
    return code == 0


def _try_all(chosen: list[Mutant], environments: dict[Path, dict[str, str]]) -> dict[str, str]:
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in chosen:
        waiting.put(mutant)
    verdicts: dict[str, str] = {}

    def work(checkout: Path, environment: dict[str, str]) -> None:
        while True:
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            verdicts[mutant.name] = verdict = _try(mutant, checkout, environment)
            print(f"{mutant.name}: {verdict}", flush=True)

    threads = [threading.Thread(target=work, args=each) for each in environments.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {mutant.name: verdicts[mutant.name] for mutant in chosen}


def _try(mutant: Mutant, checkout: Path, environment: dict[str, str]) -> str:
    """Return the test that killed the mutant, "SURVIVED", or "broken" and why."""
    try:
        text = mutant.broken(checkout)
    except AnchorError as error:
        return f"broken: {error}"
    policies = checkout / "var" / "policies"
    target = (policies if mutant.is_policy else checkout) / mutant.file
    if mutant.is_policy:
        shutil.rmtree(policies, ignore_errors=True)
        for file in checkout.glob("*/policies/*.sql"):
            copy = policies / file.relative_to(checkout)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
        environment = environment | {"PALIER_TEST_POLICIES": str(policies)}
    sound = target.read_text(encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    try:
        # The tests that noticed it the last time first: most often they are the only ones that run.
        verdicts = (
            _judge(tests, checkout, environment) for tests in (killers(mutant), mutant.tests) if tests
        )
        return next((verdict for verdict in verdicts if verdict != "SURVIVED"), "SURVIVED")
    finally:
        target.write_text(sound, encoding="utf-8")


def _judge(tests: Sequence[str], checkout: Path, environment: dict[str, str]) -> str:
    return _verdict(*_pytest(["-x", "-n0", *tests], checkout, environment, timeout=_TIMEOUT_S))


def _verdict(code: int, output: str) -> str:
    if code == 0:
        return "SURVIVED"
    # A test that cannot even be collected or set up has noticed nothing of what was promised.
    failed = _FAILED.search(output)
    return failed[1] if failed else f"broken: no test failed, pytest ended with {code}\n{output[-3000:]}"


def _pytest(
    arguments: list[str], checkout: Path, environment: dict[str, str], *, timeout: int
) -> tuple[int, str]:
    """Run tests in a checkout; a run that takes too long counts as one that fails."""
    options = ["-p", "no:randomly", "-rf", "--tb=short"]
    # By folder: between tests of two folders pytest forgets the fixtures of the first.
    command = [str(checkout / ".venv/bin/python"), "-m", "pytest", *options, *sorted(arguments)]
    try:
        done = subprocess.run(
            command,
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return 1, f"FAILED {arguments[-1]} (it did not end)"
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main())
