"""Test that migrations load the nomenclature from their own frozen files, and that it equals the shipped one."""

import ast
import csv
import hashlib
from importlib import import_module

from config.database import ROOT
from incidents.models import FactType

LIVE = ROOT / "incidents" / "facts" / "nomenclature.csv"
_FLAGS = ("listed_daily", "listed_regular", "listed_occasional")
_OURS = {"core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config", "demo"}


def test_the_nomenclature_that_is_shipped_is_the_one_of_a_migrated_database(db):
    with LIVE.open(encoding="utf-8", newline="") as file:
        shipped = [dict(row) for row in csv.DictReader(file)]
    held = [
        {
            "code": kind.code, "family": kind.family, "gravity": str(kind.gravity),
            "label_fr": kind.label_fr, "label_en": kind.label_en,
            **{flag: str(int(getattr(kind, flag))) for flag in _FLAGS},
        }
        for kind in FactType.objects.all()
    ]  # fmt: skip
    by_code = {row["code"]: row for row in held}
    assert {row["code"]: row for row in shipped} == by_code
    assert len(shipped) == len(held) == 31


def test_the_first_load_reads_its_own_file_which_never_changes():
    source = import_module("incidents.migrations.0002_seed_nomenclature").SOURCE
    assert source == ROOT / "incidents" / "migrations" / "0002_nomenclature.csv"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert digest == "b09295410a2dc1ff1719eff40f9df74d8f9d3f9b60df13dec53293e7ebedd792"


def test_no_migration_depends_on_code_that_changes():
    imported = {}
    for file in ROOT.glob("*/migrations/*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            live = [n for n in names if n.partition(".")[0] in _OURS and n != "core.rls"]
            if live:
                imported[str(file.relative_to(ROOT))] = live
    assert imported == {}
