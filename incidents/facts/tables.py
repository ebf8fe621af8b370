"""Show facts as a table."""

from typing import Any

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import near_day
from core.tables import TemplateColumn
from incidents.models import Incident
from sites.zones import today_at


class IncidentTable(tables.Table):
    """The table of facts: type, place and day, and the landlord for readers who see several."""

    chosen = TemplateColumn(
        template_name="incidents/_choose_fact.html", verbose_name=_("Choisir"), orderable=False
    )
    day = TemplateColumn(template_name="incidents/_when.html", verbose_name=_("Jour"), order_by="day")
    fact_type = tables.Column(
        verbose_name=_("Nature"),
        order_by="fact_type__label_fr__french",
        linkify=lambda record: reverse("incidents:detail", args=[record.pk]),
    )
    gravity = tables.Column(verbose_name=_("Gravité"), accessor="fact_type__gravity")
    address = tables.Column(verbose_name=_("Adresse"), order_by="address__label__french", empty_values=())
    residence = tables.Column(verbose_name=_("Résidence"), order_by="residence__name__french")
    place_kind = tables.Column(verbose_name=_("Lieu précis"))
    landlord = tables.Column(verbose_name=_("Bailleur"), order_by="landlord__name__french")

    always = ("chosen", "day", "fact_type")

    class Meta:
        model = Incident
        fields = ()
        sequence = ("chosen", "day", "fact_type", "gravity", "address", "residence", "place_kind", "landlord")
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, several_landlords: bool, chooses: bool = False, **kwargs: Any) -> None:
        """Leave out the landlord where all facts are of one, and the choice for who does nothing to many at once."""
        left_out = {"landlord": several_landlords, "chosen": chooses}
        exclude = tuple(name for name, shown in left_out.items() if not shown)
        super().__init__(*args, exclude=exclude, **kwargs)

    def render_day(self, record: Incident) -> str:
        """Return the day or the span, the hour where it may be read, and the mark of a cancelled fact."""
        near = "" if record.span_end else near_day(record.day, today_at(record.commune.department))
        return render_to_string("incidents/_list_day.html", {"incident": record, "near": near})

    def render_fact_type(self, record: Incident) -> str:
        """Return the type, with the sub-type if there is one."""
        return record.what

    def render_address(self, record: Incident) -> Any:
        """Return the address, or the words for a whole residence."""
        return record.address or _("toute la résidence")

    def order_fact_type(self, queryset: QuerySet[Incident], descending: bool) -> Any:
        """Sort by the French label of the type."""
        return queryset.order_by(
            f"{'-' if descending else ''}fact_type__label_fr__french", "-day", "-id"
        ), True

    def order_day(self, queryset: QuerySet[Incident], descending: bool) -> Any:
        """Sort by day, within a day by the hour where it may be read, then in the order of recording."""
        if descending:
            return queryset.order_by("-day", F("hour").desc(nulls_last=True), "-id"), True
        return queryset.order_by("day", F("hour").asc(nulls_first=True), "id"), True
