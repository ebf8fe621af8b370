"""Draw the widgets of forms in Python, with the markup of Django's own templates.

A list of forty choices is eighty templates otherwise.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.formats import localize
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

# The inputs that are one element each.
_INPUTS = (
    "checkbox", "color", "date", "datetime", "email", "file", "hidden", "input", "number", "password", "search", "tel",
    "text", "time", "url",
)  # fmt: skip
_OPTIONS = ("checkbox_option", "input_option", "radio_option")


class Renderer(DjangoTemplates):
    """The renderer of forms (FORM_RENDERER): it draws the usual widgets itself, and all else by its template."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Return the markup of a widget, a field or a form."""
        drawn = _DRAWN.get(template_name)
        if drawn is None:
            return super().render(template_name, context, request)
        return mark_safe(drawn(context["widget"]))  # noqa: S308 - made of escaped parts


def _input(widget: dict[str, Any]) -> str:
    value = widget["value"]
    given = "" if value is None else f' value="{_as_is(value)}"'
    return (
        f'<input type="{escape(widget["type"])}" name="{escape(widget["name"])}"{given}{_attributes(widget)}>'
    )


def _option_of_inputs(widget: dict[str, Any]) -> str:
    if not widget["wrap_label"]:
        return _input(widget)
    identifier = widget["attrs"].get("id")
    of = f' for="{_shown(identifier)}"' if identifier else ""
    return f"<label{of}>{_input(widget)} {_shown(widget['label'])}</label>"


def _textarea(widget: dict[str, Any]) -> str:
    value = _shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{escape(widget["name"])}"{_attributes(widget)}>\n{value}</textarea>'


def _select(widget: dict[str, Any]) -> str:
    groups = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return f'<select name="{escape(widget["name"])}"{_attributes(widget)}>{groups}\n</select>'


def _group(name: Any, options: list[dict[str, Any]]) -> str:
    drawn = "".join(f"\n  {_option(option)}" for option in options)
    return f'\n  <optgroup label="{_shown(name)}">{drawn}\n  </optgroup>' if name else drawn


def _option(option: dict[str, Any]) -> str:
    return (
        f'<option value="{_as_is(option["value"])}"{_attributes(option)}>{_shown(option["label"])}</option>'
    )


def _attributes(widget: dict[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_as_is(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def _as_is(value: Any) -> str:
    """Return a value as a program reads it: a number without spaces."""
    return value if isinstance(value, SafeString) else escape(value)


def _shown(value: Any) -> str:
    """Return a value as people read it."""
    said = localize(value)
    return conditional_escape(said if isinstance(said, str) else str(said))


_DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {
    f"django/forms/widgets/{name}.html": drawn
    for names, drawn in (
        (_INPUTS, _input),
        (_OPTIONS, _option_of_inputs),
        (("textarea",), _textarea),
        (("select",), _select),
        (("select_option",), _option),
    )
    for name in names
}
