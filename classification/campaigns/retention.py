"""Declare how long what campaigns froze is kept."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import register_rule
from incidents.retention.resting import rule_of

LABEL = _("sites arrêtés de campagnes")
RULE = rule_of("assessments", LABEL, table="classification_assessment", day="as_of")


def register() -> None:
    """Add the rule of campaigns to the nightly order."""
    register_rule(RULE)
