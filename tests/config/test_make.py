"""What the commands of the Makefile would do, without doing it."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from config.database import ROOT
from tests.conftest import APART, database_environment

MADE = (
    "Makefile",
    "locale/french_catalog.py",
    "package-lock.json",
    "requirements.txt",
    *(f"requirements-{name}.txt" for name in ("uv", "build", "demo", "dev")),
)


# Of the make that runs the tests nothing is inherited.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout where nothing was ever installed."""
    for name in MADE:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for file in ROOT.glob("locale/*/LC_MESSAGES/django.po"):
        (tmp_path / file.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, tmp_path / file.relative_to(ROOT))
    return tmp_path


def _would(checkout: Path, target: str) -> str:
    done = subprocess.run(
        ["make", "-n", target], cwd=checkout, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _make_venv(checkout: Path, name: str) -> Path:
    venv.EnvBuilder(symlinks=True).create(checkout / name)
    (checkout / name / ".place").write_text(f"{(checkout / name).resolve()}\n")
    return checkout / name


def _made_anew(checkout: Path) -> set[str]:
    return set(re.findall(r"rm -rf (\.tools|\.venv)\b", _would(checkout, ".venv/.installed")))


def test_help_lists_every_command():
    listed = {line.split()[0] for line in _run("help").splitlines()}
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert listed == set(phony.split()) - {"anew"}


def _run(target: str) -> str:
    return subprocess.run(
        ["make", "-s", target], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout


def test_an_installation_is_what_production_runs(checkout):
    would = _would(checkout, "install")
    assert set(re.findall(r"requirements[\w-]*\.txt", would)) == {
        "requirements.txt",
        "requirements-uv.txt",
        "requirements-build.txt",
    }
    assert re.findall(r"^npm ci.*$", would, re.MULTILINE) == ["npm ci --silent --omit=dev"]
    assert re.findall(r"settings\.(\w+)", would) == ["production"]
    assert re.findall(r"--output-file (locale/\S+)|(locale/\S+\.py)", would) == [
        ("locale/en/LC_MESSAGES/django.mo", ""), ("", "locale/french_catalog.py")
    ]  # fmt: skip
    assert "pytest" not in would
    assert "demo" not in would


def test_the_demonstration_installs_nothing_that_tests_need(checkout):
    assert "requirements-dev.txt" not in _would(checkout, "demo")
    assert "requirements-demo.txt" in _would(checkout, "demo")


def test_sound_folders_are_kept(checkout):
    tools = _make_venv(checkout, ".tools")
    _make_venv(checkout, ".venv")
    (tools / ".installed").touch()
    assert _made_anew(checkout) == set()


@pytest.mark.parametrize("name", [".tools", ".venv"])
@pytest.mark.parametrize("fault", ["python gone", "other version", "moved", "empty"])
def test_a_broken_folder_is_made_anew(checkout, name, fault):
    for each in (".tools", ".venv"):
        _make_venv(checkout, each)
    (checkout / ".tools" / ".installed").touch()
    folder = checkout / name
    if fault == "python gone":
        (folder / "bin" / "python").unlink()
        (folder / "bin" / "python").symlink_to("/nowhere/python3")
    elif fault == "other version":
        (library,) = folder.glob("lib/python*")
        library.rename(library.with_name("python3.0"))
    elif fault == "moved":
        (folder / ".place").write_text("/elsewhere/.venv\n")
    else:
        shutil.rmtree(folder)
        folder.mkdir()
    assert _made_anew(checkout) == {name}


def test_tools_that_were_cut_off_are_made_anew(checkout):
    _make_venv(checkout, ".tools")
    assert ".tools" in _made_anew(checkout)


def test_node_is_the_wheels_on_every_machine():
    would = subprocess.run(
        ["make", "-s", "--eval", "which: ; @command -v node npm", "which"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert would.stdout.split() == [str(ROOT / ".tools/bin/node"), str(ROOT / ".tools/bin/npm")]


def test_run_migrates_before_the_map_is_drawn(tmp_path, superuser_uri, clone_database):
    """The settings of a developer name a map background that only the next command draws."""
    recipe = subprocess.run(
        ["make", "-n", "run"], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout
    migrate = re.search(r"manage\.py (migrate .+)$", recipe, re.MULTILINE)[1].split()
    environment = os.environ | database_environment(superuser_uri, clone_database("palier_run"))
    environment |= {"VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    subprocess.run([sys.executable, "manage.py", *migrate], cwd=ROOT, env=environment, check=True)
    assert list(tmp_path.glob("*.pmtiles")) == []


def test_ci_runs_what_the_tests_leave_to_commands_of_their_own():
    in_ci = re.findall(r"^make (\w+)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    folders = {
        folder
        for target in in_ci
        for folder in re.findall(r"pytest (tests/\w+)$", _would(ROOT, target), re.MULTILINE)
    }
    assert folders == {str(folder.relative_to(ROOT)) for folder in APART}
    assert in_ci.index("browser") == in_ci.index("test") + 1
