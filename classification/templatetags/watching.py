"""Say in templates why a residence is to be watched."""

from django import template

from classification.foresight.wording import sentence
from classification.models import Signal

register = template.Library()


@register.filter
def because(signal: Signal) -> str:
    """Return the sentence of a reason to watch."""
    return sentence(signal)
