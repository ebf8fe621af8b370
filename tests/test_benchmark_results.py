"""Some benchmarks write their own sections of the results, and leave the others as they are."""

import pytest

from benchmarks import __main__ as benchmarks

OLD = """# Measured

Old words.

## imports

Made before.

| old imports |

## pages

Made before.

| old pages |
"""


@pytest.mark.parametrize(
    ("name", "order"), [("imports", ["imports", "pages"]), ("stock", ["imports", "stock", "pages"])]
)
def test_a_section_is_written_in_its_place_and_the_others_stay(tmp_path, monkeypatch, name, order):
    results = tmp_path / "RESULTS.md"
    results.write_text(OLD)
    monkeypatch.setattr(benchmarks, "RESULTS", results)
    monkeypatch.setattr(benchmarks, "_in_a_process", lambda _name: ["| new |"])
    assert benchmarks.main([name]) == 0
    text = results.read_text()
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == order
    found = [line for line in text.splitlines() if line.startswith(("| old", "| new"))]
    wanted = {module: f"| old {module} |" for module in order} | {name: "| new |"}
    assert found == list(wanted.values())
    before = text
    assert benchmarks.main([name]) == 0
    assert results.read_text().count("\n") == before.count("\n")


def test_a_figure_that_misses_its_limit_is_told(tmp_path, monkeypatch):
    results = tmp_path / "RESULTS.md"
    results.write_text(OLD)
    monkeypatch.setattr(benchmarks, "RESULTS", results)
    monkeypatch.setattr(benchmarks, "_in_a_process", lambda name: [f"| {name} | **no** |"])
    assert benchmarks.main(["imports"]) == 1
