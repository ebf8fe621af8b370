"""Forms of the accounts pages."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from .enums import Role
from .models import Organisation
from .scope import Scope


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
