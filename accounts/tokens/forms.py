"""Define the form of an API token."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role, TokenRight
from accounts.models import Organisation
from accounts.scope import Scope
from core.forms import AboutNobodyField, LabelledForm, field

TOKEN_LIFE = dt.timedelta(days=366)


class TokenForm(LabelledForm):
    """A form of a token's purpose, what it may do, and its last day."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisme"), empty_label=_("Choisir…")
    )
    name = AboutNobodyField(
        label=_("Nom"), max_length=100, help_text=_("Le logiciel qui s’en servira, par exemple « GED ».")
    )
    rights = forms.MultipleChoiceField(
        label=_("Ce qu’il peut faire"),
        choices=TokenRight,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Le moins possible : un logiciel qui envoie des faits n’a pas à les lire."),
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

    def clean_rights(self) -> list[str]:
        """Refuse the details of facts to a program that does not read facts."""
        rights: list[str] = self.cleaned_data["rights"]
        if TokenRight.NARRATIVES in rights and TokenRight.READ not in rights:
            raise forms.ValidationError(_("Les précisions se lisent avec les faits : cochez les deux."))
        return rights

    def clean_expires_on(self) -> dt.date:
        """Check that the token lasts a day at least and a year at most."""
        day: dt.date = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today < day <= today + TOKEN_LIFE:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans l’année."))
        return day
