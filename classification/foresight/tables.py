"""Show the residences to watch as a table, each with its reasons in words."""

from typing import Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from classification.models import SiteLevel
from core.tables import TemplateColumn


class WatchTable(tables.Table):
    """The table of residences to watch, with the landlord for readers who see several."""

    residence = tables.Column(
        verbose_name=_("Résidence"),
        order_by=("residence__name__french", "pk"),
        linkify=lambda record: reverse("classification:residence", args=[record.residence_id]),
    )
    level = tables.Column(verbose_name=_("Niveau"), order_by=("mark", "residence__name__french"))
    reasons = TemplateColumn(
        template_name="classification/_watch_reasons.html",
        verbose_name=_("Pourquoi"),
        order_by=("told", "mark", "pk"),
        attrs={"td": {"class": "text-wrap"}},
    )
    commune = tables.Column(
        verbose_name=_("Commune"), order_by=("commune__name__french", "residence__name__french")
    )
    landlord = tables.Column(
        verbose_name=_("Bailleur"), order_by=("landlord__name__french", "residence__name__french")
    )
    # Not "actions", which a phone hides where a row leads to a page that has them.
    resting = TemplateColumn(
        template_name="classification/_watch_actions.html", verbose_name="", orderable=False
    )

    always = ("residence", "reasons", "resting")

    class Meta:
        model = SiteLevel
        fields = ()
        sequence = ("residence", "level", "reasons", "commune", "landlord", "resting")
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, several_landlords: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if several_landlords else ("landlord",), **kwargs)

    def render_level(self, record: SiteLevel) -> str:
        """Return the level with its shape, and the mark of a site whose recording stopped."""
        return render_to_string("classification/_level_cell.html", {"site": record})
