"""Ask which values to keep when a record was changed while its form was open.

The page shows, field by field, what was typed and what is recorded now. It sends the same form again: the
typed values go along in hidden fields, with the version of the record that the choice is made on. It
needs no script.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.formats import localize, time_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from .dates import long_date, long_moment
from .pages import GOES_ON, sent
from .versions import StaleError, differing, same, version_of

_Form = TypeVar("_Form", bound=forms.BaseForm)
_CHOICE = "keeps-"
_THEIRS = "theirs"
_NOT_TYPED = {"csrfmiddlewaretoken", "version", GOES_ON}


@dataclass(frozen=True)
class Row:
    """A field whose typed value differs from the recorded one.

    ``mine`` and ``theirs`` say which side has changed it since the form was opened.
    """

    name: str
    label: str
    typed: str
    recorded: str
    mine: bool
    theirs: bool

    @property
    def choice(self) -> str:
        """Return the name of the form field that carries the choice for this row."""
        return f"{_CHOICE}{self.name}"

    @property
    def keeps_theirs(self) -> bool:
        """Say whether the recorded value is preselected: it is where the person had not changed the field."""
        return self.theirs and not self.mine


def open_form(request: HttpRequest, make: Callable[[QueryDict | None], _Form]) -> _Form:
    """Return the form of a record; on return from the conflict page, with the recorded value of each field chosen there.

    Args:
        request: the request that asks for the form or sends it.
        make: builds the form, bound to the data it is given, or unbound on the record when given None.
    """
    data = sent(request)
    chosen = [key for key, value in data.items() if value == _THEIRS] if data else []
    names = [key.removeprefix(_CHOICE) for key in chosen if key.startswith(_CHOICE)]
    if data is None or not names:
        return make(data)
    recorded, merged = make(None), data.copy()
    for name in set(names) & set(recorded.fields) - _NOT_TYPED:
        merged.setlist(name, _as_sent(recorded[name]))
    return make(merged)


def render_conflict(
    request: HttpRequest,
    form: forms.BaseForm,
    stale: StaleError,
    *,
    back: str,
    by: tuple[str, dt.datetime | None] = ("", None),
    nothing: str | Promise = "",
    edits: bool = True,
) -> HttpResponse:
    """Answer 409 with the choice between ``form``, which is valid, and the record; redirect to ``back`` if they agree.

    Args:
        request: the request that sent the form.
        form: what was typed.
        stale: the error that the service raised.
        back: address of the record's page, for leaving it as it is.
        by: who changed it last, empty where the reader may not know, and when, None where unknown.
        nothing: the text shown for an empty field.
        edits: whether the address shows the form itself, so that the person can go on typing.
    """
    rows = _rows(form, stale)
    if not rows:
        messages.info(request, _("Rien n’a été modifié : c’est déjà ce qui est enregistré."))
        return redirect(back)
    who, at = by
    context = {
        "record": stale.record,
        "rows": rows,
        "typed": _typed(request),
        "version": version_of(stale.record, stale.state),
        "who": who,
        "when": long_moment(at) if at else "",
        "nothing": nothing or _("Rien"),
        "back": back,
        "edits": edits,
    }
    return render(request, "conflict.html", context, status=HTTPStatus.CONFLICT)


def _rows(form: forms.BaseForm, stale: StaleError) -> list[Row]:
    typed = {name: form.cleaned_data.get(name) for name in form.fields if name in stale.state}
    mine = differing(stale.opened, stale.record, typed)
    theirs = differing(stale.opened, stale.record, stale.state)
    return [
        Row(
            name=name,
            label=str(form[name].label),
            typed=_said(form.fields[name], value),
            recorded=_said(form.fields[name], stale.state[name]),
            mine=name in mine,
            theirs=name in theirs,
        )
        for name, value in typed.items()
        if not same(value, stale.state[name])
    ]


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED and not name.startswith(_CHOICE)
        for value in values
    ]


def _as_sent(field: forms.BoundField) -> list[str]:
    """Return what a browser would send for a field left as the form opens."""
    value, widget = field.value(), field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    return [str(one) for one in shown] if isinstance(shown, list) else ["" if shown is None else str(shown)]


def _said(field: forms.Field, value: Any) -> str:
    """Return a value as text for people; empty for no value."""
    if value is None or value == "":
        return ""
    if isinstance(field, forms.ChoiceField) and isinstance(value, str):
        widget = field.widget
        return next(str(label) for key, label in getattr(widget, "choices", ()) if str(key) == value)
    for kinds, write in _WRITERS:
        if isinstance(value, kinds):
            return write(value)
    return str(value)


_WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: _("Oui") if value else _("Non")),
    (str, str),
    (dt.date, long_date),
    (dt.time, time_format),
    ((Decimal, float), lambda value: str(localize(value))),
    (Iterable, lambda values: ", ".join(sorted(map(str, values)))),
)
