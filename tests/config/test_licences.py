"""Test that third-party files served to browsers carry their notices, and the product's own its licence."""

import json
import tomllib
from pathlib import Path

from config.database import ROOT

NOTICE = ROOT / "NOTICE"
LICENCES = {"0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "OFL-1.1"}


def served() -> dict[str, dict]:
    """The packages whose files may reach a browser; types end with the compiler."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {
        path: package
        for path, package in packages.items()
        if path and not package.get("dev") and "@types/" not in path
    }


def notice(path: str, package: dict) -> str:
    """What a package says of its licence: its file if it has one, else what it declares."""
    head = f"{path.removeprefix('node_modules/')}: {package['license']}"
    found = [file for file in sorted((ROOT / path).iterdir()) if "LICEN" in file.name.upper()]
    if found:
        lines = found[0].read_text().strip().splitlines()
        return "\n".join([head, "", *(line.rstrip() for line in lines)])
    author = json.loads((ROOT / path / "package.json").read_text()).get("author", "its contributors")
    return f"{head}, by {author['name'] if isinstance(author, dict) else author}"


def notices() -> str:
    rule = "\n\n" + "-" * 80 + "\n\n"
    head = "Palier serves files of these packages to browsers. Each states its licence here."
    return rule.join([head, *(notice(*each) for each in sorted(served().items()))]) + "\n"


def test_the_notice_has_the_words_of_every_package_that_is_served():
    assert NOTICE.read_text() == notices(), "write notices() to NOTICE again"


def test_no_package_that_is_served_has_a_licence_nobody_looked_at():
    assert {package["license"] for package in served().values()} <= LICENCES


def test_metadata_names_the_licence():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert (project["license"], project["license-files"]) == ("EUPL-1.2", ["LICENSE", "NOTICE"])
    assert json.loads((ROOT / "package.json").read_text())["license"] == "EUPL-1.2"
    text = Path(ROOT / "LICENSE").read_text()
    assert text.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\nEUPL © the European Union 2007, 2016\n")
