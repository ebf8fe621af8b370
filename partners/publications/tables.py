"""Show the ranking of a publication as a table."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import F, FloatField, QuerySet, Value
from django.db.models.functions import Cast, Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableQuerysetData

from classification.method.scale import Mark, shown_level
from classification.residence.snapshot import main_nature
from core.files import Column
from partners.models import Publication, PublishedSite
from partners.wording import day_and_origin_of, given_of

from .positions import Positions, name_of, positions_of

if TYPE_CHECKING:
    from .evolution import ComparedSite

_WIDE = {"td": {"class": "cell-wide"}}


# The properties of a site in a GeoJSON file, after its position.
_POINT_COLUMNS: list[Column] = [
    ("niveau", lambda site: site.mark or None),
    ("niveau_propose", lambda site: site.level if site.mark else None),
    ("validation", given_of),
    ("motif", lambda site: site.decision_reason),
    ("residence", lambda site: site.name),
    ("bailleur", lambda site: site.landlord),
    ("commune", lambda site: site.commune),
    ("logements", lambda site: site.dwellings),
    ("saisie_interrompue", lambda site: site.silent),
    ("niveau_avant_interruption", lambda site: site.level_before),
    ("sous_reserve", lambda site: site.unseen),
]


def point_columns(publication: Publication) -> list[Column]:
    """Return the properties of a site of a publication in a GeoJSON file."""
    positions = Positions(publication.pk)
    origin = day_and_origin_of(publication)
    return [
        ("rang", lambda site: positions.of(site.rank)),
        *_POINT_COLUMNS,
        ("campagne", lambda _site: origin),
    ]


# A new site is sorted between the sites that stayed at their level and those that rose.
_NEW = 0.5


class _Rows(TableQuerysetData):
    """The rows of the table, sorted and paginated by the database, and by rank among equals."""

    data: QuerySet[PublishedSite]

    def order_by(self, aliases: Any) -> None:
        super().order_by(aliases)
        self.data = self.data.order_by(*self.data.query.order_by, "rank")


def ranking(
    sites: QuerySet[PublishedSite], previous: Publication | None, *, coarsened: bool = False
) -> "SiteTable":
    """Return the table of ``sites``, compared with ``previous`` where there is one; a ``coarsened`` one says so in files."""
    left_out = () if coarsened else ("precision",)
    if previous is None:
        return SiteTable(_Rows(sites), exclude=("before", *left_out))
    order = Coalesce(Cast("change", FloatField()), Value(_NEW))
    return SiteTable(_Rows(sites.alias(moved=order)), exclude=left_out)


def main_natures(sites: Iterable[PublishedSite]) -> dict[int, str]:
    """Return what gives each site its level, by primary key, "–" where no record counts.

    Of the findings only the first is read: they are most of the size of a published site.
    """
    shown = PublishedSite.objects.filter(pk__in=[site.pk for site in sites]).order_by()
    rows = shown.select_related("publication__grid_version").annotate(finding=F("findings__0"))
    told = rows.only(
        "facts_level", "impact_level", "disruptions", "publication__as_of", "publication__grid_version"
    )
    return {site.pk: nature_of(site, site.finding) or "–" for site in told}


def nature_of(site: PublishedSite, finding: dict[str, Any] | None) -> str:
    """Return what gives ``site`` its level; ``finding`` is its first one."""
    given = site.publication
    return main_nature(
        site.facts_level, site.impact_level, finding, site.disruptions, given.as_of, given.grid_version
    )


class SiteTable(tables.Table):
    """The table of the ranking; :meth:`before_render` reads the main natures of the current page alone."""

    name = tables.Column(verbose_name=_("Résidence"), order_by="name__french", attrs=_WIDE)
    landlord = tables.Column(verbose_name=_("Bailleur"), order_by="landlord__french", attrs=_WIDE)
    commune = tables.Column(order_by="commune__french")
    decided_on = tables.Column(verbose_name=_("Validation"), empty_values=(), attrs=_WIDE)
    proposed = tables.Column(verbose_name=_("Niveau proposé"), accessor="level", visible=False)
    decision_reason = tables.Column(verbose_name=_("Motif"), visible=False, orderable=False, default="")
    before = tables.Column(verbose_name=_("Évolution"), empty_values=(), order_by="moved")
    silent = tables.Column(verbose_name=_("Saisie"), visible=False)
    unseen = tables.Column(verbose_name=_("Réserve"), visible=False)
    level_before = tables.Column(verbose_name=_("Niveau avant l’interruption"), visible=False, default="")
    origin = tables.Column(verbose_name=_("Campagne"), visible=False, orderable=False, empty_values=())
    precision = tables.Column(verbose_name=_("Précision"), visible=False, orderable=False)
    main = tables.Column(verbose_name=_("Nature principale"), empty_values=(), orderable=False, attrs=_WIDE)

    always = ("rank", "level", "name", "decided_on")
    # The page shows badges beside the level instead.
    in_files = ("proposed", "decision_reason", "origin", "unseen", "silent", "level_before", "precision")

    class Meta:
        model = PublishedSite
        fields = ("rank", "level", "before", "name", "decided_on", "landlord", "commune", "dwellings", "main",
                  "proposed", "decision_reason", "origin", "unseen", "silent", "level_before", "precision")  # fmt: skip
        order_by = "rank"
        order_by_field = "tri"
        default = "–"

    def get_column_class_names(self, classes: set[str], bound_column: tables.columns.BoundColumn) -> set[str]:
        """Return a class for each cell, by which the style sheet stacks the cells of a row on a phone."""
        return {*super().get_column_class_names(classes, bound_column), f"cell-{bound_column.name}"}

    def render_rank(self, record: PublishedSite) -> int:
        """Return the position among the sites that the reader sees, after reading those of the page once."""
        if not hasattr(self, "_of_page"):
            ranks = [row.record.rank for row in self.paginated_rows]
            self._of_page = positions_of(record.publication_id, ranks)
        return self._of_page[record.rank]

    def value_rank(self, record: PublishedSite) -> int:
        """Return the same for a file, after reading those of all sites once."""
        if not hasattr(self, "_of_all"):
            self._of_all = Positions(record.publication_id)
        return self._of_all.of(record.rank)

    def render_level(self, value: Any, record: PublishedSite) -> SafeString:
        """Return the level as number, word and shape, with the mark of a site whose recording stopped."""
        return render_to_string("classification/_level_cell.html", {"site": record})

    def value_level(self, record: PublishedSite) -> int | None:
        """Return the number alone, for a file; none where recording stopped, instead of the number of a quiet site."""
        return record.mark or None

    def order_level(self, queryset: Any, descending: bool) -> Any:
        """Sort by the level that is shown."""
        level = shown_level()
        return queryset.order_by(level.desc() if descending else level.asc()), True

    def render_decided_on(self, record: PublishedSite) -> str:
        """Return whether the landlord decided about the level, and when, or by when it is expected to."""
        return given_of(record)

    def order_decided_on(self, queryset: Any, descending: bool) -> Any:
        """Sort by the day of the decision; levels that nobody decided about come last in both directions."""
        day = F("decided_on")
        return queryset.order_by(day.desc(nulls_last=True) if descending else day.asc(nulls_last=True)), True

    def value_proposed(self, record: PublishedSite) -> int | None:
        """Return the number alone, for a file; none where recording stopped and no level was retained."""
        return record.level if record.mark else None

    def value_before(self, record: "ComparedSite") -> int | None:
        """Return the previous level, for a file."""
        return record.before

    def value_name(self, record: PublishedSite) -> str:
        """Return the name alone, for a file."""
        return record.name

    def render_before(self, record: "ComparedSite") -> SafeString | str:
        """Return the change since the previous publication; "new" for a site that it did not hold.

        A site whose recording stopped neither fell nor stayed; one whose level fell only because a disruption was
        not seen yet is shown under reserve.
        """
        if record.before is None:
            return str(_("nouveau"))
        if record.mark == Mark.STOPPED:
            return str(_("saisie interrompue"))
        if record.change is None:
            return str(_("saisie interrompue")) if record.silent else str(_("sous réserve"))
        return render_to_string(
            "partners/_moved.html", {"before": record.before, "after": record.shown_level}
        )

    def value_silent(self, record: PublishedSite) -> str:
        """Return the word for a site whose recording stopped, "" for others, for a file."""
        return str(_("interrompue")) if record.silent else ""

    def value_level_before(self, record: PublishedSite) -> int | None:
        """Return the number alone, for a file."""
        return record.level_before

    def value_origin(self, record: PublishedSite) -> str:
        """Return the campaign that the levels come from, or that they come from none, with their day, for a file."""
        return day_and_origin_of(record.publication)

    def value_precision(self, record: PublishedSite) -> str:
        """Return the words for a site without addresses, for a file that is coarsened."""
        return str(_("à la résidence, sans adresse ni point"))

    def value_unseen(self, record: PublishedSite) -> str:
        """Return the words for a site with a disruption not yet seen by a lead, "" for others, for a file."""
        return str(_("perturbation non encore vue")) if record.unseen else ""

    def render_name(self, record: PublishedSite) -> SafeString:
        """Return a link to the page of the site."""
        url = reverse("partners:site", args=[record.publication_id, name_of(record.pk, record.key)])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def before_render(self, request: Any) -> None:
        """Read the main natures of the sites of the current page."""
        self.mains = main_natures(row.record for row in self.paginated_rows)

    def as_values(self, *args: Any, **kwargs: Any) -> Any:
        """Return the rows of a file, after reading the main natures of all sites."""
        self.mains = main_natures(row.record for row in self.rows)
        return super().as_values(*args, **kwargs)

    def render_main(self, record: PublishedSite) -> str:
        """Return what gives the site its level: a fact type, or a disruption."""
        return self.mains[record.pk]
