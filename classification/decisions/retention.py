"""Declare how long decisions that ended are kept."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import register_rule
from incidents.retention.resting import rule_of

LABEL = _("décisions sur les niveaux")
RULE = rule_of("decisions", LABEL, table="classification_decision", day="ended_on")


def register() -> None:
    """Add the rule of decisions to the nightly order."""
    register_rule(RULE)
