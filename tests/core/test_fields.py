"""Test that fields drawn in Python are what the templates of crispy-forms would draw."""

import re
from itertools import product
from pathlib import Path

import crispy_bootstrap5
import pytest
from django import forms
from django.template import Context, Engine
from django.utils.translation import gettext_lazy

from core.templatetags.fields import labelled

CHOICES = [("", "–"), ("a", "<A>"), ("Groupe", [("b", "B & b")])]


class Everything(forms.Form):
    """A form with a field of each kind, once required and once not."""

    required_css_class = "exige"
    error_css_class = "faux"

    text = forms.CharField(
        label="Nom <&>", help_text="Un <b>mot</b> d’aide.", widget=forms.TextInput({"class": "large"})
    )
    short = forms.CharField(label=gettext_lazy("Motif"), required=False, max_length=3)
    own = forms.CharField(
        label="", widget=forms.Textarea({"rows": 3, "class": "textarea form-control"}), required=False
    )
    number = forms.DecimalField(min_value=0, localize=True, required=False, help_text="En euros.")
    day = forms.DateField(disabled=True, required=False)
    box = forms.BooleanField(label="Lu ?", help_text="Cochez.")
    other_box = forms.BooleanField(
        required=False, label="Facultatif", widget=forms.CheckboxInput({"class": "mienne"})
    )
    one = forms.ChoiceField(choices=CHOICES, help_text="Une seule.")
    several = forms.MultipleChoiceField(choices=CHOICES, required=False)
    perhaps = forms.NullBooleanField(required=False)
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, help_text="Une.")
    boxes = forms.MultipleChoiceField(choices=CHOICES, widget=forms.CheckboxSelectMultiple, label="Plusieurs")
    file = forms.FileField(help_text="Un fichier.")
    secret = forms.CharField(widget=forms.HiddenInput)
    moment = forms.SplitDateTimeField(required=False, label="Quand")


FILLED = {
    "text": "a\"'<",
    "short": "trop long",
    "number": "-1",
    "one": "b",
    "several": ["zz"],
    "boxes": ["a"],
}
TEMPLATE = Path(crispy_bootstrap5.__file__).parent / "templates" / "bootstrap5" / "field.html"


def _plain(markup):
    """Leave out the white space between elements, around texts and before the end of a tag."""
    markup = re.sub(r"\s+", " ", markup)
    return re.sub(r" ?([<>]) ?", r"\1", markup)


@pytest.mark.parametrize("name", Everything.base_fields)
def test_a_field_is_drawn_as_by_the_package(name):
    by_package = Engine.get_default().from_string(TEMPLATE.read_text())
    # Choices beside each other always have identifiers.
    identifiers = ("id_%s",) if name in {"radio", "boxes"} else ("id_%s", "")
    for data, auto_id, is_whole in product((None, {}, FILLED), identifiers, (False, True)):
        drawn = []
        for draw in (by_package.render, labelled):
            said = {"form_show_errors": True, "form_show_labels": True, "error_text_inline": is_whole}
            context = Context({"field": Everything(data, auto_id=auto_id)[name], **said})
            with context.bind_template(by_package):
                drawn.append(_plain(draw(context)))
        assert drawn[1] == drawn[0]
        assert drawn[0]


def test_forms_are_drawn_by_it():
    page = Engine.get_default().from_string(
        "{% load crispy_forms_filters %}{{ form|crispy }}{{ form.text|as_crispy_field }}"
    )
    markup = page.render(Context({"form": Everything()}))
    # The package's own template breaks lines within a label.
    assert markup.count('class="form-label requiredField">Nom &lt;&amp;&gt;<span') == 2
