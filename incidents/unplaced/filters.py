"""Filter the facts that wait for a place, and those that were discarded."""

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents.models import UnplacedFact
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter


class UnplacedFilter(filters.FilterSet):
    """A filter of the facts to place by whether they still wait, and by the import that brought them."""

    state = filters.ChoiceFilter(
        label=_("État"), method="in_state", choices=[("discarded", _("Écartés"))], empty_label=_("À placer")
    )
    import_run = ByImportFilter(ImportKind.INCIDENTS)

    class Meta:
        model = UnplacedFact
        fields = ()

    def filter_queryset(self, queryset: QuerySet[UnplacedFact]) -> QuerySet[UnplacedFact]:
        """Apply the filters; keep those that wait unless ``state`` asks for the discarded ones."""
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data["state"] else found.filter(settled_at=None)

    def in_state(self, queryset: QuerySet[UnplacedFact], _name: str, _value: str) -> QuerySet[UnplacedFact]:
        """Keep the facts that were discarded."""
        return queryset.exclude(discard_reason="")

    @property
    def shows_discarded(self) -> bool:
        """True when the discarded facts are asked for."""
        return self.form.is_valid() and bool(self.form.cleaned_data["state"])
