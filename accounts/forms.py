"""Forms of the accounts pages."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enums import ROLES_OF, OrganisationKind, Role
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

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisme"), empty_label=_("Choisir…")
    )
    role = forms.ChoiceField(choices=[("", _("Choisir…")), *Role.choices], label=_("Rôle"))

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

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the organisation does not give, and say which it gives."""
        data = super().clean()
        organisation, role = data.get("organisation"), data.get("role")
        given = ROLES_OF[OrganisationKind(organisation.kind)] if organisation else frozenset()
        if organisation and role and role not in given:
            message = _("%(organisation)s ne peut donner que ces rôles : %(roles)s.")
            roles = ", ".join(str(one.label) for one in Role if one in given)
            self.add_error("role", message % {"organisation": organisation.name, "roles": roles})
        return data


class InvitationForm(RoleForm):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("Adresse e-mail"), error_messages={"invalid": _("Cette adresse e-mail n’est pas complète.")}
    )
    full_name = forms.CharField(label=_("Prénom et nom"), max_length=150)
    field_order = ("email", "full_name", "organisation", "role")


class NameForm(_Form):
    """How somebody is called."""

    full_name = forms.CharField(
        label=_("Prénom et nom"),
        max_length=150,
        help_text=_("L’adresse e-mail ne change pas : c’est elle qui sert à se connecter."),
    )


class OrganisationForm(_Form):
    """An organisation's name and kind; once created, its name alone can change."""

    name = forms.CharField(label=_("Nom"), max_length=200)
    kind = forms.ChoiceField(label=_("Nature"), choices=[("", _("Choisir…")), *OrganisationKind.choices])

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation = organisation
        if organisation:
            del self.fields["kind"]

    def clean_name(self) -> str:
        """Refuse a name another organisation has, whatever its kind: nobody could tell them apart."""
        name = self.cleaned_data["name"]
        others = Organisation.objects.exclude(pk=self._organisation.pk if self._organisation else None)
        if namesake := others.filter(name__iexact=name).first():
            message = _(
                "Un organisme porte déjà ce nom (%(kind)s). Précisez lequel, par exemple par son lieu."
            )
            raise forms.ValidationError(message % {"kind": namesake.get_kind_display()})
        return name


class TokenForm(_Form):
    """What a token is for, and until when."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisme"), empty_label=_("Choisir…")
    )
    name = forms.CharField(
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
        self.fields["organisation"].queryset = own
        self.fields["organisation"].initial = own.first()
        self.fields["expires_on"].initial = timezone.localdate() + TOKEN_LIFE

    def clean_expires_on(self) -> dt.date:
        """Check that it lasts a day at least and a year at most."""
        day = self.cleaned_data["expires_on"]
        today = timezone.localdate()
        if not today < day <= today + TOKEN_LIFE:
            raise forms.ValidationError(_("Choisissez un jour à venir, dans l’année."))
        return day
