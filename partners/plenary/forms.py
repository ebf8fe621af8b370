"""Define the forms of a release and of its withdrawal."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField
from partners.models import REASON_LENGTH


class ReleaseForm(forms.Form):
    """The form by which a coordinator says to have read what leaves, as it was shown."""

    digest = forms.RegexField("^[0-9a-f]{64}$", widget=forms.HiddenInput)
    public = forms.BooleanField(
        label=_(
            "J’ai relu ces tableaux. Ils pourront être lus par tous, et ne seront ni corrigés ni repris."
        ),
        error_messages={"required": _("Relisez les tableaux, puis cochez cette case.")},
    )


class ReleaseWithdrawalForm(forms.Form):
    """The form of the reason for which a release is withdrawn."""

    reason = ReasonField(
        max_length=REASON_LENGTH,
        help_text=_("Lu par tous, sur la page et sur chaque document. Ne désigne personne."),
    )
