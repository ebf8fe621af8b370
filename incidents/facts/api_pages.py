"""Paginate facts over REST by key set: each page begins after the last fact of the page before it."""

import datetime as dt
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from core import opaque
from core.keyset import row_comparison
from incidents.models import Incident

# The side of the fact, its day and its number as addresses write it.
_CURSOR = re.compile(r"([<>])(\d{4}-\d\d-\d\d)\.([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """A position in the list of facts: just on the older or on the newer side of one fact.

    Attributes:
        side: ``<`` for the older facts, ``>`` for the newer ones.
        day: the day of the fact.
        pk: the primary key of the fact.
    """

    side: str
    day: dt.date
    pk: int

    @classmethod
    def read(cls, cursor: str) -> Self:
        """Return the position that a cursor encodes.

        Raises:
            ParseError: the cursor is not one that this API returned.
        """
        try:
            found = _CURSOR.fullmatch(urlsafe_b64decode(cursor).decode("ascii"))
            side, day, fact = found.groups() if found else ("", "", "")
            return cls(side, dt.date.fromisoformat(day), opaque.read("fact", fact))
        except ValueError as error:
            raise ParseError(_("Ce curseur n’existe pas.")) from error

    def cursor(self) -> str:
        """Return the position encoded as a cursor, for the query string."""
        return urlsafe_b64encode(f"{self.side}{self.day}.{opaque.written('fact', self.pk)}".encode()).decode()

    def narrow(self, facts: QuerySet[Incident]) -> QuerySet[Incident]:
        """Keep the facts on that side of the position, the nearest first."""
        order = ("-day", "-id") if self.side == "<" else ("day", "id")
        return facts.filter(row_comparison(self.side, day=self.day, id=self.pk)).order_by(*order)


class IncidentPages(CursorPagination):
    """The pagination of facts in the unique order (day, id), the latest first; stable while facts are added.

    The cursor of REST framework seeks by the first column and uses an offset within equal values, up to a
    bound: with more facts than that on one day, the rest could never be reached.
    """

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 1000
    ordering = ("-day", "-id")

    def facts_of(self, facts: QuerySet[Incident], request: Request) -> list[Incident]:
        """Return the facts of the requested page, and keep the positions of the pages beside it.

        Raises:
            ParseError: the cursor is not one that this API returned.
        """
        self._address = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        cursor = request.query_params.get(self.cursor_query_param)
        position = Position.read(cursor) if cursor is not None else None
        following = position.narrow(facts) if position else facts.order_by(*self.ordering)
        found = list(following[: size + 1])
        more, page = len(found) > size, found[:size]
        backwards = position is not None and position.side == ">"
        if backwards:
            page.reverse()
        self._older = _beside("<", page[-1:]) if more or backwards else None
        self._newer = _beside(">", page[:1]) if (more if backwards else position) else None
        return page

    def get_next_link(self) -> str | None:
        """Return the URL of the page of older facts, None without one."""
        return self._link(self._older)

    def get_previous_link(self) -> str | None:
        """Return the URL of the page of newer facts, None without one."""
        return self._link(self._newer)

    def _link(self, position: Position | None) -> str | None:
        if position is None:
            return None
        return replace_query_param(self._address, self.cursor_query_param, position.cursor())


def _beside(side: str, facts: list[Incident]) -> Position | None:
    """Return the position on ``side`` of the fact in ``facts``, a list of one; None when it is empty."""
    return next((Position(side, fact.day, fact.pk) for fact in facts), None)
