"""Ask what to keep when a record was changed while its form was open.

The page shows, field by field, what was typed and what is recorded now. It is the same form again:
whatever was typed goes with it in hidden fields, beside the version that it decides about. Nothing in
it needs a script.
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
    """A field of which two things are said: what was typed, and what is recorded now.

    ``mine`` and ``theirs`` tell which side has changed it since the form was opened.
    """

    name: str
    label: str
    typed: str
    recorded: str
    mine: bool
    theirs: bool

    @property
    def choice(self) -> str:
        """Return the name of the field of the page that holds the decision."""
        return f"{_CHOICE}{self.name}"

    @property
    def keeps_theirs(self) -> bool:
        """Say what is offered first: what is recorded, where the form had not touched it."""
        return self.theirs and not self.mine


def open_form(request: HttpRequest, make: Callable[[QueryDict | None], _Form]) -> _Form:
    """Return the form of a record, with what is recorded wherever the page of a conflict chose that.

    Args:
        request: any that asks for the form or sends it.
        make: makes the form, from what it is bound to or from None as it opens on the record.
    """
    data = sent(request)
    chosen = [key for key, value in data.items() if value == _THEIRS] if data else []
    names = [key.removeprefix(_CHOICE) for key in chosen if key.startswith(_CHOICE)]
    if data is None or not names:
        return make(data)
    recorded, merged = make(None), data.copy()
    for name in set(names) & set(recorded.fields):
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
    """Ask, with 409, what to keep of ``form``, which is valid, and of the record; go ``back`` if they agree.

    Args:
        request: the sending that came too late.
        form: what was typed.
        stale: what the service found.
        back: where the record is read: the way out that keeps it as it is.
        by: who changed it, empty where the reader may not know, and when, None where it is not known.
        nothing: what an empty field stands for.
        edits: whether the address shows the form itself, so that one can go on typing.
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
    """Return what a browser sends of a field that is left as it opens."""
    value, widget = field.value(), field.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return ["on"] if value else []
    shown = widget.format_value(value)
    return [str(one) for one in shown] if isinstance(shown, list) else ["" if shown is None else str(shown)]


def _said(field: forms.Field, value: Any) -> str:
    """Return a value as people read it, empty for none."""
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
