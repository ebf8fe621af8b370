"""Define the forms of a campaign."""

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from classification.engine.services import grid_of_territory
from classification.models import DECISION_REASON_LENGTH, Campaign, GridVersion
from core.forms import AboutNobodyField, DayInput, LabelledHelper, ReasonField, VersionedForm, field
from core.opaque import read, written
from sites.models import Territory

from .days import check_days

# A diagnosis is announced, or made up for, within a year.
_AHEAD = dt.timedelta(366)


class LandlordsField(forms.TypedMultipleChoiceField):
    """A choice of landlords to ask, by what addresses write for them; it cleans to their numbers."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=partial(read, "organisation"), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return numbers as the form writes them; what was sent stays as it is."""
        return [written("organisation", one) if isinstance(one, int) else one for one in value or ()]


class CampaignForm(VersionedForm):
    """The form of a draft.

    Args:
        territory: whose campaign it is.
        landlords: those under an agreement in force, all of whom are ticked at first.
    """

    name = AboutNobodyField(
        label=_("Nom"),
        max_length=100,
        help_text=_("Par exemple « Diagnostic d’automne ». Ne désigne personne."),
    )
    as_of = forms.DateField(
        label=_("Niveaux au"),
        widget=DayInput,
        help_text=_("Le jour des niveaux ; la campagne s’ouvre ce jour-là ou après."),
    )
    deadline = forms.DateField(
        label=_("Décider au plus tard le"),
        widget=DayInput,
        help_text=_("Jusqu’à trois mois après le jour des niveaux ; peut être repoussé."),
    )
    grid_version = forms.ModelChoiceField(
        GridVersion.objects.all(),
        label=_("Version de la grille"),
        to_field_name="name",
        empty_label=_("Celle qui compte pour le territoire le jour des niveaux"),
        required=False,
    )
    landlords = LandlordsField(
        label=_("Bailleurs interrogés"),
        help_text=_("Ceux dont la convention de partage est en cours."),
        error_messages={"required": _("Choisissez au moins un bailleur.")},
    )

    def __init__(
        self, *args: Any, territory: Territory, landlords: list[Organisation], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._territory = territory
        offered = field(self, "landlords", LandlordsField)
        offered.choices = [(written("organisation", one.pk), one.name) for one in landlords]
        self.initial.setdefault("landlords", [one.pk for one in landlords])
        self.helper = LabelledHelper()

    def clean_as_of(self) -> dt.date:
        """Refuse a day more than a year away."""
        as_of: dt.date = self.cleaned_data["as_of"]
        if abs(as_of - timezone.localdate()) > _AHEAD:
            raise ValidationError(_("Ce jour est à plus d’un an d’aujourd’hui."))
        return as_of

    def clean(self) -> dict[str, Any]:
        """Refuse a deadline by which decisions would not count for the day of the levels."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "as_of" in cleaned and cleaned.get("grid_version") is None and "grid_version" not in self.errors:
            cleaned["grid_version"] = grid_of_territory(self._territory.pk, cleaned["as_of"])
        if "as_of" in cleaned and "deadline" in cleaned:
            try:
                check_days(cleaned["as_of"], cleaned["deadline"])
            except ValidationError as error:
                self.add_error("deadline", error)
        return cleaned


class DeadlineForm(VersionedForm):
    """The form of another deadline."""

    deadline = forms.DateField(label=_("Décider au plus tard le"), widget=DayInput)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        self.initial.setdefault("deadline", campaign.deadline)
        self.helper = LabelledHelper()

    def clean_deadline(self) -> dt.date:
        """Refuse a day that has passed, and one by which decisions would not count."""
        deadline: dt.date = self.cleaned_data["deadline"]
        if deadline < timezone.localdate():
            raise ValidationError(_("Ce jour est passé."))
        check_days(self.campaign.as_of, deadline)
        return deadline


class CampaignReasonForm(forms.Form):
    """The form of why a campaign is cancelled, or what was frozen is made anew."""

    reason = ReasonField(
        max_length=DECISION_REASON_LENGTH,
        help_text=_("Lu par les bailleurs de la campagne. Ne désigne personne."),
    )
