"""Tables of published sites, and what they can be narrowed by."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.dates import DayColumn
from accounts.exports import Column
from classification.scale import Level

from .evolution import Evolution, Way
from .models import PublishedSite, SynthesisNote

_CHECK = {"class": "form-check-input"}
_SELECT = {"class": "form-select"}
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

    def value_before(self, record: PublishedSite) -> int | None:
        """The level before, in a file."""
        return record.before

    def value_name(self, record: PublishedSite) -> str:
        """The name alone, in a file."""
        return record.name

    def render_before(self, record: PublishedSite) -> SafeString | str:
        """Rose, fell or stayed since the publication before; "new" for a site it did not have."""
        if record.before is None:
            return _("nouveau")
        return render_to_string("partners/_moved.html", {"before": record.before, "after": record.level})

    def value_silent(self, record: PublishedSite) -> str:
        """Say that a level may be too low because nobody records there any more."""
        return _("interrompue") if record.silent else ""

    def render_name(self, record: PublishedSite) -> SafeString:
        """The way to the page of the site."""
        url = reverse("partners:site", args=[record.publication_id, record.rank])
        return format_html('<a href="{}">{}</a>', url, record.name)

    def render_main(self, record: PublishedSite) -> str:
        """The finding that weighs most."""
        return record.main


class SiteFilter(django_filters.FilterSet):
    """By level, commune, landlord, and by how it moved since the publication before."""

    level = django_filters.MultipleChoiceFilter(
        choices=Level.choices[::-1], label=_("Niveau"), widget=forms.CheckboxSelectMultiple(_CHECK)
    )
    commune = django_filters.ChoiceFilter(
        label=_("Commune"), empty_label=_("Toutes"), widget=forms.Select(_SELECT)
    )
    landlord = django_filters.ChoiceFilter(
        label=_("Bailleur"), empty_label=_("Tous"), widget=forms.Select(_SELECT)
    )

    evolution = django_filters.ChoiceFilter(
        choices=Way.choices,
        label=_("Évolution"),
        empty_label=_("Toutes"),
        widget=forms.Select(_SELECT),
        method="moved",
    )

    class Meta:
        model = PublishedSite
        fields = ("level", "commune", "landlord")

    def __init__(self, data: Any, queryset: Any, request: HttpRequest, since: Evolution | None) -> None:
        super().__init__(data, queryset=queryset, request=request)
        self.since = since
        if since is None:
            del self.filters["evolution"]
        for name in ("commune", "landlord"):
            values = queryset.order_by(name).values_list(name, flat=True).distinct()
            self.filters[name].extra["choices"] = [(value, value) for value in values]

    @property
    def active(self) -> dict[str, Any]:
        """The filters in force, as plain values for the journal."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: value for name, value in data.items() if value}

    def moved(self, queryset: QuerySet[PublishedSite], _name: str, value: str) -> QuerySet[PublishedSite]:
        """Keep what rose, fell, stayed, or was not there before."""
        if value == Way.NEW:
            return queryset.exclude(rank__in=self.since.before)
        return queryset.filter(rank__in=self.since.ranks(value))


class NoteTable(tables.Table):
    """Synthesis notes: about what, the document one may take, as of when, issued or not."""

    about = tables.TemplateColumn(
        template_name="partners/_note_about.html",
        verbose_name=_("Territoire ou bailleur"),
        order_by=("landlord_name", "territory_name", "pk"),
        attrs=_WIDE,
    )
    document = tables.TemplateColumn(
        template_name="partners/_note_document.html",
        verbose_name=_("Document"),
        orderable=False,
        exclude_from_export=True,
    )
    as_of = DayColumn(verbose_name=_("Situation au"))
    issued_at = tables.TemplateColumn(template_name="partners/_note_issued.html", verbose_name=_("État"))
    always = ("about", "document")

    class Meta:
        model = SynthesisNote
        fields = ()
        sequence = ("about", "document", "as_of", "issued_at")
        order_by_field = "tri"
        default = "–"


class NoteFilter(django_filters.FilterSet):
    """By what it is about, and whether it was issued."""

    about = django_filters.CharFilter(method="named", label=_("Territoire ou bailleur"))
    issued = django_filters.ChoiceFilter(
        method="in_state",
        label=_("État"),
        empty_label=_("Tous"),
        choices=[("yes", _("Diffusées")), ("no", _("Projets"))],
    )

    class Meta:
        model = SynthesisNote
        fields = ()

    def named(self, notes: Any, _name: str, value: str) -> Any:
        """Keep notes whose territory or landlord holds every word."""
        for word in value.split():
            notes = notes.filter(
                Q(territory_name__unaccent__icontains=word) | Q(landlord_name__unaccent__icontains=word)
            )
        return notes

    def in_state(self, notes: Any, _name: str, value: str) -> Any:
        """Keep issued notes, or drafts."""
        return notes.filter(issued_at__isnull=value == "no")
