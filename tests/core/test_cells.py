"""A cell of a file that the product wrote says again what it was made of."""

import datetime as dt
import io

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from core.cells import as_written, harmless
from core.files import csv_file, xlsx_file

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


def test_files_hold_texts_translated_late_numbers_and_days():
    row = (gettext_lazy("niveau"), gettext_lazy("=1+1"), 3, dt.date(2026, 3, 1), None)
    columns = [(str(place), lambda values, place=place: values[place]) for place in range(len(row))]
    with xlsx_file([row], columns, "Liste") as file:
        sheet = load_workbook(io.BytesIO(file.read())).active
    assert [cell.value for cell in sheet[2][:3]] == ["niveau", "'=1+1", 3]
    assert (sheet["D2"].value.date(), sheet["E2"].value) == (dt.date(2026, 3, 1), None)
    with csv_file([row], columns) as file:
        text = file.read().decode("utf-8-sig")
    assert text.splitlines()[1] == "niveau;'=1+1;3;2026-03-01;"
