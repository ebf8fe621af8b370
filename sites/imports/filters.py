"""Filter the list of imports."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from core.jobs import JobState
from core.words import WordsFilter
from sites.enums import ImportKind
from sites.models import ImportRun


class ImportFilter(filters.FilterSet):
    """A filter of imports by kind, state and file name."""

    kind = filters.ChoiceFilter(label=_("Contenu"), choices=ImportKind, empty_label=_("Tous"))
    state = filters.ChoiceFilter(label=_("État"), choices=JobState, empty_label=_("Tous"))
    filename = WordsFilter("filename", label=_("Nom du fichier"))

    class Meta:
        model = ImportRun
        fields = ()
