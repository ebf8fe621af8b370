"""Write dates, numbers and punctuation by the rules of the active language."""

import datetime as dt
import re

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.dates import is_french, long_date

_NO_BREAK = "\N{NO-BREAK SPACE}"
_THIN = "\N{NARROW NO-BREAK SPACE}"


def typeset(text: str) -> str:
    """Put no-break spaces between a number and its noun, and before French punctuation."""
    text = re.sub(r"(?:(?<=\d)|(?<=1er)) (?=[^\W\d_])", _NO_BREAK, text)
    text = re.sub(r"(?<=[^\W\d_]) (?=\d)", _NO_BREAK, text)
    if is_french():
        text = re.sub(r" (?=:)", _NO_BREAK, text)
        text = re.sub(r" (?=[;!?])", _THIN, text)
    return text


def days_count(number: int) -> str:
    """Write a number of days."""
    return ngettext("%(number)s jour", "%(number)s jours", number) % {"number": _grouped(number)}


def facts_count(number: int) -> str:
    """Write a number of facts."""
    return ngettext("%(number)s fait", "%(number)s faits", number) % {"number": _grouped(number)}


def between(first: dt.date, last: dt.date, beside: dt.date | None = None) -> str:
    """Write a span of days, with the month or the year only once when both ends share it."""
    start = long_date(first, last if first.year == last.year else beside)
    if (first.year, first.month) == (last.year, last.month):
        start = start.split(" ")[0]
    return _("entre le %(first)s et le %(last)s") % {"first": start, "last": long_date(last, beside)}


def listing(items: list[str]) -> str:
    """Join items with commas and a last "and"."""
    if len(items) < 2:  # noqa: PLR2004 - one item needs no conjunction
        return "".join(items)
    return _("%(start)s et %(last)s") % {"start": ", ".join(items[:-1]), "last": items[-1]}


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
