"""Define the form of a landlord's other names."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import LabelledForm, VersionedForm
from core.text import clean

_LENGTH = Organisation._meta.get_field("name").max_length or 0
_MOST = 100


class OtherNamesForm(VersionedForm, LabelledForm):
    """A form of the names of a landlord beside its own, one a line."""

    names = forms.CharField(
        label=_("Autres noms"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "Un nom par ligne, comme vos fichiers l’écrivent : une ancienne raison sociale, un sigle."
        ),
    )

    def clean_names(self) -> list[str]:
        """Return the names, each once, in the order they are written."""
        written = (clean(line) for line in self.cleaned_data["names"].splitlines())
        names = list(dict.fromkeys(filter(None, written)))
        if len(names) > _MOST:
            raise forms.ValidationError(_("%(most)d noms au plus.") % {"most": _MOST})
        if any(len(name) > _LENGTH for name in names):
            raise forms.ValidationError(_("%(most)d caractères au plus par nom.") % {"most": _LENGTH})
        return names
