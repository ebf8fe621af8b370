"""Define the forms of territories, agreements and assignments."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from accounts.enums import ROLES_OF, OrganisationKind, Role
from accounts.models import Membership, Organisation
from accounts.scope import Scope
from core.forms import NameField, VersionedForm, field
from sites.enums import TerritoryKind
from sites.models import Commune, Residence, Territory

from .communes import read_communes, written

# Fewer than the fields that one form may have (DATA_UPLOAD_MAX_NUMBER_FIELDS).
MOST_ASSIGNED = 5000
_ANIMATORS = [kind for kind, roles in ROLES_OF.items() if Role.COORDINATOR in roles]


class _Form(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class CommunesField(forms.CharField):
    """A field for a typed list of communes; it cleans to the communes.

    A script of the page replaces it by a search (static/sites/communes.js), which writes the same lines.
    """

    widget = forms.Textarea({"rows": 6, "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "help_text",
            _(
                "Une par ligne : le nom, le code INSEE ou le code postal ; ou le nom d’une intercommunalité, pour"
                " toutes ses communes."
            ),
        )
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return communes as the lines that name them."""
        return written(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[Commune]:
        """Return the communes, or refuse the lines that name none or several."""
        communes, problems = read_communes(super().clean(value))
        if problems:
            raise ValidationError(problems)
        return communes


class CodesField(forms.CharField):
    """A field for INSEE codes; it cleans to their communes."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> list[Commune]:
        """Return the communes of the codes; a code that is none is left out."""
        return list(Commune.objects.filter(code__in=super().clean(value).split()))


class TerritoryForm(VersionedForm, _Form):
    """A form of a territory; communes are typed, one on each line, since there are 35 000 of them."""

    name = NameField(label=_("Nom"), max_length=200)
    kind = forms.ChoiceField(label=_("Instance"), choices=TerritoryKind)
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Animé par"),
        help_text=_("L’organisme du coordonnateur."),
        empty_label=_("Choisir…"),
    )
    communes = CommunesField(label=_("Communes"))

    def __init__(self, *args: Any, territory: Territory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._territory = territory
        field(self, "organisation", forms.ModelChoiceField).queryset = Organisation.objects.filter(
            kind__in=_ANIMATORS
        )

    def clean_name(self) -> str:
        """Refuse the name of another territory."""
        name: str = self.cleaned_data["name"].strip()
        alike = Territory.objects.filter(name__iexact=name)
        others = alike.exclude(pk=self._territory.pk) if self._territory else alike
        if others.exists():
            raise ValidationError(_("Un territoire de ce nom existe déjà."))
        return name


class CommunesUndoForm(VersionedForm):
    """The form that takes back a change of a territory's communes: the codes that it added and removed."""

    added = CodesField(required=False)
    removed = CodesField(required=False)


class AgreementForm(_Form):
    """A form of an agreement between an own landlord, or any for an administrator, and a territory."""

    landlord = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Bailleur"), empty_label=_("Choisir…")
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territoire"), empty_label=_("Choisir…")
    )
    starts_on = forms.DateField(label=_("Début"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("Fin (exclue)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Vide : sans terme fixé."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        landlords = Organisation.objects.filter(kind=OrganisationKind.LANDLORD)
        if not scope.has(Role.ADMIN):
            landlords = landlords.filter(pk__in=scope.roles[Role.LEAD])
            self.fields["landlord"].initial = landlords.first()
        field(self, "landlord", forms.ModelChoiceField).queryset = landlords
        field(self, "territory", forms.ModelChoiceField).queryset = Territory.objects.all()
        self.fields["starts_on"].initial = timezone.localdate

    def clean(self) -> dict[str, Any]:
        """Refuse an end that does not follow the start, which no date range can hold."""
        super().clean()
        data = self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end <= start:
            self.add_error("ends_on", _("La fin doit suivre le début."))
        return data


class AssignmentForm(VersionedForm, _Form):
    """A form of the residences an agent works at."""

    residences = forms.ModelMultipleChoiceField(
        Residence.objects.none(),
        label=_("Résidences"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune cochée : l’agent travaille sur toutes les résidences du bailleur."),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field(self, "residences", forms.ModelMultipleChoiceField).queryset = Residence.objects.filter(
            Q(closed_on=None) | Q(assignments__membership=membership), landlord=membership.organisation_id
        ).distinct()
        self.fields["residences"].initial = Residence.objects.filter(assignments__membership=membership)

    def clean_residences(self) -> QuerySet[Residence]:
        """Refuse more residences than the form can send again, with its choices, after a conflict."""
        residences: QuerySet[Residence] = self.cleaned_data["residences"]
        if residences.count() > MOST_ASSIGNED:
            raise ValidationError(
                _("Au plus %(most)s résidences pour un agent ; aucune cochée les lui ouvre toutes.")
                % {"most": number_format(MOST_ASSIGNED, use_l10n=True, force_grouping=True)}
            )
        return residences
