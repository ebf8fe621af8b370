"""Define the forms of a circle and of a mandate in it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.scope import Scope
from core.forms import (
    AboutNobodyField,
    AddressField,
    DayInput,
    LabelledHelper,
    NameField,
    VersionedForm,
    field,
)
from partners.models import Circle, Mandate

from .invitations import find_partner, partner_organisations
from .managing import coordinated_territories


class CircleForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """The form of a circle: its name, purpose and dates; its territory cannot change later."""

    class Meta:
        model = Circle
        fields = ("territory", "name", "purpose", "starts_on", "ends_on")
        field_classes = {"name": AboutNobodyField, "purpose": AboutNobodyField}
        widgets = {"starts_on": DayInput, "ends_on": DayInput}
        help_texts = {
            "purpose": _("Ce que la cellule traite, par exemple « Tranquillité du quartier des Prés »."),
            "ends_on": _("Ce jour-là, plus personne n’y voit rien. Vide : sans terme fixé."),
        }

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = coordinated_territories(scope)
        territory = field(self, "territory", forms.ModelChoiceField)
        territory.queryset = own
        territory.empty_label = _("Choisir…")
        if self.instance.pk:
            territory.disabled = True
        elif own.count() == 1:
            territory.initial = own.get()
        self.helper = LabelledHelper()


class MandateForm(forms.Form):
    """The form of a mandate: a person by e-mail, and its dates; a person without an account is invited too."""

    email = AddressField()
    starts_on = forms.DateField(label=_("Début"), widget=DayInput)
    ends_on = forms.DateField(label=_("Fin (exclue)"), widget=DayInput, required=False)
    full_name = NameField(label=_("Nom et fonction"), max_length=150, required=False)
    organisation = forms.TypedChoiceField(label=_("Organisme"), coerce=int, required=False, empty_value=None)

    def __init__(self, circle: Circle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle = circle
        self.user: User | None = None
        self.organisations = {organisation.pk: organisation for organisation in partner_organisations()}
        self.fields["starts_on"].initial = timezone.localdate
        field(self, "organisation", forms.TypedChoiceField).choices = [
            ("", _("Choisir…")),
            *((pk, f"{one} ({one.get_kind_display()})") for pk, one in self.organisations.items()),
        ]
        self.inviting = "full_name" in self.data
        if not self.inviting:
            self._hide_invitation()
        self.helper = LabelledHelper()

    @property
    def chosen_organisation(self) -> Organisation:
        """The organisation chosen for the person to invite."""
        return self.organisations[self.cleaned_data["organisation"]]

    def clean(self) -> dict[str, Any]:
        """Find the person, or require the fields that an invitation needs."""
        super().clean()
        data = self.cleaned_data
        if "email" in data:
            self.user = find_partner(data["email"])
            if self.user is None and not self.inviting:
                self._ask_for_invitation()
            elif self.user is None:
                self._require_invitation(data)
        if not self.errors:
            self._refuse_impossible_dates(data)
        return data

    def _refuse_impossible_dates(self, data: dict[str, Any]) -> None:
        if data["ends_on"] and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", _("La fin doit suivre le début."))
        elif self.user:
            mandate = Mandate(
                circle=self.circle, user=self.user, starts_on=data["starts_on"], ends_on=data["ends_on"]
            )
            try:
                mandate.validate_constraints(exclude={"territory"})
            except ValidationError:
                self.add_error("email", _("Cette personne est déjà habilitée dans cette période."))

    def _ask_for_invitation(self) -> None:
        self.fields["full_name"] = type(self).base_fields["full_name"]
        self.fields["organisation"] = self._organisation_field
        self.inviting = True
        self.add_error(
            "email",
            _("Aucun partenaire n’a encore cette adresse. Complétez les deux champs pour l’inviter."),
        )

    def _require_invitation(self, data: dict[str, Any]) -> None:
        for name in ("full_name", "organisation"):
            if not data.get(name):
                self.add_error(name, _("Nécessaire pour inviter cette personne."))

    def _hide_invitation(self) -> None:
        del self.fields["full_name"]
        self._organisation_field = self.fields.pop("organisation")
