"""Show the ranking of a publication as a table."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import FloatField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableQuerysetData

from classification.residence.snapshot import label_of
from core.files import Column
from partners.models import Publication, PublishedSite

if TYPE_CHECKING:
    from .evolution import ComparedSite

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


# A site without a level before stands between those that stayed and those that rose.
_NEW = 0.5


class _Rows(TableQuerysetData):
    """Rows that the database sorts and pages; those alike in what they are sorted by, by rank."""

    data: QuerySet[PublishedSite]

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        self.data = self.data.order_by(*self.data.query.order_by, "rank")


def ranking(sites: QuerySet[PublishedSite], previous: Publication | None) -> "SiteTable":
    """Return the table of ``sites``, compared with ``previous`` where there is one."""
    if previous is None:
        return SiteTable(_Rows(sites), exclude=("before",))
    order = Coalesce(Cast("change", FloatField()), Value(_NEW))
    return SiteTable(_Rows(sites.alias(moved=order)))


def main_labels(sites: Iterable[PublishedSite]) -> dict[int, str]:
    """Return what weighs most at each site, read for these alone: its findings are most of what is frozen."""
    first = PublishedSite.objects.filter(pk__in=[site.pk for site in sites]).order_by()
    rows = first.values_list("pk", "findings__0")
    return {pk: label_of(finding) if finding else "–" for pk, finding in rows}


class SiteTable(tables.Table):
    """The ranking of a publication; :meth:`before_render` reads what is shown of the page alone."""

    name = tables.Column(verbose_name=_("Résidence"), attrs=_WIDE)
    landlord = tables.Column(verbose_name=_("Bailleur"), attrs=_WIDE)
    before = tables.Column(verbose_name=_("Évolution"), empty_values=(), order_by="moved")
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

    def value_before(self, record: "ComparedSite") -> int | None:
        """The level before, in a file."""
        return record.before

    def value_name(self, record: PublishedSite) -> str:
        """The name alone, in a file."""
        return record.name

    def render_before(self, record: "ComparedSite") -> SafeString | str:
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

    def before_render(self, request: Any) -> None:
        """Read what weighs most at the sites of the page."""
        self.mains = main_labels(row.record for row in self.paginated_rows)

    def as_values(self, *args: Any, **kwargs: Any) -> Any:
        """Return the rows of a file, having read what weighs most at all of them."""
        self.mains = main_labels(row.record for row in self.rows)
        return super().as_values(*args, **kwargs)

    def render_main(self, record: PublishedSite) -> str:
        """The finding that weighs most."""
        return self.mains[record.pk]
