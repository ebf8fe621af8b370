"""Define ``{% labelled %}``: a field of a form with its label, its help and its errors.

crispy-forms draws each field by ``bootstrap5/field.html``. That of its package is a dozen templates for a field; ours draws
the same in Python, but for the layouts with labels beside fields, which no form of ours has.
"""

from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Widget,
)
from django.template import Context, Engine
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_STAR = mark_safe('<span class="asteriskField">*</span>')


@register.simple_tag(takes_context=True)
def labelled(context: Context) -> SafeString:
    """Return the ``field`` of the context, with all that belongs to it."""
    field: BoundField = context["field"]
    if field.is_hidden:
        return SafeString(field)
    if isinstance(field.field.widget, CheckboxInput):
        return _checkbox(field, context)
    return format_html(
        '<div id="div_{}" class="mb-3{}">{}</div>',
        field.auto_id,
        _own_classes(field),
        _grouped(field, context),
    )


def _checkbox(field: BoundField, context: Context) -> SafeString:
    """Return a field of one box, with its label behind the box."""
    return format_html(
        '<div class="mb-3"><div id="div_{0}" class="form-check{1}">{2}'
        '<label for="{3}" class="form-check-label{4}">{5}{6}</label>{7}</div></div>',
        field.auto_id, _own_classes(field), _input(field, "form-check-input"), field.id_for_label,
        " requiredField" if field.field.required else "", field.label, _star(field), _errors_and_help(field, context),
    )  # fmt: skip


def _grouped(field: BoundField, context: Context) -> SafeString:
    """Return a field with its label; several inputs with one label are a group of their own."""
    said, chosen = _label(field), _answer(field, context)
    if not (field.use_fieldset and field.label):
        return said + chosen
    described = (
        format_html(' aria-describedby="{}"', field.aria_describedby) if field.aria_describedby else ""
    )
    return format_html("<fieldset{}>{}{}</fieldset>", described, said, chosen)


def _label(field: BoundField) -> SafeString:
    if not field.label:
        return SafeString("")
    return format_html(
        '<{0}{1} class="form-label{2}{3}">{4}{5}</{0}>',
        "legend" if field.use_fieldset else "label",
        format_html(' for="{}"', field.id_for_label) if field.id_for_label else "",
        " requiredField" if field.field.required else "",
        " fs-6" if field.use_fieldset else "",
        field.label,
        _star(field),
    )


def _answer(field: BoundField, context: Context) -> SafeString:
    """Return what is filled in: choices beside each other and files by the package's templates."""
    widget = field.field.widget
    if isinstance(widget, RadioSelect | CheckboxSelectMultiple):
        return _by_template("radio_checkbox_select", context)
    if isinstance(widget, FileInput):
        return _by_template("field_file", context)
    return _input(field, "form-select" if isinstance(widget, Select) else "form-control") + _errors_and_help(
        field, context
    )


def _by_template(name: str, context: Context) -> SafeString:
    found = Engine.get_default().get_template(f"bootstrap5/layout/{name}.html")
    return found.render(context)


def _input(field: BoundField, classes: str) -> SafeString:
    """Return the widget, with the classes of the framework beside its own and one that names its kind."""
    asked = [*classes.split(), *(["is-invalid"] if field.errors else [])]
    widget = field.field.widget
    for one in getattr(widget, "widgets", [widget]):
        _add_classes(one, [type(one).__name__.lower(), *asked])
    return SafeString(field)


def _add_classes(widget: Widget, names: list[str]) -> None:
    own = widget.attrs.get("class", "").split()
    widget.attrs["class"] = " ".join(dict.fromkeys([*own, *names]))


def _errors_and_help(field: BoundField, context: Context) -> SafeString:
    errors = SafeString("")
    if field.errors:
        identifier = field.errors.field_id  # type: ignore[attr-defined]  # the stubs lack it
        # In a form drawn whole by its helper, errors stand behind each other.
        kind = "span" if context.get("error_text_inline") else "p"
        told: Any = ((kind, number, field.auto_id, error) for number, error in enumerate(field.errors, 1))
        each = format_html_join("", '<{0} id="error_{1}_{2}"><strong>{3}</strong></{0}>', told)
        errors = format_html('<div id="{}_error" class="invalid-feedback">{}</div>', identifier, each)
    if not field.help_text:
        return errors
    named = format_html('id="{}_helptext" ', field.auto_id) if field.auto_id else ""
    # A text of ours, never of anybody's.
    help_text = mark_safe(field.help_text)  # noqa: S308
    return errors + format_html('<div {}class="form-text">{}</div>', named, help_text)


def _star(field: BoundField) -> SafeString:
    return _STAR if field.field.required else SafeString("")


def _own_classes(field: BoundField) -> str:
    classes = field.css_classes()
    return f" {classes}" if classes else ""
