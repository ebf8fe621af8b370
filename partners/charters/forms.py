"""Define the form of a charter."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import LabelledHelper, VersionedForm
from core.text import visible

# In characters: about thirty printed pages.
_LONGEST = 100_000


class CharterForm(VersionedForm):
    """The form of a charter's text."""

    text = forms.CharField(
        label=_("Texte de la charte"),
        max_length=_LONGEST,
        widget=forms.Textarea({"rows": 24}),
        help_text=_("Le texte signé par les membres du conseil, tel que chacun le lira avant de l’accepter."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = LabelledHelper()

    def clean_text(self) -> str:
        """Return the text line by line, without characters that no page can show."""
        lines = (visible(line).rstrip() for line in self.cleaned_data["text"].splitlines())
        return "\n".join(lines).strip()
