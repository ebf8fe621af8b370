"""Define the form that puts a residence to rest on the list of places to watch."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from classification.models import REST_DAYS, REST_REASON_LENGTH
from core.dates import long_date
from core.forms import DayInput, LabelledHelper, ReasonField, VersionedForm

# What is proposed: as long as a regular frequency is looked back at.
_PROPOSED = dt.timedelta(28)


class RestForm(VersionedForm):
    """The form of why a residence needs no watching, and until when."""

    reason = ReasonField(
        max_length=REST_REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Lu par votre équipe. Parle du lieu, ne désigne personne."),
    )
    until = forms.DateField(label=_("En veille jusqu’au"), widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        if not self.initial.get("until"):
            self.initial["until"] = today + _PROPOSED
        days = {"min": today + dt.timedelta(1), "max": today + dt.timedelta(REST_DAYS)}
        self.fields["until"].widget.attrs |= {name: day.isoformat() for name, day in days.items()}
        self.helper = LabelledHelper()

    def clean_until(self) -> dt.date:
        """Refuse a day that is not to come, and one so far that the residence would be forgotten."""
        until: dt.date = self.cleaned_data["until"]
        today = timezone.localdate()
        last = today + dt.timedelta(REST_DAYS)
        if not today < until <= last:
            said = _("Une mise en veille va de demain au %(last)s : au-delà, le site serait oublié.")
            raise ValidationError(said % {"last": long_date(last)})
        return until
