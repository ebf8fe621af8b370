"""Define the forms of a contested site and of how it was settled."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.method.scale import Level
from classification.models import CONCLUSION_LENGTH, DECISION_REASON_LENGTH
from core.forms import LabelledForm, LabelledHelper, ReasonField, VersionedForm


class ContestForm(LabelledForm):
    """A form of why a site is contested."""

    reason = ReasonField(
        label=_("Pourquoi ce niveau est contesté"),
        max_length=DECISION_REASON_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        help_text=_(
            "Lu par les référents sûreté du bailleur et par la coordination du territoire. Ne désigne personne."
        ),
    )


class SettlementForm(VersionedForm):
    """A form of what the workshop concluded about a contested site."""

    conclusion = ReasonField(
        label=_("Conclusion de l’atelier"),
        max_length=CONCLUSION_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Lue par les référents sûreté du bailleur, et au compte rendu. Aucun nom de personne."),
    )
    recommended = forms.TypedChoiceField(
        label=_("Niveau que l’atelier recommande"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("Aucun")),
            *((level.value, f"{level.value} – {level.label}") for level in reversed(Level)),
        ],
        help_text=_("Le bailleur seul décide : il le retient, ou un autre."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = LabelledHelper()
