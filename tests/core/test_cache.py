"""Test that caches store data only: what another party writes into them is never executed."""

import ast
import base64
import pickle
import zlib
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from config.celery import app
from config.database import ROOT
from core.cache import BytesFileCache, JsonDatabaseCache

_OURS = ("core", "accounts", "sites", "incidents", "classification", "partners", "portal", "config", "demo")
_RUNS_WHAT_IT_READS = {"pickle", "cPickle", "shelve", "dill", "cloudpickle", "marshal", "joblib"}


class Trap:
    """Runs a statement when it is unpickled: makes the file ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def plant(key: str, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO palier_cache (cache_key, value, expires) VALUES (%s, %s, now() + interval '1 hour')",
            [cache.make_key(key), text],
        )


def test_a_pickle_planted_in_the_table_is_a_miss_and_is_not_run(db, tmp_path):
    sprung = tmp_path / "sprung"
    plant("limit", base64.b64encode(pickle.dumps(Trap(sprung))).decode())
    assert cache.get("limit", "missing") == "missing"
    assert cache.get_many(["limit"]) == {}
    assert not cache.has_key("limit")
    cache.touch("limit", 60)
    cache.set("limit", [1.5])
    assert cache.get("limit") == [1.5]
    assert not sprung.exists()


def test_a_pickle_planted_among_the_files_is_a_miss_and_is_not_run(tmp_path):
    sprung, files = tmp_path / "sprung", BytesFileCache(tmp_path / "tiles", {})
    trap = pickle.dumps(Trap(sprung))
    for content in (trap, b"inf\n" + trap, pickle.dumps(9e9) + zlib.compress(trap)):
        Path(files._key_to_file("tile")).write_bytes(content)
        files.touch("tile")
        assert files.get("tile") in {None, trap}
        files.has_key("tile")
    assert not sprung.exists()


@pytest.mark.parametrize("value", [[1732640000.25, 2.0], True, "y", {"é": [None, 3]}, [], 0])
def test_what_the_limits_keep_comes_back(db, value):
    assert cache.get("k", "missing") == "missing"
    cache.set("k", value, 60)
    assert (cache.get("k"), cache.has_key("k")) == (value, True)
    assert cache.get_many(["k", "other"]) == {"k": value}
    cache.delete("k")
    assert cache.get("k", "missing") == "missing"


def test_add_writes_only_where_nothing_lives(db):
    assert cache.add("lock", 1, 60)
    assert not cache.add("lock", 2, 60)
    assert cache.get("lock") == 1
    cache.set("lock", 1, -1)
    assert cache.get("lock") is None
    assert cache.add("lock", 3, 60)
    assert cache.get("lock") == 3


def test_touch_prolongs_what_is_there(db):
    assert not cache.touch("k", 60)
    cache.set("k", 1, None)
    assert cache.touch("k", -1)
    assert cache.get("k") is None


def test_an_object_is_refused_not_kept(db):
    with pytest.raises(TypeError, match="not JSON serializable"):
        cache.set("k", object())
    assert cache.get("k") is None


def test_the_table_is_culled(db):
    small = JsonDatabaseCache("palier_cache", {"OPTIONS": {"MAX_ENTRIES": 5}})
    for number in range(20):
        small.set(f"k{number}", number, 60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM palier_cache")
        assert cursor.fetchone()[0] <= 7


def test_files_expire(tmp_path):
    files = BytesFileCache(tmp_path, {})
    files.set("tile", b"a\nb", 60)
    assert files.get("tile") == b"a\nb"
    assert files.touch("tile", -1)
    assert files.get("tile") is None
    assert list(tmp_path.iterdir()) == []
    files.set("tile", b"", None)
    assert files.get("tile") == b""


def test_every_store_that_is_read_back_holds_data_alone(settings):
    backends = {name: options["BACKEND"] for name, options in settings.CACHES.items()}
    assert backends == {"default": "core.cache.JsonDatabaseCache", "tiles": "core.cache.BytesFileCache"}
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"
    assert (app.conf.task_serializer, app.conf.result_serializer, app.conf.accept_content) == (
        "json", "json", ["json"]
    )  # fmt: skip


def _imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


def test_the_product_imports_nothing_that_makes_objects_of_what_it_reads():
    files = [file for folder in _OURS for file in (ROOT / folder).rglob("*.py")]
    assert len(files) > 100
    assert {str(file): found for file in files if (found := _imported(file) & _RUNS_WHAT_IT_READS)} == {}
