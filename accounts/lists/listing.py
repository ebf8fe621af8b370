"""Sort, page and trim lists by the address of their page, which is their whole state.

A list shows its filters as chips that can be removed, lets people choose columns and rows per page, and
opens with the view they saved as their default.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.http import QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django_filters import FilterSet

from accounts.access import ScopedRequest
from accounts.models import SavedView
from core.dates import long_date
from core.files import Column
from core.versions import version_of

from .services import state_of

PER_PAGE = (25, 50, 100)
# A sheet takes some forty rows: more are for a file.
PRINTED = 500
_PAGE, _ROWS, _COLUMN, _EXPORT, _PRINT = "page", "par_page", "col", "export", "impression"

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, in words, with the address of the list without it."""

    label: str
    value: str
    without: str


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A column that people may show or hide."""

    name: str
    label: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """The data of ``components/list_bar.html``.

    Attributes:
        name: the name of the list in saved views.
        path: the address of the list without its query.
        query: the query without the page, as a saved view stores it and an export takes it.
        query_without_columns: the same without columns, to return to the columns that the person saved.
        state: the query's order, columns and rows per page, which the filters' form sends along.
        rows: how many rows a page has.
        printing: whether the page holds as many rows as are printed at once.
        to_print: the query of that page.
        views: the person's saved views, each with its version.
    """

    name: str
    path: str
    query: str
    query_without_columns: str
    state: list[tuple[str, str]]
    rows: int
    printing: bool
    to_print: str
    chips: list[Chip]
    columns: list[ColumnChoice]
    per_page: list[tuple[int, str]]
    views: list[tuple[SavedView, str]]


def opens_with_default(name: str) -> Callable[[View], View]:
    """Redirect a list asked for without a query to the person's default view of it."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def opening(request: ScopedRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not request.GET and not request.htmx:
                chosen = SavedView.objects.filter(list_name=name, is_default=True).first()
                # An empty query would redirect here again, for ever.
                query = QueryDict(chosen.query).urlencode() if chosen else ""
                if query:
                    return redirect(f"{request.path}?{query}")
            return view(request, *args, **kwargs)

        return opening

    return decorate


def listing(
    request: ScopedRequest,
    table: tables.Table,
    *,
    name: str,
    filterset: FilterSet | None = None,
    paginator_class: type["Paginator[Any]"] = Paginator,
) -> Listing:
    """Sort, page and trim ``table`` as the address and the person's saved columns ask.

    Args:
        request: the request, whose address is the state of the list.
        table: the table of the rows, already filtered.
        name: the name of the list.
        filterset: the filters in force.
        paginator_class: the paginator, which decides how rows are counted.
    """
    saved = list(SavedView.objects.filter(list_name=name).order_by("name__french"))
    rows = _rows(request)
    sort_and_page(request, table, PRINTED if request.GET.get(_PRINT) else rows, paginator_class)
    query = _asked(request)
    return Listing(
        name=name,
        path=request.path,
        query=query.urlencode(),
        query_without_columns=_with(query, _COLUMN, []),
        state=[(key, value) for key in ("tri", "sort", _ROWS, _COLUMN) for value in query.getlist(key)],
        rows=rows,
        printing=bool(request.GET.get(_PRINT)),
        to_print=_with(query, _PRINT, ["1"]),
        chips=_chips(filterset, query) if filterset else [],
        columns=_columns(table, _chosen_columns(query, saved)),
        per_page=[(number, _with(query, _ROWS, [str(number)])) for number in PER_PAGE],
        views=[(view, version_of(view, state_of(view))) for view in saved if view.name],
    )


def as_listed(
    request: ScopedRequest, table: tables.Table, *, name: str, columns: list[Column]
) -> list[Column]:
    """Sort ``table`` as on its page, and return those ``columns`` of its file that the page does not hide.

    A file may have columns that the page has not: only those with the label of a hidden one are left out.
    """
    saved = list(SavedView.objects.filter(list_name=name))
    _sort(request, table)
    choices = _columns(table, _chosen_columns(_asked(request), saved))
    hidden = {choice.label for choice in choices if not choice.shown}
    return [column for column in columns if column[0] not in hidden]


def sort_and_page(
    request: ScopedRequest,
    table: tables.Table,
    rows: int,
    paginator_class: type["Paginator[Any]"] = Paginator,
) -> None:
    """Sort ``table`` and turn it to the page as the address asks, with ``rows`` rows per page.

    Columns that cannot be sorted by are ignored, and so is a repeated one. A page that is no number
    gives the first page, one beyond the end the last.
    """
    _sort(request, table)
    table.paginator = paginator_class(table.rows, rows)
    table.page = table.paginator.get_page(request.GET.get(table.prefixed_page_field))


def _sort(request: ScopedRequest, table: tables.Table) -> None:
    table.request = request
    asked: dict[str, str] = {}
    for name in request.GET.getlist(table.prefixed_order_by_field):
        asked.setdefault(name.removeprefix("-"), name)
    known = [asked[name] for name in asked if name in table.columns and table.columns[name].orderable]
    if known:
        table.order_by = known


def _asked(request: ScopedRequest) -> QueryDict:
    """Return the query without page, export, empty and repeated values: each link of the page repeats what is left."""
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        if name not in {_PAGE, _EXPORT, _PRINT} and (filled := list(dict.fromkeys(filter(None, values)))):
            query.setlist(name, filled)
    return query


def _rows(request: ScopedRequest) -> int:
    asked = request.GET.get(_ROWS, "")
    return int(asked) if asked in map(str, PER_PAGE) else PER_PAGE[0]


def _chosen_columns(query: QueryDict, saved: list[SavedView]) -> list[str]:
    kept = next((QueryDict(view.query).getlist(_COLUMN) for view in saved if not view.name), [])
    return query.getlist(_COLUMN) or kept


def _columns(table: tables.Table, chosen: list[str]) -> list[ColumnChoice]:
    """Hide the columns not chosen, except those the table always shows; hide none when none is chosen."""
    choices = []
    for column in list(table.columns):
        if column.name in table.always or not column.header:
            continue
        shown = not chosen or column.name in chosen
        if not shown:
            table.columns.hide(column.name)
        choices.append(ColumnChoice(column.name, str(column.header), shown))
    return choices


def _chips(filterset: FilterSet, query: QueryDict) -> list[Chip]:
    chips = []
    for name, value in getattr(filterset.form, "cleaned_data", {}).items():
        if value in (None, "", False) or not query.getlist(name):
            continue
        label = str(filterset.filters[name].label)
        if isinstance(value, list):
            for one in dict.fromkeys(value):
                rest = [raw for raw in query.getlist(name) if raw != one]
                chips.append(Chip(label, _said(filterset, name, one), _with(query, name, rest)))
        else:
            chips.append(Chip(label, _said(filterset, name, value), _with(query, name, [])))
    return chips


def _said(filterset: FilterSet, name: str, value: Any) -> str:
    choices = dict(getattr(filterset.form.fields[name], "choices", ())) if isinstance(value, str) else {}
    if value is True:
        return ""
    if hasattr(value, "isoformat"):
        return long_date(value)
    return str(choices.get(value, value))


def _with(query: QueryDict, name: str, values: list[str]) -> str:
    """Return the query with ``name`` set to ``values``; never empty, which would open the default view."""
    changed = query.copy()
    changed.setlist(name, values)
    return changed.urlencode() or f"{_PAGE}=1"
