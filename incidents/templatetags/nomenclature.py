"""Define ``{% explained %}``: what is said of a fact type."""

from django import template

from incidents.models import FactType
from incidents.nomenclature.words import Explanation
from incidents.nomenclature.words import explained as explanation_of

register = template.Library()


@register.simple_tag
def explained(fact_type: FactType) -> Explanation:
    """Return the help and the words of a fact type."""
    return explanation_of(fact_type)
