"""Define the forms of a circle and of a mandate in it."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.scope import Scope
from core.choices import OpaqueChoiceField, OpaqueNumberField
from core.forms import (
    AboutNobodyField,
    AddressField,
    DayInput,
    LabelledHelper,
    NameField,
    VersionedForm,
    field,
)
from partners.enums import Precision
from partners.models import Circle

from .invitations import Invited, partner_organisations
from .managing import coordinated_territories

# What members see at each precision, as the forms say it.
_MEANS = (
    (
        Precision.ADDRESS,
        _("À l’adresse : les résidences, le niveau de chaque adresse, la carte, et les notes."),
    ),
    (
        Precision.RESIDENCE,
        _(
            "À la résidence : le nom, le niveau et les raisons de chaque résidence, sans adresse, sans carte ni note."
        ),
    ),
    (
        Precision.NEIGHBOURHOOD,
        _(
            "Au quartier : aucune résidence ; combien de sites de chaque quartier ont chaque niveau, par paliers de cinq, "
            "jamais moins de cinq. Ni carte, ni note."
        ),
    ),
)


def _precision(**kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Précision de ce que la cellule reçoit"),
        choices=[(precision.value, means) for precision, means in _MEANS],
        widget=forms.RadioSelect,
        help_text=_(
            "Elle ne change plus dès que quelque chose a été publié à la cellule ou lui a été diffusé."
        ),
        **kwargs,
    )


class PrecisionForm(VersionedForm):
    """The form of the precision of a circle that was given nothing yet."""

    precision = _precision()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = LabelledHelper()


class CircleForm(VersionedForm, forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """The form of a circle: its name, purpose and dates; its territory cannot change later, its precision elsewhere."""

    precision = _precision()

    class Meta:
        model = Circle
        fields = ("territory", "name", "purpose", "precision", "starts_on", "ends_on")
        field_classes = {
            "territory": OpaqueChoiceField,
            "name": AboutNobodyField,
            "purpose": AboutNobodyField,
        }
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
            del self.fields["precision"]
        elif own.count() == 1:
            territory.initial = own.get()
        self.helper = LabelledHelper()


class MandateForm(forms.Form):
    """The form of an invitation to a circle: who, of which organisation, from when until when."""

    email = AddressField()
    full_name = NameField(
        label=_("Nom et fonction"),
        max_length=150,
        help_text=_("Montré ici jusqu’à ce que la personne accepte ; elle écrit alors le sien."),
    )
    organisation = OpaqueNumberField(label=_("Organisme"), kind="organisation")
    starts_on = forms.DateField(label=_("Début"), widget=DayInput)
    ends_on = forms.DateField(label=_("Fin (exclue)"), widget=DayInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.organisations = {organisation.pk: organisation for organisation in partner_organisations()}
        self.fields["starts_on"].initial = timezone.localdate
        offered = ((pk, f"{one} ({one.get_kind_display()})") for pk, one in self.organisations.items())
        field(self, "organisation", OpaqueNumberField).offer(offered, empty=_("Choisir…"))
        self.helper = LabelledHelper()

    @property
    def chosen_organisation(self) -> Organisation:
        """The organisation chosen for the person to invite."""
        return self.organisations[self.cleaned_data["organisation"]]

    @property
    def invited(self) -> Invited:
        """Whom the sent form invites."""
        data = self.cleaned_data
        return Invited(data["email"], data["full_name"], self.chosen_organisation)

    def clean(self) -> dict[str, Any]:
        """Refuse an end that is not after the start."""
        super().clean()
        start, end = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        if start and end and end <= start:
            self.add_error("ends_on", _("La fin doit suivre le début."))
        return self.cleaned_data
