"""Define the form of a publication."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput
from partners.enums import Precision
from partners.models import Circle, Publication
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
