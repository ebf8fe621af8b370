"""Show standing observations and disruptions as tables."""

from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import DayColumn
from core.tables import TemplateColumn
from incidents.models import Disruption, StandingObservation


class _OngoingTable(tables.Table):
    """The columns and options that both tables share."""

    address = tables.Column(verbose_name=_("Adresse"), order_by="address__label__french", empty_values=())
    residence = tables.Column(verbose_name=_("Résidence"), order_by="residence__name__french")

    def __init__(self, *args: Any, writes: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if writes else ("actions",), **kwargs)

    def render_address(self, record: Any) -> Any:
        """Return the address, or the words for a whole residence."""
        return record.address or _("toute la résidence")


class ObservationTable(_OngoingTable):
    """The table of standing observations, with their actions for those who may write."""

    fact_type = tables.Column(
        verbose_name=_("Nature"),
        order_by="fact_type__label_fr__french",
        linkify=lambda record: reverse("incidents:observation", args=[record.pk]),
    )
    frequency = TemplateColumn(
        template_code="{% load wording %}{{ record|how_often }}",
        verbose_name=_("Fréquence"),
        order_by="frequency",
    )
    since = DayColumn(verbose_name=_("Depuis le"))
    confirmed_on = DayColumn(verbose_name=_("Confirmé le"))
    state = TemplateColumn(
        template_name="incidents/_observation_state.html", verbose_name=_("État"), order_by="counts_until"
    )
    actions = TemplateColumn(
        template_name="incidents/_observation_actions.html", verbose_name="", orderable=False
    )

    always = ("fact_type", "actions")

    class Meta:
        model = StandingObservation
        fields = ()
        sequence = (
            "fact_type", "frequency", "address", "residence", "since", "confirmed_on", "state", "actions",
        )  # fmt: skip
        order_by_field = "tri"
        default = "–"


class DisruptionTable(_OngoingTable):
    """The table of disruptions, with their actions for those who may write."""

    chosen = TemplateColumn(
        template_name="incidents/_choose_disruption.html", verbose_name=_("Choisir"), orderable=False
    )
    service = tables.Column(
        verbose_name=_("Service ou équipement"),
        linkify=lambda record: reverse("incidents:disruption", args=[record.pk]),
    )
    extent = TemplateColumn(
        template_name="incidents/_extent.html", verbose_name=_("Étendue"), order_by="extent"
    )
    starts_on = DayColumn(verbose_name=_("Depuis le"))
    ends_on = DayColumn(verbose_name=_("Jusqu’au"))
    recurs_daily = tables.Column(
        verbose_name=_("Chaque jour"),
        # On a phone a row says what is the case.
        attrs={"td": {"class": lambda record: "" if record.recurs_daily else "quiet"}},
    )
    state = TemplateColumn(
        template_name="incidents/_disruption_state.html", verbose_name=_("État"), orderable=False
    )
    actions = TemplateColumn(
        template_name="incidents/_disruption_actions.html", verbose_name="", orderable=False
    )

    always = ("chosen", "service", "actions")

    class Meta:
        model = Disruption
        fields = ()
        sequence = (
            "chosen",
            "service",
            "extent",
            "address",
            "residence",
            "starts_on",
            "ends_on",
            "recurs_daily",
            "state",
            "actions",
        )
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, awaits: bool = False, **kwargs: Any) -> None:
        """Leave the choice out where nothing awaits the sight of the person."""
        super().__init__(*args, **kwargs)
        if not awaits:
            self.columns.hide("chosen")

    def render_recurs_daily(self, record: Disruption) -> Any:
        """Return yes or no in words."""
        return _("oui") if record.recurs_daily else _("non")
