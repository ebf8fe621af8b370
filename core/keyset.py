"""Page through rows by key (keyset pagination): continue after a row by the whole of a unique order."""

from typing import Any

from django.db.models import BooleanField, F, Func, Value


def row_comparison(operator: str, **columns: Any) -> Func:
    """Return the condition ``(column, …) < (value, …)``, which an index on these columns can answer.

    It can under row-level security too if the columns are numbers, dates or moments, whose operators are leakproof.

    Args:
        operator: ``<``, ``<=``, ``>`` or ``>=``; never anything typed by people.
        columns: the value to compare each column with, in the order of the sort.
    """
    names = Func(*map(F, columns), function="ROW", output_field=BooleanField())
    values = Func(*map(Value, columns.values()), function="ROW", output_field=BooleanField())
    template = "(%(expressions)s)"
    return Func(names, values, arg_joiner=f" {operator} ", template=template, output_field=BooleanField())
