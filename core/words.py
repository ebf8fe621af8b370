"""Turn typed words into a condition of bounded size, whatever somebody types."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace, Upper
from django.utils.translation import gettext_lazy as _

from .order import in_french

# Enough for an address in full, as 12 bis rue du Général de Gaulle 75001 Paris.
MOST_WORDS = 12
LONGEST = 100
# What stands between words of a name, "Saint-Denis-l’Étang", or after one, "St. Denis,".
_BETWEEN = re.compile(r"[\s'’ʼ,;\-‐‑–]+|\.(?=\s|$)")
_IN_FULL = {"ST": "SAINT", "STE": "SAINTE"}


def first_words(text: str) -> list[str]:
    """Return the first twelve words among the first hundred characters of ``text``."""
    return text.strip()[:LONGEST].split()[:MOST_WORDS]


def is_cut(text: str) -> bool:
    """Say whether :func:`first_words` leaves out a part of ``text``."""
    return len(text.strip()) > LONGEST or len(text.split()) > MOST_WORDS


def parts_of(text: str) -> list[str]:
    """Return the words of ``text`` as they are compared: capitals without accents, cut at hyphens and apostrophes.

    >>> parts_of("St-Ouen, l’Œuvre")
    ['SAINT', 'OUEN', 'L', 'OEUVRE']
    """
    return [_IN_FULL.get(part, part) for part in map(in_french, _BETWEEN.split(text)) if part]


def every_word(words: Iterable[str], *columns: str) -> Q:
    """Return the condition that each of the first twelve words occurs in one of the columns.

    Case, accents, hyphens and apostrophes do not count, and St is Saint. The columns are read as one text, which
    is brought into that form once for all words, so that the condition is no longer for twelve words than for one.

    Args:
        words: what was typed, cut into words; no word means no condition.
        columns: names of text columns or annotations, also across relations to a single row.
    """
    patterns = list(dict.fromkeys(_patterns(words)))
    if not patterns:
        return Q()
    asked = Func(
        Value(patterns, output_field=ArrayField(TextField())),
        # PostgreSQL evaluates a sub-select once, but a function of the pattern for each row.
        template="(ARRAY(SELECT UPPER(UNACCENT(word)) FROM UNNEST(%(expressions)s::text[]) AS word))",
    )
    holds = Func(
        _compared(columns), asked, template="(%(expressions)s)", arg_joiner=" LIKE ALL ",
        output_field=BooleanField(),
    )  # fmt: skip
    return Q(holds)


def _compared(columns: Iterable[str]) -> Func:
    """Return the text of ``columns`` in the form of :func:`parts_of`, with a space around each word."""
    joined = Func(Value(" "), Value(""), *columns, Value(""), function="CONCAT_WS", output_field=TextField())
    text: Func = Upper(Func(joined, function="UNACCENT", output_field=TextField()))
    shortened = [(f" {short} ", f" {full} ") for short, full in _IN_FULL.items()]
    for sign, word in (("-", " "), ("'", " "), *shortened):
        text = Replace(text, Value(sign), Value(word))
    return text


def _patterns(words: Iterable[str]) -> Iterator[str]:
    for word in list(dict.fromkeys(words))[:MOST_WORDS]:
        for part in parts_of(word[:LONGEST]):
            yield _pattern(part)


def _pattern(word: str) -> str:
    for special in "\\%_":
        word = word.replace(special, f"\\{special}")
    return f"%{word}%"


class WordsField(forms.CharField):
    """A field for words: a hundred characters and twelve words at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": LONGEST, **kwargs})

    def validate(self, value: str) -> None:
        """Refuse more words than the condition takes."""
        super().validate(value)
        if is_cut(value):
            raise ValidationError(_("Douze mots au plus : gardez ceux qui distinguent ce que vous cherchez."))


class WordsFilter(django_filters.CharFilter):
    """A filter that keeps the rows of which some columns hold every word typed.

    Args:
        columns: the columns to look in; none where a ``method`` makes the condition.
    """

    field_class = WordsField

    def __init__(self, *columns: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._columns = columns

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows that hold every word of ``value``."""
        return qs.filter(every_word(value.split(), *self._columns)) if value else qs
