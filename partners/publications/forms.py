"""Define the form of a publication."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput, ReasonField
from partners.enums import Precision
from partners.models import REASON_LENGTH, Circle, Publication
from partners.snapshot import known_day


class PublicationForm(forms.Form):
    """The form of the as-of date of a publication, and of the precision of which its preview was."""

    as_of = forms.DateField(label=_("Niveaux au"), widget=DayInput, initial=timezone.localdate)
    precision = forms.ChoiceField(choices=Precision, required=False, widget=forms.HiddenInput)

    def __init__(self, circle: Circle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle = circle

    def clean_as_of(self) -> dt.date:
        """Refuse a day without any known fact, and a day whose publication to the circle stands."""
        as_of = known_day(self.cleaned_data["as_of"], self.circle.territory)
        if Publication.objects.filter(circle=self.circle, as_of=as_of, withdrawn_at=None).exists():
            raise ValidationError(_("Cette cellule a déjà reçu les niveaux de ce jour."))
        return as_of

    @property
    def is_outdated(self) -> bool:
        """True when somebody changed the precision of the circle after the preview."""
        return self.cleaned_data["precision"] not in {"", self.circle.precision}


class CampaignPublicationForm(forms.Form):
    """The form by which a coordinator publishes what a campaign froze, as it was shown.

    ``number``, ``precision`` and ``stands`` say what the preview was of: the version of the campaign, the precision of the circle,
    and the publication of that day that stands in it. Superseding that one takes a reason.
    """

    number = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    precision = forms.ChoiceField(choices=Precision, widget=forms.HiddenInput)
    stands = forms.RegexField(r"^[\w-]{32}$", required=False, widget=forms.HiddenInput)
    reason = ReasonField(
        max_length=REASON_LENGTH,
        help_text=_(
            "Pourquoi remplacer la publication de ce jour. Lu par ceux qui l’avaient ouverte ; ne désigne personne."
        ),
    )

    def __init__(self, *args: Any, supersedes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not supersedes:
            del self.fields["reason"]

    def is_of(self, shown: dict[str, Any]) -> bool:
        """Say whether what is sent is still what would be shown now."""
        return all(self.cleaned_data[name] == value for name, value in shown.items())
