"""Show the facts that wait for a place, and those that were discarded, as tables."""

import datetime as dt
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import DayColumn, about_hour, long_date, long_moment
from incidents.models import UnplacedFact
from sites.models import Address


def with_hour(fact: UnplacedFact) -> str:
    """Return the first day of a fact in words, with its hour where it is known."""
    day = long_date(fact.day)
    return f"{day}, {about_hour(fact.time)}" if fact.time else day


class UnplacedTable(tables.Table):
    """A table of the facts to place, with the best suggestion of each.

    Args:
        addresses: the candidates of the facts shown, by id.
    """

    fact_type = tables.Column(
        verbose_name=_("Nature"), order_by="fact_type__label_fr__french",
        linkify=lambda record: reverse("incidents:place_fact", args=[record.pk]),
    )  # fmt: skip
    day = DayColumn(verbose_name=_("Jour"), order_by=("day", "time"))
    written = tables.Column(verbose_name=_("Lieu écrit"), order_by="written__french")
    way = tables.Column(verbose_name=_("Trouvé"))
    suggestion = tables.Column(verbose_name=_("Proposition"), empty_values=(), orderable=False)

    class Meta:
        model = UnplacedFact
        fields = ()
        sequence = ("fact_type", "day", "written", "way", "suggestion")
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.addresses: dict[int, Address] = {}
        super().__init__(*args, **kwargs)

    def render_day(self, record: UnplacedFact) -> str:
        """Return the day, with the hour where it is known."""
        return with_hour(record)

    def render_suggestion(self, record: UnplacedFact) -> str:
        """Return the first candidate, with its residence."""
        best = self.addresses.get(record.candidates[0]) if record.candidates else None
        return f"{best.label} ({best.residence})" if best else "–"


class DiscardedTable(tables.Table):
    """A table of the facts that were discarded, with when and why."""

    fact_type = tables.Column(
        verbose_name=_("Nature"), order_by="fact_type__label_fr__french",
        linkify=lambda record: reverse("incidents:discarded_fact", args=[record.pk]),
    )  # fmt: skip
    day = DayColumn(verbose_name=_("Jour"), order_by=("day", "time"))
    written = tables.Column(verbose_name=_("Lieu écrit"), order_by="written__french")
    settled_at = tables.Column(verbose_name=_("Écarté"))
    discard_reason = tables.Column(verbose_name=_("Motif"), order_by="discard_reason__french")

    class Meta:
        model = UnplacedFact
        fields = ()
        sequence = ("fact_type", "day", "written", "settled_at", "discard_reason")
        order_by_field = "tri"
        default = "–"

    def render_day(self, record: UnplacedFact) -> str:
        """Return the day, with the hour where it is known."""
        return with_hour(record)

    def render_settled_at(self, value: dt.datetime) -> str:
        """Return the moment in words."""
        return long_moment(value)
