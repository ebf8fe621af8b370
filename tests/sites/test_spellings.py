"""However an address is spelled, it is put at its place or asked about, and never at another."""

import pytest

from benchmarks.address_readers import ours
from benchmarks.spellings import measure


@pytest.mark.parametrize("seed", [7, 8])
def test_no_spelling_is_put_at_a_wrong_place_and_few_are_unknown(seed):
    counts, wrong = measure(seed, 3_000, ours)
    assert wrong == []
    assert counts["right"] >= 0.96 * counts.total()
    assert counts["right"] + counts["asked"] >= 0.99 * counts.total()


def test_a_reader_that_does_not_see_the_letter_is_noticed():
    def careless(text):
        number, _suffix, street, unit = ours(text)
        return number, "", street, unit

    counts, wrong = measure(7, 3_000, careless)
    assert counts["wrong"] == len(wrong) > 0
