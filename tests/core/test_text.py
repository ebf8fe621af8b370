"""Names are kept without what cannot be seen, wherever they come in."""

import pytest

from core.forms import NameField
from core.text import clean, visible

KEPT = [
    "Résidence « Les Prés »",
    "Le Sourire 😀",
    "中文",
    "👨‍👩‍👧 ❤️",
    "نص عربي",
    "ŒUVRE – ÇA № 4",
    "हिन्दी",
    "क्‍ष",
]


@pytest.mark.parametrize("text", KEPT)
def test_letters_signs_and_emoji_stay(text):
    assert clean(text) == text


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("\uf0b7 Les Puces", "Les Puces"),
        ("\ufeffLe Bom", "Le Bom"),
        ("R\xe9s\x92idence", "Rés’idence"),
        ("\x8cuvre \x85 20 \x80", "Œuvre … 20 €"),
        ("À l’en\u202evers\u202c", "À l’envers"),
        ("un\u200bdeux\u200d trois\u2066\xad", "undeux trois"),
        ("a\x00b\x07c\x1bd\x81e", "abcde"),
        ("e\u0301te\u0301", "été"),
        ("  deux \u00a0 \u202f mots\r\n\tsuite\u2028fin ", "deux mots suite fin"),
        ("\ufffe\ufdd0\U0001ffff\U000f0000\U00100000x", "x"),
        ("\u200d😀\u200d", "😀"),
        ("\u200b\u202e", ""),
    ],
)
def test_what_cannot_be_seen_goes(written, kept):
    assert clean(written) == kept


def test_spaces_of_a_sentence_stay_what_they_are():
    assert visible("28\u202fjours\u00a0: oui\n") == "28\u202fjours\u00a0: oui "


def test_a_name_of_nothing_that_is_seen_is_no_name():
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="obligatoire"):
        NameField().clean(" \u200b\ufeff ")
    assert NameField(max_length=5).clean(" \u200bLe\x92 \t a ") == "Le’ a"
