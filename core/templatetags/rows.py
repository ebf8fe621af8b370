"""Define ``{% rows %}``: the rows of the open page of a table."""

from typing import Any

from django import template
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import Table
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import signature

register = template.Library()


@register.simple_tag(takes_context=True)
def rows(context: Context, table: Table) -> SafeString:
    """Return the rows of the open page, each cell with the label that it bears on a phone.

    What the cells of a column have in common is worked out once: the package does so for each cell.
    """
    columns = [_Cells(table, column) for column in table.columns]
    return mark_safe(  # noqa: S308 - made of escaped parts
        "".join(
            f"<tr {row.attrs.as_html()}>{''.join(cells.drawn(row, context) for cells in columns)}</tr>\n"
            for row in table.paginated_rows
        )
    )


class _Cells:
    """The cells of a column of a table."""

    def __init__(self, table: Table, column: BoundColumn) -> None:
        self._table, self._column = table, column
        self._asked, _keywords = signature(column.render)
        self._takes_all = _keywords is not None
        self._said = format_html(' data-label="{}" data-column="{}"', column.header, column.name)
        attributes = {**table.attrs, **column.column.attrs}
        of_cell = attributes.get("td", attributes.get("cell", {}))
        self._same = None if any(map(callable, of_cell.values())) else column.attrs["td"].as_html()
        self._choices: dict[type, dict[Any, Any]] = {}

    def drawn(self, row: BoundRow, context: Context) -> str:
        """Return the cell of a row; ``data-none`` marks one that says nothing."""
        content = self._content(row)
        shown: str = render_value_in_context(content, context)
        none = " data-none" if content == "–" or not str(content).split() else ""
        return f"<td {self._attributes(row.record, content)}{self._said}{none}>{shown}</td>"

    def _attributes(self, record: Any, content: Any) -> str:
        if self._same is not None:
            return str(self._same)
        self._column.current_record, self._column.current_value = record, content
        return str(self._column.attrs["td"].as_html())

    def _content(self, row: BoundRow) -> Any:
        value = self._column.accessor.resolve(row.record, quiet=True)
        choices = self._choices_of(type(row.record))
        if choices and value in choices:
            value = str(choices[value])
        if value in self._column.column.empty_values:
            return self._column.default
        given = {
            "value": value, "record": row.record, "column": self._column.column, "bound_column": self._column,
            "bound_row": row, "table": self._table,
        }  # fmt: skip
        asked = given if self._takes_all else {name: given[name] for name in self._asked}
        content = self._column.render(**asked)
        return self._column.link(content, **given) if self._column.link else content

    def _choices_of(self, kind: type) -> dict[Any, Any]:
        """Return the choices of the column's field with their words; none for what has no choices."""
        if kind not in self._choices:
            field = self._column.accessor.get_field(kind)
            self._choices[kind] = dict(getattr(field, "flatchoices", None) or ())
        return self._choices[kind]
