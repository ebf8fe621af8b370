"""Show residences as a table."""

from typing import TYPE_CHECKING, Any

import django_tables2 as tables
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from classification.decisions.wording import said_of
from classification.method.scale import shown_level
from classification.models import SiteLevel
from core.dates import DayColumn

from .evolution import SINCE

if TYPE_CHECKING:
    from .evolution import ChangedLevel


class ResidenceTable(tables.Table):
    """The table of residences with their level, and with the landlord for readers who see several."""

    level = tables.Column(verbose_name=_("Niveau"), order_by=("mark", "residence__name__french"))
    decided_on = tables.Column(verbose_name=_("Validation"), empty_values=())
    residence = tables.Column(
        verbose_name=_("Résidence"),
        order_by=("residence__name__french", "pk"),
        linkify=lambda record: reverse("classification:residence", args=[record.residence_id]),
    )
    commune = tables.Column(
        verbose_name=_("Commune"), order_by=("commune__name__french", "residence__name__french")
    )
    landlord = tables.Column(
        verbose_name=_("Bailleur"), order_by=("landlord__name__french", "residence__name__french")
    )
    dwellings = tables.Column(
        verbose_name=_("Logements"), accessor="residence__dwellings", attrs={"td": {"class": "text-end quiet"}, "th": {"class": "text-end"}},
    )  # fmt: skip
    last_day = DayColumn(verbose_name=_("Dernier fait"))
    # A phone shows what moved alone.
    change = tables.Column(
        verbose_name=SINCE,
        attrs={"td": {"class": lambda record: "moved" if record.change else "quiet"}},
    )

    always = ("level", "residence", "decided_on")

    class Meta:
        model = SiteLevel
        fields = ()
        sequence = (
            "level",
            "residence",
            "decided_on",
            "commune",
            "landlord",
            "dwellings",
            "last_day",
            "change",
        )
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, several_landlords: bool, **kwargs: Any) -> None:
        super().__init__(*args, exclude=() if several_landlords else ("landlord",), **kwargs)

    def render_level(self, record: SiteLevel) -> str:
        """Return the level with its shape, and the mark of a site whose recording stopped."""
        return render_to_string("classification/_level_cell.html", {"site": record})

    def order_last_day(self, queryset: Any, descending: bool) -> Any:
        """Sort by day; residences without a fact come last in both directions."""
        return queryset.order_by(_nulls_last("last_day", descending), "residence__name__french", "pk"), True

    def render_change(self, record: "ChangedLevel") -> str:
        """Return the proposed level before and now, or that it did not change."""
        before_and_after = {"before": record.before, "after": record.level}
        return render_to_string("components/trend.html", before_and_after)

    def order_change(self, queryset: Any, descending: bool) -> Any:
        """Sort by how far the level rose or fell; where that is not known comes last in both directions."""
        return queryset.order_by(_nulls_last("change", descending), "residence__name__french", "pk"), True

    def render_decided_on(self, record: SiteLevel) -> str:
        """Return whether the level was decided, and by when, or is proposed."""
        return said_of(record)

    def order_decided_on(self, queryset: Any, descending: bool) -> Any:
        """Sort by the day of the decision; levels that nobody decided about come last in both directions."""
        return queryset.order_by(_nulls_last("decided_on", descending), "residence__name__french", "pk"), True

    def order_level(self, queryset: Any, descending: bool) -> Any:
        """Sort by the level that is shown, then by name."""
        level = shown_level()
        by_level = level.desc() if descending else level.asc()
        return queryset.order_by(by_level, "residence__name__french", "pk"), True


def _nulls_last(column: str, descending: bool) -> Any:
    return F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_last=True)
