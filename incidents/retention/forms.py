"""Define the forms of a territory's terms and of a hold."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput, LabelledForm, ReasonField
from incidents.models.retention import FACTS_LEAST, FACTS_MOST, NARRATIVES_LEAST, NARRATIVES_MOST


class TermsForm(LabelledForm):
    """A form of how many months records are kept; never longer than the law lets."""

    narratives_months = forms.IntegerField(
        label=_("Précisions des faits (mois)"),
        min_value=NARRATIVES_LEAST,
        max_value=NARRATIVES_MOST,
        help_text=_("De 1 à 12 mois après le fait."),
    )
    facts_months = forms.IntegerField(
        label=_("Faits, constats et perturbations (mois)"),
        min_value=FACTS_LEAST,
        max_value=FACTS_MOST,
        help_text=_("De 36 à 60 mois : un niveau et son évolution en comptent vingt-quatre."),
    )


class HoldForm(LabelledForm):
    """A form of why a fact is kept, and until when."""

    reason = ReasonField(
        help_text=_("Par exemple : pièce d’une procédure en cours. Ne désigne personne."),
    )
    ends_on = forms.DateField(
        label=_("Jusqu’au (exclu)"),
        widget=DayInput,
        required=False,
        help_text=_("Vide : jusqu’à ce que le gel soit levé."),
    )

    def clean_ends_on(self) -> dt.date | None:
        """Refuse a day that is not to come."""
        day: dt.date | None = self.cleaned_data["ends_on"]
        if day is not None and day <= timezone.localdate():
            raise forms.ValidationError(_("Choisissez un jour à venir."))
        return day
