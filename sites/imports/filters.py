"""Filter the list of imports."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from core.dates import long_date
from core.jobs import JobState
from core.words import WordsFilter
from sites.enums import ImportKind, ImportStage
from sites.models import ImportRun


class ImportFilter(filters.FilterSet):
    """A filter of imports by kind, state and file name."""

    kind = filters.ChoiceFilter(label=_("Contenu"), choices=ImportKind, empty_label=_("Tous"))
    state = filters.ChoiceFilter(label=_("État"), choices=JobState, empty_label=_("Tous"))
    filename = WordsFilter("filename", label=_("Nom du fichier"))

    class Meta:
        model = ImportRun
        fields = ()


class _ImportField(ModelChoiceField):
    """A choice of an import, by the name of its file and the day it was sent."""

    def label_from_instance(self, run: ImportRun) -> str:
        """Return the name of the file and the day."""
        return f"{run.filename} – {long_date(timezone.localdate(run.created_at))}"


class ByImportFilter(filters.ModelChoiceFilter):
    """A filter of records by the import that they come from; only imports that the person may see are offered.

    Args:
        kind: the kind of the imports (:class:`sites.enums.ImportKind`).
    """

    field_class = _ImportField

    def __init__(self, kind: ImportKind, **kwargs: Any) -> None:
        imported = ImportRun.objects.filter(kind=kind, stage=ImportStage.IMPORT, state=JobState.DONE)
        offered = imported.only("filename", "created_at").order_by("-id")
        super().__init__(label=_("Import"), queryset=offered, empty_label=_("Tous"), **kwargs)
