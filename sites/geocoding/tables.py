"""Show the addresses without a point as a table."""

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from sites.models import Address


class ToPlaceTable(tables.Table):
    """A table of the addresses without a point."""

    label = tables.Column(
        verbose_name=_("Adresse"),
        order_by="label__french",
        linkify=lambda record: reverse("sites:place", args=[record.pk]),
    )
    residence = tables.Column(verbose_name=_("Résidence"), order_by="residence__name__french")
    commune = tables.Column(verbose_name=_("Commune"), order_by="commune__name__french")
    geocoding = tables.Column(verbose_name=_("État"))

    class Meta:
        model = Address
        fields = ()
        sequence = ("label", "residence", "commune", "geocoding")
        order_by_field = "tri"
        default = "–"

    def order_commune(self, queryset: QuerySet[Address], descending: bool) -> tuple[QuerySet[Address], bool]:
        """Sort by the commune's name."""
        return queryset.order_by(
            f"{'-' if descending else ''}commune__name__french", "label__french", "id"
        ), True
