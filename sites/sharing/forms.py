"""Define the forms of territories, agreements and assignments."""

from collections.abc import Collection, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.enums import ROLES_OF, OrganisationKind, Role
from accounts.models import Organisation
from accounts.scope import Scope
from core.forms import NameField, VersionedForm, field
from core.order import in_french
from core.text import clean
from sites.enums import TerritoryKind
from sites.models import Commune, Residence, Territory

from .communes import read_communes, written
from .terms import residences_in

# How many lines that name no residence are quoted.
_TOLD_LINES = 5
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


class CommunesTickedField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """A field of communes to tick, each with the number of open residences that a landlord has there."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Commune.objects.none(), **kwargs)

    def offer(self, communes: Collection[Commune], landlord_id: int, ticked: Collection[Commune]) -> None:
        """Offer ``communes``, those where the landlord has residences first, and tick ``ticked``."""
        self.queryset = Commune.objects.filter(pk__in=[commune.pk for commune in communes])
        self.initial = [commune.pk for commune in ticked]
        held = residences_in(landlord_id, communes)
        first = sorted(communes, key=lambda commune: (commune.pk not in held, in_french(commune)))
        self.choices = [(commune.pk, _with_residences(commune, held.get(commune.pk, 0))) for commune in first]


def _with_residences(commune: Commune, residences: int) -> str:
    if not residences:
        return _("%(commune)s : aucune de vos résidences") % {"commune": commune}
    said = ngettext("%(commune)s : %(n)s résidence", "%(commune)s : %(n)s résidences", residences)
    return said % {"commune": commune, "n": number_format(residences, use_l10n=True, force_grouping=True)}


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


class PartiesForm(_Form):
    """A form of who shares with whom: an own landlord, or any for an administrator, and a territory."""

    landlord = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Bailleur"), empty_label=_("Choisir…")
    )
    territory = forms.ModelChoiceField(
        Territory.objects.none(), label=_("Territoire"), empty_label=_("Choisir…")
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        landlords = Organisation.objects.filter(kind=OrganisationKind.LANDLORD)
        if not scope.has(Role.ADMIN):
            landlords = landlords.filter(pk__in=scope.roles[Role.LEAD])
            self.fields["landlord"].initial = landlords.first()
        territories = Territory.objects.select_related("organisation")
        field(self, "landlord", forms.ModelChoiceField).queryset = landlords
        field(self, "territory", forms.ModelChoiceField).queryset = territories

    def only(self) -> dict[str, Any]:
        """Return the parties where there is no choice to make; empty where there is one."""
        found = {}
        for name in ("landlord", "territory"):
            choices = field(self, name, forms.ModelChoiceField).queryset
            rows = list(choices[:2]) if choices is not None else []
            if len(rows) != 1:
                return {}
            found[name] = rows[0]
        return found


class AgreementForm(VersionedForm, PartiesForm):
    """A form of an agreement between a landlord and a territory; its lead says which communes it shares.

    Args:
        landlord, territory: the parties, chosen before.
        named: whether the person leads the landlord, and so names the communes; all are, at first.
    """

    communes = CommunesTickedField(label=_("Communes partagées"))
    starts_on = forms.DateField(label=_("Début"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label=_("Fin (exclue)"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Vide : sans terme fixé."),
    )

    def __init__(
        self,
        *args: Any,
        landlord: Organisation,
        territory: Territory,
        named: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"].initial = timezone.localdate
        for name, party in (("landlord", landlord), ("territory", territory)):
            self.fields[name].initial = party.pk
            self.fields[name].widget = forms.HiddenInput()
        if named:
            communes = list(territory.communes.all())
            field(self, "communes", CommunesTickedField).offer(communes, landlord.pk, communes)
        else:
            del self.fields["communes"]

    def clean(self) -> dict[str, Any]:
        """Refuse an end that does not follow the start, which no date range can hold."""
        super().clean()
        data = self.cleaned_data
        start, end = data.get("starts_on"), data.get("ends_on")
        if start and end and end <= start:
            self.add_error("ends_on", _("La fin doit suivre le début."))
        return data


class SharedCommunesForm(VersionedForm, _Form):
    """A form of the communes that a landlord shares under an agreement, among those that are offered."""

    communes = CommunesTickedField(label=_("Communes partagées"), required=False)

    def __init__(
        self,
        *args: Any,
        landlord_id: int,
        offered: Collection[Commune],
        ticked: Collection[Commune],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field(self, "communes", CommunesTickedField).offer(offered, landlord_id, ticked)


_NONE_LEFT = _(
    "Aucune résidence n’est choisie. Pour que cet agent ne voie plus rien, terminez son rôle ; pour qu’il les voie toutes,"
    " cochez « Toutes les résidences du bailleur »."
)


class AssignmentForm(VersionedForm, _Form):
    """A form of the residences an agent works at."""

    residences = forms.ModelMultipleChoiceField(
        Residence.objects.none(),
        label=_("Résidences"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Un agent sans résidence choisie travaille sur toutes celles du bailleur."),
    )
    everywhere = forms.BooleanField(
        label=_("Toutes les résidences du bailleur, aussi celles qui viendront"), required=False
    )
    communes = forms.ModelMultipleChoiceField(
        Commune.objects.none(),
        label=_("Toutes les résidences de ces communes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    listed = forms.CharField(
        label=_("Toutes celles de cette liste"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Une par ligne : sa référence, ou son nom tel qu’il est enregistré."),
    )
    field_order = ("everywhere", "communes", "listed", "residences")

    def __init__(self, *args: Any, landlord_id: int, held: Sequence[Residence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = Q(closed_on=None) | Q(pk__in=[residence.pk for residence in held])
        self._own = Residence.objects.filter(kept, landlord=landlord_id)
        chosen = field(self, "residences", forms.ModelMultipleChoiceField)
        chosen.queryset = self._own
        chosen.choices = self._by_commune()
        communes = Commune.objects.filter(pk__in=self._own.values("commune")).order_by("name__french", "pk")
        field(self, "communes", forms.ModelMultipleChoiceField).queryset = communes
        self.fields["residences"].initial = held
        self._held = bool(held)
        if not held:
            # Without a choice the agent sees all already, or is about to: there is nothing to widen.
            del self.fields["everywhere"]

    def _by_commune(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """Return the choices of residences under the names of their communes, in the order of both."""
        groups: dict[str, list[tuple[int, str]]] = {}
        rows = self._own.select_related("commune").order_by("commune__name__french", "name__french", "pk")
        for residence in rows:
            groups.setdefault(str(residence.commune), []).append((residence.pk, residence.name))
        return list(groups.items())

    def clean_listed(self) -> list[int]:
        """Return the ids of the residences that the lines name, and tell the lines that name none or several."""
        lines = list(dict.fromkeys(filter(None, map(clean, self.cleaned_data["listed"].splitlines()))))
        named: dict[str, set[int]] = {line: set() for line in lines}
        rows = self._own.filter(Q(reference__in=lines) | Q(name__in=lines) | Q(aliases__reference__in=lines))
        for pk, *texts in rows.values_list("pk", "reference", "name", "aliases__reference"):
            for text in texts:
                if text in named:
                    named[text].add(pk)
        if unclear := [line for line, found in named.items() if len(found) != 1]:
            said = _("Aucune de vos résidences ouvertes, ou plusieurs, à ces lignes : %(lines)s.")
            raise ValidationError(said % {"lines": " ; ".join(unclear[:_TOLD_LINES])})
        return [pk for found in named.values() for pk in found]

    def clean(self) -> dict[str, Any]:
        """Join what is ticked, what lies in the chosen communes and what is listed.

        More residences than the form can send again after a conflict, with its choices, are refused.
        """
        super().clean()
        data = self.cleaned_data
        communes, listed = data.pop("communes", ()), data.pop("listed", ())
        everywhere = data.pop("everywhere", False)
        if "residences" not in data:
            return data
        ticked = [residence.pk for residence in data["residences"]]
        whole = Q(commune__in=communes, closed_on=None)
        residences = self._own.filter(whole | Q(pk__in=[*ticked, *listed]))
        if residences.count() > MOST_ASSIGNED:
            said = _("Au plus %(most)s résidences pour un agent.")
            most = number_format(MOST_ASSIGNED, use_l10n=True, force_grouping=True)
            self.add_error("residences", said % {"most": most})
        elif self._held and not everywhere and not residences.exists():
            # To untick the last one is to take it away, not to open all the others.
            self.add_error("residences", _NONE_LEFT)
        return data | {"residences": residences}
