"""Test that widgets drawn in Python are what Django's templates would draw, whatever they hold."""

import datetime as dt
import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given, settings
from hypothesis import strategies as st

from core.widgets import _DRAWN, Renderer

CHOICES = [
    ("", "–"), (1234, 5678), ("a\"b'<", "<b>&"), (True, gettext_lazy("Tous")), (None, None), (1.5, mark_safe("&eacute;")),
    ("Famille <1>", [("x", "X"), (mark_safe("&amp;"), "et")]),
]  # fmt: skip
ATTRIBUTES = {
    "id": "id_x", "class": "a b", "required": True, "disabled": False, "data-n": 1234, "data-none": None,
    "aria-label": gettext_lazy("Tous"), "placeholder": "\"'<&>", "data-safe": mark_safe("&eacute;"), "data-tuple": (1, 2),
}  # fmt: skip
PLAIN = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.URLInput, forms.SearchInput, forms.TelInput, forms.ColorInput,
    forms.PasswordInput, forms.HiddenInput, forms.DateInput, forms.DateTimeInput, forms.TimeInput, forms.CheckboxInput,
    forms.NullBooleanSelect,
    forms.FileInput, forms.ClearableFileInput, forms.Textarea, forms.MultipleHiddenInput, forms.SplitDateTimeWidget,
]  # fmt: skip
CHOOSING = [
    forms.Select, forms.SelectMultiple, forms.RadioSelect, forms.CheckboxSelectMultiple,
]  # fmt: skip
VALUES = [
    None,
    "",
    "é\"'<&>\n",
    1234,
    1.5,
    True,
    False,
    mark_safe("<i>"),
    dt.date(2026, 1, 2),
    dt.time(8, 30),
]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def _both(widget, value):
    """Return a widget as drawn in Python and by the templates, without the line breaks between elements."""
    given = [value] if isinstance(widget, forms.MultipleHiddenInput) and value is not None else value
    drawn = (
        widget.render("nom", given, dict(ATTRIBUTES), renderer)
        for renderer in (Renderer(), DjangoTemplates())
    )
    return [re.sub(r"(?<=>)\s*\n\s*(?=<)", "", markup) for markup in drawn]


@pytest.mark.parametrize("kind", PLAIN)
def test_an_input_is_drawn_as_django_draws_it(kind):
    values = [None, ["2026-01-02", "08:30"]] if kind is forms.SplitDateTimeWidget else VALUES
    for value in values:
        drawn, by_template = _both(kind(), value)
        assert drawn == by_template


@pytest.mark.parametrize("kind", CHOOSING)
def test_choices_are_drawn_as_django_draws_them(kind):
    for value in (None, "", 1234, "a\"b'<", ["x", "1234"], True):
        drawn, by_template = _both(kind(choices=CHOICES), value)
        assert drawn == by_template


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_people_write_is_escaped_as_django_escapes_it(value, label, attribute, group):
    for widget in (forms.TextInput(), forms.Textarea(), forms.Select(choices=[(group, [(value, label)])])):
        widget.attrs["title"] = attribute
        drawn, by_template = _both(widget, value)
        assert drawn == by_template


def test_every_form_is_drawn_by_it():
    assert isinstance(forms.Form().renderer, Renderer)
    assert "django/forms/widgets/select.html" in _DRAWN
