"""Messy files, made from a known truth, bring no fact to a wrong place and lose no row."""

import pytest

from benchmarks.messy.judge import judge, plant


@pytest.mark.django_db
def test_no_row_of_a_messy_file_is_lost_or_put_at_a_wrong_place():
    verdict = judge(range(9_000, 9_006), *plant())
    rows = verdict.rows
    assert verdict.files == 12
    assert (rows["wrong"], rows["lost"]) == (0, 0), verdict.notes
    assert rows["placed"] + rows["asked"] >= 0.9 * rows.total(), verdict.notes
