"""The back-test looks at no quarter that it foretells, and tells which way of choosing was better, either way."""

import gzip

import numpy as np
import pytest

from benchmarks import foresight
from benchmarks.foresight import back_test, by_step, reports
from classification.foresight.ranking import decay_of, shrunk

NOBODY = np.empty((0, 2), dtype=int)


def _steady():
    """Forty places with rates of their own, all along: a year of counts is all there is to know."""
    rates = np.linspace(0.2, 12, 40)
    return np.random.default_rng(4).poisson(np.repeat(rates[:, None], 20, axis=1)).astype(float)


def _moving():
    """Trouble leaves twenty places, quarter by quarter, for twenty others; both are alike after ten quarters."""
    quarters, own = np.arange(20), np.arange(20)[:, None] / 100
    return np.vstack((40 - 2 * quarters + own, 2 * quarters + own)) + 1.0


def test_where_trouble_moves_recent_quarters_beat_last_years_counts():
    found = back_test(_moving(), NOBODY)
    assert found.by_counts < found.by_bayes <= found.best


def test_where_nothing_changes_they_do_not():
    found = back_test(_steady(), NOBODY)
    assert found.by_bayes <= found.by_counts + 0.005
    assert found.expected == pytest.approx(found.happened, rel=0.2)


def test_a_planted_future_changes_nothing_of_what_is_foretold(monkeypatch):
    seen = []

    def noting(past, pairs, decay):
        seen.append(past.shape[1])
        return shrunk(past, pairs, decay)

    counts = _steady()
    monkeypatch.setattr(foresight, "shrunk", noting)
    before = back_test(counts, NOBODY, tested=1)
    assert max(seen) == 19
    planted = counts.copy()
    planted[0, -1] = 10_000
    after = back_test(planted, NOBODY, tested=1)
    assert after.expected == before.expected
    assert decay_of(planted[:, :19], NOBODY, 4) == decay_of(counts[:, :19], NOBODY, 4)


def test_a_place_with_few_facts_is_drawn_to_its_neighbours():
    past = np.array([[9.0] * 8, [9.0] * 8, [0.0] * 8, [0.0] * 8, [0.0] * 8])
    rates = shrunk(past, np.array([(0, 2), (1, 2)]), 0.8)
    assert rates[2] > rates[3]
    assert past[0].mean() > rates[0] > rates[2]


def test_facts_are_counted_by_point_and_quarter():
    rows = [
        {"Longitude": "1.0", "Latitude": "2.0", "Month": month} for month in ("2020-03", "2020-04", "2020-06")
    ]
    rows.append({"Longitude": "", "Latitude": "", "Month": "2020-05"})
    points, counts = by_step(rows, foresight._of_london)
    assert (points.tolist(), counts.tolist()) == ([[1.0, 2.0]], [[1.0, 2.0]])


_FIELDS = ("type", "soustype", "anneedecl", "moisdecl", "id_dmr", "geo_point_2d")


def _export(path, separator, *rows):
    lines = [separator.join(_FIELDS), *(separator.join(f'"{value}"' for value in row) for row in rows)]
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return path


def _report(number, month, kind="Propreté", what="Déchets", lon=2.3501):
    return (kind, what, "2024", str(month), number, f"{{'lon': {lon}, 'lat': 48.8566}}")


def test_exports_that_overlap_count_a_report_once_and_leave_out_what_is_no_fact_of_tranquillity(tmp_path):
    files = [
        _export(tmp_path / "a.csv.gz", ";", _report("1", 3), _report("2", 4)),
        _export(
            tmp_path / "b.csv.gz", ",", _report("2", 4), _report("3", 4, lon=2.3601),
            _report("4", 4, "Voirie et espace public", "Nid de poule"), _report("5", 4, "Mobiliers urbains", "Banc déplacé"),
            _report("6", 4, "Mobiliers urbains", "Banc  détérioré"),
        ),
    ]  # fmt: skip
    assert [row["id_dmr"] for row in reports(files)] == ["1", "2", "3", "6"]
    points, counts = by_step(reports(files), foresight._of_paris)
    assert counts.tolist() == [[1.0, 2.0], [0.0, 1.0]]
    # The width of a square in degrees.
    assert points[1][0] - points[0][0] == pytest.approx(3 * 0.0041, abs=0.0005)


def test_data_that_are_not_there_are_said_and_stop_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PALIER_OPEN_DATA", str(tmp_path))
    assert list(foresight.run()) == []
    said = capsys.readouterr().out
    assert "London is left out" in said
    assert "Paris is left out" in said


def test_without_a_folder_it_says_which_variable_names_it(monkeypatch):
    monkeypatch.delenv("PALIER_OPEN_DATA", raising=False)
    with pytest.raises(SystemExit, match="PALIER_OPEN_DATA"):
        list(foresight.run())
