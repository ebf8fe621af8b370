"""Declare how long what was put to rest is kept."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import register_rule
from incidents.retention.resting import rule_of

LABEL = _("mises en veille")
RULE = rule_of("rests", LABEL, table="classification_rest", day="until")


def register() -> None:
    """Add the rule to the nightly order."""
    register_rule(RULE)
