"""Say in words what a mandate gives its person today."""

from django.utils.translation import gettext as _

from accounts.enums import ProposalState
from partners.models import Mandate


def state_of_mandate(mandate: Mandate, signed: bool) -> str:
    """Return the state of a mandate as its coordinator reads it.

    Args:
        mandate: one with its proposal and its membership.
        signed: whether the person has accepted the current text of the charter, or there is none.
    """
    if not (mandate.is_live() or mandate.upcoming):
        return _("terminée")
    if mandate.membership is None:
        return _unanswered(mandate)
    if not (mandate.membership.is_live() or mandate.upcoming):
        return _("sans accès : n’est plus de cet organisme")
    if mandate.council_id != mandate.territory.organisation_id:
        return _("sans accès : donnée au nom d’un autre conseil")
    if not signed:
        return _("sans accès : n’a pas encore accepté la charte")
    return _("à venir") if mandate.upcoming else _("en cours")


def _unanswered(mandate: Mandate) -> str:
    if mandate.proposal is None:
        return _("sans accès : n’est plus de cet organisme")
    if mandate.proposal.waits:
        return _("sans accès : invitation en attente de réponse")
    if mandate.proposal.state == ProposalState.REFUSED:
        return _("sans accès : invitation refusée")
    return _("sans accès : invitation restée sans réponse")
