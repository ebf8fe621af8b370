"""Forms of the accounts pages."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enums import Role
from .models import Organisation
from .scope import Scope

TOKEN_LIFE = dt.timedelta(days=366)


class _Form(forms.Form):
    """Labels above fields; the template writes the form element and its button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class RoleForm(_Form):
    """A role in an organisation: any for an administrator, agent at one's own for a lead."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisme"))
    role = forms.ChoiceField(choices=Role, label=_("Rôle"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.all()
        if not scope.has(Role.ADMIN):
            organisations = organisations.filter(pk__in=scope.roles[Role.LEAD])
            self.fields["role"].choices = [(Role.AGENT.value, Role.AGENT.label)]
            self.fields["organisation"].initial = organisations.first()
        self.fields["organisation"].queryset = organisations

    def clean_role(self) -> Role:
        """Return the role itself."""
        return Role(self.cleaned_data["role"])


class InvitationForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(label=_("Adresse e-mail"))
    full_name = forms.CharField(label=_("Prénom et nom"), max_length=150)
    field_order = ("email", "full_name", "organisation", "role")


class OrganisationForm(forms.ModelForm):
    """An organisation's name and kind."""

    class Meta:
        model = Organisation
        fields = ("name", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class TokenForm(_Form):
    """What a token is for, and until when."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Organisme"))
    name = forms.CharField(
        label=_("Nom"), max_length=100, help_text=_("Le logiciel qui s'en servira, par exemple « GED ».")
    )
    expires_on = forms.DateField(
        label=_("Expire le"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Un an au plus : il se renouvelle."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=scope.roles[Role.LEAD])
        self.fields["organisation"].queryset = own
        self.fields["organisation"].initial = own.first()
        self.fields["expires_on"].initial = timezone.localdate() + TOKEN_LIFE

    def clean_expires_on(self) -> dt.date:
        """Check that it lasts a day at least and a year at most."""
        day = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today < day <= today + TOKEN_LIFE:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans l'année."))
        return day
