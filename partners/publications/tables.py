"""Show the ranking of a publication as a table."""

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.files import Column
from partners.models import PublishedSite

if TYPE_CHECKING:
    from .evolution import RankedSite

_WIDE = {"td": {"class": "cell-wide"}}


# The properties of a site in a file of points.
POINT_COLUMNS: list[Column] = [
    ("rang", lambda site: site.rank),
    ("niveau", lambda site: site.level),
    ("residence", lambda site: site.name),
    ("bailleur", lambda site: site.landlord),
    ("commune", lambda site: site.commune),
    ("logements", lambda site: site.dwellings),
    ("saisie_interrompue", lambda site: site.silent),
]


class SiteTable(tables.Table):
    """The ranking of a publication."""

    name = tables.Column(verbose_name=_("Résidence"), attrs=_WIDE)
    landlord = tables.Column(verbose_name=_("Bailleur"), attrs=_WIDE)
    before = tables.Column(verbose_name=_("Évolution"), empty_values=(), order_by="change")
    silent = tables.Column(verbose_name=_("Saisie"), visible=False)
    main = tables.Column(verbose_name=_("Nature principale"), empty_values=(), orderable=False, attrs=_WIDE)

    always = ("rank", "level", "name")
    # On the page a badge beside the level.
    in_files = ("silent",)

    class Meta:
        model = PublishedSite
        fields = ("rank", "level", "before", "name", "landlord", "commune", "dwellings", "main", "silent")
        order_by = "rank"
        order_by_field = "tri"
        default = "–"

    def get_column_class_names(self, classes: set[str], bound_column: tables.columns.BoundColumn) -> set[str]:
        """Name each cell: on a phone a row is a few lines."""
        return {*super().get_column_class_names(classes, bound_column), f"cell-{bound_column.name}"}

    def render_level(self, value: Any, record: PublishedSite) -> SafeString:
        """Number, word and shape, and whether recording stopped there."""
        return render_to_string("classification/_level_cell.html", {"site": record})

    def value_level(self, record: PublishedSite) -> int:
        """The number alone, in a file."""
        return record.level

    def value_before(self, record: "RankedSite") -> int | None:
        """The level before, in a file."""
        return record.before

    def value_name(self, record: PublishedSite) -> str:
        """The name alone, in a file."""
        return record.name

    def render_before(self, record: "RankedSite") -> SafeString | str:
        """Rose, fell or stayed since the publication before; "new" for a site it did not have."""
        if record.before is None:
            return str(_("nouveau"))
        return render_to_string("partners/_moved.html", {"before": record.before, "after": record.level})

    def value_silent(self, record: PublishedSite) -> str:
        """Say that a level may be too low because nobody records there any more."""
        return str(_("interrompue")) if record.silent else ""

    def render_name(self, record: PublishedSite) -> SafeString:
        """The way to the page of the site."""
        url = reverse("partners:site", args=[record.publication_id, record.rank])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_main(self, record: "RankedSite") -> str:
        """The finding that weighs most."""
        return record.main
