"""Declare how long what the workshops of campaigns contested and settled is kept."""

from django.utils.translation import gettext_lazy as _

from accounts.retention import register_rule
from incidents.retention.resting import ORDER, rule_of

CONTESTS = rule_of("contests", _("sites contestés"), table="classification_contest", day="as_of")
# What settles a contest goes before it.
SETTLEMENTS = rule_of(
    "settlements",
    _("conclusions d’ateliers"),
    table="classification_settlement",
    day="as_of",
    order=ORDER - 1,
)


def register() -> None:
    """Add the rules of workshops to the nightly order."""
    register_rule(SETTLEMENTS)
    register_rule(CONTESTS)
