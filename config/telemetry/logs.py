"""Log without personal data: JSON made of the code's own words and numbers.

A line says what happened, where in the code, and in which request or task. It never holds a value that
came with a request, a row or an error: a message is written only if its text stands, word for word, in the
source file that logs it, and its arguments are left out.
"""

import ast
import datetime as dt
import json
import logging
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from config.database import ROOT

# The extra fields that our own loggers may add to a line; those of other loggers are left out.
FIELDS = ("route", "method", "status", "duration_ms", "task", "state")
WITHHELD = "(text withheld)"
request_id: ContextVar[str] = ContextVar("request_id", default="")


class EventFormatter(logging.Formatter):
    """A formatter that writes a record as one JSON line, without any value it carries."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a JSON line."""
        entry: dict[str, Any] = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
        }
        if current := request_id.get():
            entry["request_id"] = current
        if record.name.startswith("palier."):
            entry |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        else:
            entry["where"] = f"{_place(record.pathname)}:{record.lineno}"
        if record.exc_info and record.exc_info[1]:
            entry["exception"] = described(record.exc_info[1])
        # Only words and numbers are expected; any other object could quote a value in its text.
        return json.dumps(entry, default=lambda _value: WITHHELD)


def described(error: BaseException) -> list[dict[str, Any]]:
    """Return the types and places of an error and of its causes, without their messages.

    A message may quote a row ("Key (email)=(…) already exists"), a form or an address.
    """
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        kind = type(cause)
        one = {"type": f"{kind.__module__}.{kind.__qualname__}", "stack": _stack(cause.__traceback__)}
        if isinstance(state := getattr(cause, "sqlstate", None), str):
            one["sqlstate"] = state
        chain.append(one)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return chain


def _stack(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{_place(code.co_filename)}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return places


def _event(record: logging.LogRecord) -> str:
    text = str(record.msg).strip()
    return text if text in _texts(record.pathname) else WITHHELD


@cache
def _texts(path: str) -> frozenset[str]:
    """Return every string literal of a source file; none where there is no source."""
    try:
        tree = ast.parse(Path(path).read_bytes())
    except (OSError, SyntaxError):
        return frozenset()
    return frozenset(
        node.value.strip()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _place(path: str) -> str:
    _before, found, inside = path.partition("site-packages/")
    return inside if found else path.removeprefix(f"{ROOT}/")
