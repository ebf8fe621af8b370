"""Read the bodies that programs send to the API."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

# A body is an object of plain values; some room is left for bodies to come.
_DEEPEST = 20


class ShallowJSONParser(JSONParser):
    """The parser of JSON that refuses values nested more than 20 deep.

    Python reads, compares and prints nested values by recursion, so that a body nested without end fails
    wherever it is handled.
    """

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the value of the body.

        Raises:
            ParseError: it is not JSON, or nested too deeply.
        """
        try:
            value = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(_too_deep()) from None
        level = [value]
        for _depth in range(_DEEPEST):
            level = [inner for outer in level for inner in _within(outer)]
        if any(isinstance(each, list | dict) for each in level):
            raise ParseError(_too_deep())
        return value


def _within(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def _too_deep() -> str:
    return _("Ce JSON est imbriqué trop profondément.")
