"""Show the imports as a table."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.dates import MomentColumn
from core.tables import TemplateColumn
from sites.models import ImportRun


class ImportTable(tables.Table):
    """A table of the files sent in, the last first."""

    filename = tables.Column(
        verbose_name=_("Fichier"),
        linkify=lambda record: reverse("sites:import_detail", args=[record.pk]),
        attrs={"td": {"class": "cell-file"}},
    )
    kind = tables.Column(verbose_name=_("Contenu"))
    created_at = MomentColumn(verbose_name=_("Envoyé le"))
    created_by = tables.Column(verbose_name=_("Par"), orderable=False)
    state = TemplateColumn(template_name="sites/_state.html", verbose_name=_("État"))

    always = ("filename",)

    class Meta:
        model = ImportRun
        fields = ()
        sequence = ("filename", "kind", "created_at", "created_by", "state")
        order_by_field = "tri"
        default = "–"
