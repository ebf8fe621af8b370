"""Define the forms of a decision about a level, and of taking one back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from classification.method.scale import Level
from classification.models import DECISION_REASON_LENGTH
from core.forms import LabelledForm, ReasonField


class DecisionForm(LabelledForm):
    """A form of which level to retain, and why where it is not the proposed one.

    Args:
        proposed: the proposed level.
        silent: whether recording stopped there: then any level needs a reason.
    """

    retained = forms.TypedChoiceField(
        label=_("Niveau retenu"),
        coerce=int,
        choices=[(level.value, f"{level.value} – {level.label}") for level in reversed(Level)],
        widget=forms.RadioSelect,
    )
    reason = ReasonField(
        max_length=DECISION_REASON_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_(
            "Lu par tous ceux qui voient le niveau : votre équipe, la coordination du territoire et, une fois publié,"
            " la cellule. Ne désigne personne."
        ),
    )
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposed: int, silent: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.proposed, self.silent = proposed, silent

    def clean(self) -> dict[str, Any]:
        """Refuse another level than the proposed one without a reason, and any at a silent site."""
        cleaned: dict[str, Any] = super().clean() or {}
        departs = cleaned.get("retained") not in {None, self.proposed}
        if "reason" in cleaned and not cleaned["reason"] and (departs or self.silent):
            said = (
                _("La saisie s’est interrompue : dites sur quoi repose le niveau retenu.")
                if self.silent
                else _("Dites pourquoi vous retenez un autre niveau que celui proposé.")
            )
            self.add_error("reason", said)
        return cleaned


class WithdrawForm(LabelledForm):
    """A form of why a decision is taken back."""

    end_reason = ReasonField(
        label=_("Motif du retrait"),
        max_length=DECISION_REASON_LENGTH,
        help_text=_("Lu par votre équipe. Ne désigne personne."),
    )
