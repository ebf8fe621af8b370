"""Forms of the coordinator: circles, mandates, publications, notes."""

import datetime as dt
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Organisation, User
from accounts.scope import Scope
from classification.movements import is_recorded
from sites.models import SharingAgreement, Territory

from .invitations import find_partner, partner_organisations
from .models import Circle, Mandate, Publication, SynthesisNote
from .snapshot import shared_residences


class _DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class _Helper(FormHelper):
    """Labels above fields; the template writes the form element and its button."""

    form_tag = False


def _territories(scope: Scope) -> Any:
    return Territory.objects.filter(organisation_id__in=scope.roles[Role.COORDINATOR])


class CircleForm(forms.ModelForm):
    """A circle's name, purpose and dates; its territory, once."""

    class Meta:
        model = Circle
        fields = ("territory", "name", "purpose", "starts_on", "ends_on")
        widgets = {"starts_on": _DateInput, "ends_on": _DateInput}
        help_texts = {
            "purpose": _("Ce que la cellule traite, par exemple « Tranquillité du quartier des Prés »."),
            "ends_on": _("Ce jour-là, plus personne n’y voit rien. Vide : sans terme fixé."),
        }

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["territory"].queryset = _territories(scope)
        self.fields["territory"].empty_label = _("Choisir…")
        if self.instance.pk:
            self.fields["territory"].disabled = True
        elif self.fields["territory"].queryset.count() == 1:
            self.fields["territory"].initial = self.fields["territory"].queryset.get()
        self.helper = _Helper()


class MandateForm(forms.Form):
    """A person by e-mail, from–until; who is not known yet is invited in the same breath."""

    email = forms.EmailField(
        label=_("Adresse e-mail"), error_messages={"invalid": _("Cette adresse e-mail n’est pas complète.")}
    )
    starts_on = forms.DateField(label=_("Début"), widget=_DateInput)
    ends_on = forms.DateField(label=_("Fin (exclue)"), widget=_DateInput, required=False)
    full_name = forms.CharField(label=_("Nom et fonction"), max_length=150, required=False)
    organisation = forms.TypedChoiceField(label=_("Organisme"), coerce=int, required=False, empty_value=None)

    def __init__(self, circle: Circle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle = circle
        self.user: User | None = None
        self.organisations = {organisation.pk: organisation for organisation in partner_organisations()}
        self.fields["starts_on"].initial = timezone.localdate
        self.fields["organisation"].choices = [
            ("", _("Choisir…")),
            *((pk, f"{one} ({one.get_kind_display()})") for pk, one in self.organisations.items()),
        ]
        self.inviting = "full_name" in self.data
        if not self.inviting:
            self._hide_invitation()
        self.helper = _Helper()

    @property
    def chosen_organisation(self) -> Organisation:
        """The organisation of the person to invite."""
        return self.organisations[self.cleaned_data["organisation"]]

    def clean(self) -> dict[str, Any]:
        """Find the person, or ask for what an invitation needs."""
        data = super().clean()
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


def _known_day(as_of: dt.date, territory: Territory, landlord: Organisation | None = None) -> dt.date:
    """Refuse a day of which nothing can be known: to come, or before anything was recorded."""
    if as_of > timezone.localdate():
        raise ValidationError(_("Cette date est à venir."))
    if not is_recorded(shared_residences(territory, landlord), as_of):
        raise ValidationError(
            _("Aucun fait n’est connu à cette date ni avant : l’absence de saisie n’est pas la tranquillité.")
        )
    return as_of


class PublicationForm(forms.Form):
    """The day whose levels a circle is given."""

    as_of = forms.DateField(label=_("Niveaux au"), widget=_DateInput, initial=timezone.localdate)

    def __init__(self, circle: Circle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.circle = circle

    def clean_as_of(self) -> dt.date:
        """Refuse a day of which nothing is known, and one the circle already has."""
        as_of = _known_day(self.cleaned_data["as_of"], self.circle.territory)
        if Publication.objects.filter(circle=self.circle, as_of=as_of).exists():
            raise ValidationError(_("Cette cellule a déjà reçu les niveaux de ce jour."))
        return as_of


class NoteForm(forms.ModelForm):
    """What a note is about, and the day it looks back from."""

    class Meta:
        model = SynthesisNote
        fields = ("territory", "landlord", "as_of")
        widgets = {"as_of": _DateInput}

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = _territories(scope)
        agreements = SharingAgreement.objects.live().filter(territory__in=territories)
        self.fields["territory"].queryset = territories
        self.fields["territory"].empty_label = _("Choisir…")
        self.fields["territory"].initial = territories.first()
        self.fields["landlord"].queryset = Organisation.objects.filter(
            pk__in=agreements.values("landlord_id")
        )
        self.fields["landlord"].empty_label = _("Tous les bailleurs du territoire")
        self.fields["landlord"].help_text = ""
        self.fields["as_of"].initial = timezone.localdate
        self.helper = _Helper()

    def clean(self) -> dict[str, Any]:
        """Refuse a landlord that does not share with that very territory, and a day nothing is known of."""
        data = super().clean()
        landlord, territory = data.get("landlord"), data.get("territory")
        if landlord and territory:
            agreements = SharingAgreement.objects.live().filter(landlord=landlord, territory=territory)
            if not agreements.exists():
                self.add_error("landlord", _("Ce bailleur n’a pas de convention avec ce territoire."))
        if territory and "as_of" in data and not self.errors:
            try:
                _known_day(data["as_of"], territory, landlord)
            except ValidationError as error:
                self.add_error("as_of", error)
        return data


class IssueForm(forms.Form):
    """The circle a note is issued to."""

    circle = forms.ModelChoiceField(Circle.objects.none(), label=_("Cellule"), empty_label=_("Choisir…"))

    def __init__(self, note: SynthesisNote, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["circle"].queryset = Circle.objects.live().filter(territory=note.territory_id)
