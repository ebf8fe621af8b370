"""Test how known faults of dependencies and secrets are told, as the tools write them."""

import json
import runpy

import pytest

from config.database import ROOT

AUDIT = runpy.run_path(str(ROOT / ".ci" / "audit"))
FAULT = {"id": "PYSEC-2019-179", "aliases": ["CVE-2019-1010083"], "fix_versions": ["1.0"], "description": "x"}
PACKAGES = {
    "dependencies": [
        {"name": "flask", "version": "0.5", "vulns": [FAULT]},
        {"name": "django", "version": "5.2", "vulns": []},
        {"name": "palier", "skip_reason": "Dependency not found on PyPI"},
    ],
    "fixes": [],
}


@pytest.mark.parametrize("told", ["", "not json", "[]", '{"message": "405 Method Not Allowed"}'])
def test_a_registry_that_does_not_answer_fails_nothing_and_is_said(told, capsys):
    assert [*AUDIT["told_of_packages"]("requirements.txt", told), *AUDIT["told_of_scripts"](told)] == []
    assert capsys.readouterr().out.count("NOT ASKED") == 2


def test_a_known_fault_of_a_package_is_found_and_what_was_not_asked_is_said(capsys):
    found = list(AUDIT["told_of_packages"]("requirements.txt", json.dumps(PACKAGES)))
    assert found == ["requirements.txt: flask 0.5, PYSEC-2019-179; mended by 1.0"]
    assert "of 1 of 3 packages" in capsys.readouterr().out


def test_a_fault_that_was_accepted_by_any_of_its_names_is_not_found(monkeypatch):
    monkeypatch.setitem(AUDIT["ACCEPTED"], "CVE-2019-1010083", "only its debugger")
    assert list(AUDIT["told_of_packages"]("requirements.txt", json.dumps(PACKAGES))) == []


def test_a_known_fault_of_scripts_is_found_once():
    advisory = {"source": 1, "name": "semver", "url": "https://github.com/advisories/GHSA-c2qf-rxjj-qqgw"}
    told = {
        "vulnerabilities": {
            "semver": {"name": "semver", "severity": "high", "via": [advisory]},
            "eslint": {"name": "eslint", "severity": "high", "via": ["semver"]},
        }
    }
    found = list(AUDIT["told_of_scripts"](json.dumps(told)))
    assert found == ["package-lock.json: semver, high, GHSA-c2qf-rxjj-qqgw"]


def test_a_secret_is_found_and_what_only_tests_use_is_not():
    def at(kind):
        return [{"type": kind, "line_number": 3}]

    told = {
        "results": {
            "portal/login.py": at("Secret Keyword"),
            "config/settings/demo.py": at("Secret Keyword"),
            "tests/portal/test_login.py": at("Secret Keyword"),
            "tests/trials/relay.py": at("Private Key"),
            "docs/operation.md": at("AWS Access Key"),
        }
    }
    assert list(AUDIT["told_of_secrets"](told)) == [
        "portal/login.py:3: Secret Keyword",
        "tests/trials/relay.py:3: Private Key",
        "docs/operation.md:3: AWS Access Key",
    ]


def test_a_registry_that_never_answers_is_not_waited_for():
    assert AUDIT["output"]("sh", "-c", "echo some; exec sleep 60", seconds=0.2) == ""
    assert AUDIT["output"]("sh", "-c", "echo all; exit 1") == "all\n"


def test_ci_looks_for_known_faults():
    assert "make audit" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
