"""Show synthesis notes as a table."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from core.dates import DayColumn
from core.tables import TemplateColumn
from partners.models import SynthesisNote

_WIDE = {"td": {"class": "cell-wide"}}


class NoteTable(tables.Table):
    """The table of synthesis notes: their subject, the document the reader may download, as-of date and state."""

    about = TemplateColumn(
        template_name="partners/_note_about.html",
        verbose_name=_("Territoire ou bailleur"),
        order_by=("landlord_name__french", "territory_name__french", "pk"),
        attrs=_WIDE,
    )
    document = TemplateColumn(
        template_name="partners/_note_document.html",
        verbose_name=_("Document"),
        orderable=False,
        exclude_from_export=True,
    )
    as_of = DayColumn(verbose_name=_("Situation au"))
    issued_at = TemplateColumn(template_name="partners/_note_issued.html", verbose_name=_("État"))
    always = ("about", "document")

    class Meta:
        model = SynthesisNote
        fields = ()
        sequence = ("about", "document", "as_of", "issued_at")
        order_by_field = "tri"
        default = "–"
