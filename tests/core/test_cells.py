"""A cell of a file that the product wrote says again what it was made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import as_written, harmless

_TEXTS = st.text(alphabet="'=+-@\t\r \n1,.aé")


@given(_TEXTS)
def test_a_text_written_and_read_again_is_the_same(text):
    assert as_written(harmless(text)) == text


@given(_TEXTS.map(str.strip))
def test_no_cell_begins_like_a_formula_but_a_number(text):
    cell = harmless(text)
    assert cell[:1] not in set("=+@-") or cell.lstrip("+-")[:1].isdigit()


@pytest.mark.parametrize("text", ["'t Zand", "l'essai", "", "-12,5", "+33", "'12"])
def test_an_apostrophe_of_the_text_itself_stays(text):
    assert as_written(text) == text
