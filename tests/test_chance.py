"""No test is decided by how busy the machine is: none sleeps, measures time or waits for less than a bound for hangs."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.database import ROOT

_TESTS = ROOT / "tests"
# Servers and whole machines answer when they do, and are asked again until then.
_MAY = {_TESTS / "waiting.py", _TESTS / "browser" / "conftest.py", *(_TESTS / "trials").glob("*.py")}
# A time of the processor is none of them, where the bound leaves it room.
_CLOCKS = {"sleep", "monotonic", "perf_counter"}
_WAITS = {"wait", "join", "acquire", "communicate"}
_SHORTEST_S = 30


def _decided_by_time(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if ast.unparse(node.func.value) == "time" and node.func.attr in _CLOCKS:
            yield node.lineno, ast.unparse(node)
        bounds = node.args if node.func.attr in _WAITS else []
        bounds = [*bounds, *(keyword.value for keyword in node.keywords if keyword.arg == "timeout")]
        if any(_is_short(bound) for bound in bounds) and ast.unparse(node.func.value) != "httpx":
            yield node.lineno, ast.unparse(node)


def _is_short(bound: ast.expr) -> bool:
    return (
        isinstance(bound, ast.Constant) and isinstance(bound.value, int | float) and bound.value < _SHORTEST_S
    )


def _files() -> list[Path]:
    apart = {_TESTS / "mutants", _TESTS / "browser"}
    return [file for file in _TESTS.rglob("*.py") if file not in _MAY and not apart & set(file.parents)]


def test_no_test_sleeps_measures_time_or_is_impatient():
    found = [
        f"{file.relative_to(ROOT)}:{line}: {code}"
        for file in _files()
        for line, code in _decided_by_time(ast.parse(file.read_bytes()))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    ["time.sleep(0.1)", "began = time.monotonic()", "done.wait(20)", "run([], timeout=5)", "t.join(1)"],
)
def test_what_waits_for_the_machine_is_found(code):
    (found,) = _decided_by_time(ast.parse(code.replace("run(", "subprocess.run(")))
    assert found[0] == 1


@pytest.mark.parametrize(
    "code", ["done.wait(PATIENCE_S)", "', '.join(words)", "subprocess.run([], timeout=300)"]
)
def test_a_bound_for_what_hangs_is_none_of_it(code):
    assert list(_decided_by_time(ast.parse(code))) == []
