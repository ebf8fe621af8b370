"""Filter the list of notes."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from core.words import WordsFilter
from partners.models import SynthesisNote


class NoteFilter(django_filters.FilterSet):
    """The filter of notes by their territory or landlord, and by whether they were issued."""

    about = WordsFilter("territory_name", "landlord_name", label=_("Territoire ou bailleur"))
    issued = django_filters.ChoiceFilter(
        method="in_state",
        label=_("État"),
        empty_label=_("Tous"),
        choices=[("yes", _("Diffusées")), ("no", _("Projets"))],
    )

    class Meta:
        model = SynthesisNote
        fields = ()

    def in_state(self, notes: Any, _name: str, value: str) -> Any:
        """Keep the issued notes, or the drafts."""
        return notes.filter(issued_at__isnull=value == "no")
