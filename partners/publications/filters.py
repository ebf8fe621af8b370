"""Filter the published sites."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from classification.method.scale import Mark
from partners.models import Publication, PublishedSite

from .evolution import Way, compared, moved

_CHECK = {"class": "form-check-input"}


_SELECT = {"class": "form-select"}


class SiteFilter(django_filters.FilterSet):
    """The filter of published sites by level, commune, landlord and change since the previous publication."""

    level = django_filters.MultipleChoiceFilter(
        "mark", choices=Mark.choices[::-1], label=_("Niveau"), widget=forms.CheckboxSelectMultiple(_CHECK)
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

    def __init__(self, data: Any, queryset: Any, request: HttpRequest, previous: Publication | None) -> None:
        sites = compared(queryset, previous) if previous else queryset
        super().__init__(data, queryset=sites, request=request)
        if previous is None:
            del self.filters["evolution"]
        for name in ("commune", "landlord"):
            values = queryset.order_by(f"{name}__french", name).values_list(name, flat=True).distinct()
            self.filters[name].extra["choices"] = [(value, value) for value in values]

    @property
    def active(self) -> dict[str, Any]:
        """The filters in force, as plain values for the journal."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: value for name, value in data.items() if value}

    def moved(self, queryset: QuerySet[PublishedSite], _name: str, value: str) -> QuerySet[PublishedSite]:
        """Keep the sites that rose, fell, stayed at their level, or are new."""
        return moved(queryset, value)
