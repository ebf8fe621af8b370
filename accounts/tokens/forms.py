"""Define the form of an API token."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation
from accounts.scope import Scope
from core.forms import AboutNobodyField, LabelledForm, field

TOKEN_LIFE = dt.timedelta(days=366)


class TokenForm(LabelledForm):
    """A form of a token's purpose and last day."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisme"), empty_label=_("Choisir…")
    )
    name = AboutNobodyField(
        label=_("Nom"), max_length=100, help_text=_("Le logiciel qui s’en servira, par exemple « GED ».")
    )
    expires_on = forms.DateField(
        label=_("Expire le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Un an au plus : il se renouvelle."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=scope.roles[Role.LEAD])
        field(self, "organisation", forms.ModelChoiceField).queryset = own
        self.fields["organisation"].initial = own.first()
        self.fields["expires_on"].initial = timezone.localdate() + TOKEN_LIFE

    def clean_expires_on(self) -> dt.date:
        """Check that the token lasts a day at least and a year at most."""
        day: dt.date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today < day <= today + TOKEN_LIFE:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans l’année."))
        return day
