"""The lists of this app as tables."""

import django_tables2 as tables
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.dates import MomentColumn

from .models import Address, ImportRun


class ImportTable(tables.Table):
    """Files sent in, the last first."""

    filename = tables.Column(
        verbose_name=_("Fichier"),
        linkify=lambda record: reverse("sites:import_detail", args=[record.pk]),
        attrs={"td": {"class": "cell-file"}},
    )
    kind = tables.Column(verbose_name=_("Contenu"))
    created_at = MomentColumn(verbose_name=_("Envoyé le"))
    created_by = tables.Column(verbose_name=_("Par"), orderable=False)
    state = tables.TemplateColumn(template_name="sites/_state.html", verbose_name=_("État"))

    always = ("filename",)

    class Meta:
        model = ImportRun
        fields = ()
        sequence = ("filename", "kind", "created_at", "created_by", "state")
        order_by_field = "tri"
        default = "–"


class ToPlaceTable(tables.Table):
    """Addresses without a point."""

    label = tables.Column(
        verbose_name=_("Adresse"), linkify=lambda record: reverse("sites:place", args=[record.pk])
    )
    residence = tables.Column(verbose_name=_("Résidence"), order_by="residence__name")
    commune = tables.Column(verbose_name=_("Commune"), order_by="commune__name")
    geocoding = tables.Column(verbose_name=_("État"))

    class Meta:
        model = Address
        fields = ()
        sequence = ("label", "residence", "commune", "geocoding")
        order_by_field = "tri"
        default = "–"

    def order_commune(self, queryset: QuerySet[Address], descending: bool) -> tuple[QuerySet[Address], bool]:
        """Sort by the commune's name."""
        return queryset.order_by(f"{'-' if descending else ''}commune__name", "label", "id"), True
