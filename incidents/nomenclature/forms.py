"""Define the forms of a territory's sub-type."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.scope import Scope
from core.choices import OpaqueChoiceField
from core.forms import LabelledForm, NameField, VersionedForm, field
from incidents.facts.nomenclature import by_family
from incidents.models import FactType
from incidents.shield.validators import names_nobody
from sites.models import Territory

_LONGEST = 120


class SubtypeNameForm(VersionedForm, LabelledForm):
    """The form of a sub-type's name, which may name nobody."""

    label = NameField(
        label=_("Libellé"),
        max_length=_LONGEST,
        validators=[names_nobody],
        help_text=_(
            "Ce que l’on constate, jamais une personne : « Pétards », « Trottinettes dans le hall »."
        ),
    )


class SubtypeForm(SubtypeNameForm):
    """The form of a new sub-type of a territory that the person coordinates."""

    territory = OpaqueChoiceField(Territory.objects.none(), label=_("Territoire"), empty_label=None)
    fact_type = forms.ModelChoiceField(
        FactType.objects.all(),
        label=_("Nature"),
        empty_label=_("Choisir…"),
        help_text=_("La précision a la gravité de sa nature, et compte comme elle."),
    )
    field_order = ("territory", "fact_type", "label")

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Territory.objects.filter(organisation__in=scope.roles[Role.COORDINATOR])
        field(self, "territory", forms.ModelChoiceField).queryset = own
        self.fields["territory"].initial = own.first()
        if own.count() == 1:
            self.fields["territory"].widget = forms.HiddenInput()
        families = by_family(list(FactType.objects.all()))
        grouped = [(name, [(kind.pk, str(kind)) for kind in kinds]) for name, kinds in families]
        field(self, "fact_type", forms.ModelChoiceField).choices = [("", _("Choisir…")), *grouped]
