"""Define the form of the reason for which a publication or a note is withdrawn or replaced."""

from django.utils.translation import gettext_lazy as _

from core.forms import ReasonField, VersionedForm
from partners.models import REASON_LENGTH


class WithdrawalForm(VersionedForm):
    """The form of the reason, which whoever had opened what is withdrawn reads."""

    reason = ReasonField(
        max_length=REASON_LENGTH,
        help_text=_(
            "Lu par ceux qui l’avaient ouverte ou en ont un exemplaire. Par exemple : perturbation saisie par erreur, "
            "faits placés à la mauvaise adresse."
        ),
    )
