"""Define the forms of invitations, roles, names and organisations."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import ROLES_OF, OrganisationKind, Role
from accounts.models import Organisation
from accounts.scope import Scope
from core.forms import AddressField, LabelledForm, NameField, VersionedForm, field


class RoleForm(LabelledForm):
    """A form of a role in an organisation: any for an administrator; for a lead, agent in an own organisation."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisme"), empty_label=_("Choisir…")
    )
    role = forms.ChoiceField(choices=[("", _("Choisir…")), *Role.choices], label=_("Rôle"))

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.all()
        if not scope.has(Role.ADMIN):
            organisations = organisations.filter(pk__in=scope.roles[Role.LEAD])
            field(self, "role", forms.ChoiceField).choices = [(Role.AGENT.value, Role.AGENT.label)]
            self.fields["organisation"].initial = organisations.first()
        field(self, "organisation", forms.ModelChoiceField).queryset = organisations

    def clean_role(self) -> Role:
        """Return the chosen role as a :class:`Role`."""
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the organisation does not give, and list those it gives."""
        super().clean()
        data = self.cleaned_data
        organisation, role = data.get("organisation"), data.get("role")
        given = ROLES_OF[OrganisationKind(organisation.kind)] if organisation else frozenset()
        if organisation and role and role not in given:
            message = _("%(organisation)s ne peut donner que ces rôles : %(roles)s.")
            roles = ", ".join(str(one.label) for one in Role if one in given)
            self.add_error("role", message % {"organisation": organisation.name, "roles": roles})
        return data


class InvitationForm(RoleForm):
    """A form of the person to invite, and their role."""

    email = AddressField()
    full_name = NameField(label=_("Prénom et nom"), max_length=150)
    field_order = ("email", "full_name", "organisation", "role")


class NameForm(VersionedForm, LabelledForm):
    """A form of a person's name."""

    full_name = NameField(
        label=_("Prénom et nom"),
        max_length=150,
        help_text=_("L’adresse e-mail ne change pas : c’est elle qui sert à se connecter."),
    )


class OrganisationForm(VersionedForm, LabelledForm):
    """A form of an organisation's name and kind."""

    name = NameField(label=_("Nom"), max_length=200)
    kind = forms.ChoiceField(label=_("Nature"), choices=[("", _("Choisir…")), *OrganisationKind.choices])

    def __init__(self, *args: Any, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._organisation = organisation
        if organisation:
            self.fields["kind"].help_text = _(
                "Elle ne se corrige que tant que l’organisme n’a ni rôle, ni patrimoine, ni territoire, ni accord."
            )

    def clean_kind(self) -> OrganisationKind:
        """Return the chosen kind as a :class:`OrganisationKind`."""
        return OrganisationKind(self.cleaned_data["kind"])

    def clean_name(self) -> str:
        """Refuse the name of another organisation, whatever its kind: people could not tell them apart."""
        name: str = self.cleaned_data["name"]
        alike = Organisation.objects.filter(name__iexact=name)
        others = alike.exclude(pk=self._organisation.pk) if self._organisation else alike
        if namesake := others.first():
            message = _(
                "Un organisme porte déjà ce nom (%(kind)s). Précisez lequel, par exemple par son lieu."
            )
            raise forms.ValidationError(message % {"kind": namesake.get_kind_display()})
        return name
