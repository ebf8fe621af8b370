"""One key for one address, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sites.match_key import KEY_LENGTH, Door, door, match_key


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("16-20 RUE DES MEUNIERS", "16-20 RUE MEUNIERS"),
        ("16 à 20, rue des Meuniers", "16-20 RUE MEUNIERS"),
        ("12-14-16, RUE DELAITRE", "12-16 RUE DELAITRE"),
        ("12, 14 et 16 rue Delaitre", "12-16 RUE DELAITRE"),
        ("30, 34 et 38 ALLEE VIVALDI", "30,34,38 ALLEE VIVALDI"),
        ("42-52 - 58-60 RUE DE LA PY", "42-52,58-60 RUE PY"),
        ("9, BD SERURIER - 10, RUE DU LEMAN", "10 RUE LEMAN / 9 BOULEVARD SERURIER"),
        ("10 RUE DU LEMAN / 9 boulevard Sérurier", "10 RUE LEMAN / 9 BOULEVARD SERURIER"),
        ("LOT D1B - 86 RUE DES HAIES", "86 RUE HAIES"),
        ("LOT 4  - 6-14 PASSAGE GOIX", "6-14 PASSAGE GOIX"),
        ("148 BD VOLTAIRE (BAT B)", "148 BOULEVARD VOLTAIRE"),
        ("1 bis, av. du Gal Leclerc", "1B AVENUE GENERAL LECLERC"),
        ("33-33 BIS, RUE DU MOULIN VERT", "33-33B RUE MOULIN VERT"),
        ("4 AVENUE DE LA SŒUR ROSALIE", "4 AVENUE SOEUR ROSALIE"),
        ("12 rue du 8 mai 1945", "12 RUE 8 MAI 1945"),
        ("18 Rue Alphonse Allais, 75020 PARIS", "18 RUE ALPHONSE ALLAIS"),
        ("ZAC CLICHY BATIGNOLLES LOT E9", "ZAC CLICHY BATIGNOLLES LOT E9"),
        ("", ""),
    ],
)
def test_key(label, key):
    assert match_key(label) == key


def test_key_of_a_lot_that_is_no_door_keeps_the_lot():
    assert match_key("ZAC DU PORT LOT A") != match_key("ZAC DU PORT LOT B")


def test_a_cell_without_end_is_read_as_far_as_an_address_goes():
    assert match_key("12 rue des Lilas " + "1-" * 50_000) == match_key("12 rue des Lilas " + "1-" * 500)


def test_a_door_is_one_number_in_one_street():
    assert door("12 bis rue des Haies, 75020 PARIS") == Door(12, "B", "RUE HAIES")
    assert door("12-14 rue des Haies") is None
    assert door("rue des Haies") is None
    assert door("1 rue A / 2 rue B") is None


@given(st.text(max_size=300))
def test_any_text_has_a_key_that_fits(text):
    assert len(match_key(text)) <= KEY_LENGTH


@given(
    st.integers(1, 999), st.sampled_from(["RUE", "rue", "R.", "r"]), st.sampled_from(["", "des ", "DE LA "])
)
def test_case_and_abbreviations_do_not_count(number, kind, article):
    assert match_key(f"{number} {kind} {article}Forêt") == f"{number} RUE FORET"
