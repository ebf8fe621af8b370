"""Draw the cells of tables: by a template in the context of the page, and without one where none is needed."""

from functools import cache
from typing import Any

import django_tables2 as tables
from django.template import Context, Engine, Template


class TemplateColumn(tables.TemplateColumn):
    """A column whose cells a template draws, in the context of the page that the table is on.

    That of the package makes a context anew for each cell, with all that the context processors give.
    """

    def render(self, record: Any, table: Any, value: Any, bound_column: Any, **kwargs: Any) -> str:
        """Return the cell of a record."""
        context = getattr(table, "context", None) or Context()
        said = self.get_context_data(
            record=record, table=table, value=value, bound_column=bound_column, **kwargs
        )
        with context.update(said):
            return self._template().render(context)

    def _template(self) -> Template:
        return (
            _compiled(self.template_code)
            if self.template_code
            else Engine.get_default().get_template(self.template_name)
        )


@cache
def _compiled(code: str) -> Template:
    return Template(code)
