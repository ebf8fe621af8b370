"""Define the forms about the adoption of a grid: a proposal, a landlord's answer, a withdrawal."""

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from classification.method.scale import Frequency
from classification.models import DECISION_REASON_LENGTH, GridVersion
from core.forms import AboutNobodyField, DayInput, LabelledForm, ReasonField, field
from core.opaque import read, written

from .forms import in_words

# A grid is announced within a year.
_AHEAD = dt.timedelta(366)
ACCEPT, _REFUSE = "accept", "refuse"


def changed_settings(before: GridVersion, after: GridVersion) -> list[tuple[str, str]]:
    """Return the cells and thresholds that differ, each by its key in :attr:`GridVersion.sources` and in words."""
    ours, theirs = before.grid, after.grid
    cells = [
        (f"{cell[0]:d}.{cell[1]:d}", in_words(cell))
        for cell, level in sorted(theirs.cells.items())
        if level != ours.cells[cell]
    ]
    thresholds = [
        (f"t{frequency:d}", _("seuil des faits %(frequency)s") % {"frequency": frequency.label})
        for frequency in reversed(Frequency)
        if ours.thresholds[frequency] != theirs.thresholds[frequency]
    ]
    return cells + thresholds


def _source(key: str) -> str:
    """Return the name of the field that asks where a changed value comes from."""
    return f"source_{key.replace('.', '_')}"


class ProposalForm(LabelledForm):
    """The form of what a coordinator proposes; for a version to be saved it asks its name, and where each change comes from.

    Args:
        changed: of :func:`changed_settings`; empty where a stored version is proposed.
    """

    name = AboutNobodyField(label=gettext_lazy("Nom de la version"), max_length=100)
    note = AboutNobodyField(label=gettext_lazy("Remarque"), max_length=DECISION_REASON_LENGTH, required=False)
    starts_on = forms.DateField(
        label=gettext_lazy("Compte à partir du"),
        widget=DayInput,
        help_text=gettext_lazy("Chaque bailleur doit avoir accepté ce jour-là au plus tard."),
    )
    reason = ReasonField(
        label=gettext_lazy("Pourquoi cette grille"),
        max_length=DECISION_REASON_LENGTH,
        help_text=gettext_lazy("Lu par les bailleurs interrogés. Ne désigne personne."),
    )

    def __init__(self, *args: Any, changed: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._changed = changed
        if not changed:
            del self.fields["name"], self.fields["note"]
        for key, label in changed:
            self.fields[_source(key)] = AboutNobodyField(
                label=_("D’où vient : %(what)s") % {"what": label}, max_length=DECISION_REASON_LENGTH
            )
        self.order_fields(["name", "note", *(_source(key) for key, _label in changed)])

    def clean_starts_on(self) -> dt.date:
        """Refuse a day that has passed, and one more than a year away."""
        day: dt.date = self.cleaned_data["starts_on"]
        if day < timezone.localdate():
            raise ValidationError(_("Ce jour est passé."))
        if day > timezone.localdate() + _AHEAD:
            raise ValidationError(_("Ce jour est à plus d’un an d’aujourd’hui."))
        return day

    @property
    def said(self) -> dict[str, Any]:
        """What the service is called with, beside the territory and the version."""
        cleaned = self.cleaned_data
        saved = {
            "name": cleaned.get("name"),
            "note": cleaned.get("note"),
            "sources": {key: cleaned[_source(key)] for key, _label in self._changed},
        }
        return {
            "starts_on": cleaned["starts_on"],
            "reason": cleaned["reason"],
            "saved_as": saved if self._changed else None,
        }


class AnswerForm(LabelledForm):
    """The form of a landlord's answer.

    Args:
        landlords: those led that share with the territory and have not answered.
    """

    landlord = forms.TypedChoiceField(
        label=gettext_lazy("Pour le bailleur"), coerce=partial(read, "organisation")
    )
    answer = forms.ChoiceField(
        label=gettext_lazy("Votre réponse"),
        widget=forms.RadioSelect,
        choices=(
            (ACCEPT, gettext_lazy("Accepter cette grille")),
            (_REFUSE, gettext_lazy("Refuser cette grille")),
        ),
    )
    reason = ReasonField(
        label=gettext_lazy("Motif du refus"),
        max_length=DECISION_REASON_LENGTH,
        required=False,
        help_text=gettext_lazy("Lu par la coordination et les bailleurs du territoire. Ne désigne personne."),
    )

    def __init__(self, *args: Any, landlords: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._landlords = {one.pk: one for one in landlords}
        offered = field(self, "landlord", forms.TypedChoiceField)
        offered.choices = [(written("organisation", one.pk), one.name) for one in landlords]
        if len(landlords) == 1:
            offered.initial, offered.widget = offered.choices[0][0], forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """Ask a refusal for its reason, and an acceptance for none: it would be lost, and cannot be taken back."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("answer") == _REFUSE and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error(
                "reason", _("Dites pourquoi vous refusez : la coordination proposera autre chose.")
            )
        if cleaned.get("answer") == ACCEPT and cleaned.get("reason"):
            said = _("Un motif ne va qu’avec un refus : effacez-le pour accepter, ou refusez.")
            self.add_error("reason", said)
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """What the service is called with."""
        return {
            "landlord": self._landlords[self.cleaned_data["landlord"]],
            "accepts": self.cleaned_data["answer"] == ACCEPT,
            "reason": self.cleaned_data["reason"],
        }


class WithdrawalForm(forms.Form):
    """The form of why a proposal is withdrawn."""

    reason = ReasonField(
        max_length=DECISION_REASON_LENGTH,
        help_text=gettext_lazy("Lu par les bailleurs interrogés. Ne désigne personne."),
    )
