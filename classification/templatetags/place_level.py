"""The level of a place, for pages of the rooms further in, which may not import it."""

from django import template

from classification.models import SiteLevel

register = template.Library()


@register.inclusion_tag("components/place_level.html")
def place_level(residence_id: int, address_id: int | None) -> dict[str, int | None]:
    """Show the level of an address, or of a whole residence when ``address_id`` is None."""
    found = SiteLevel.objects.filter(residence_id=residence_id, address_id=address_id)
    return {"level": found.values_list("level", flat=True).first()}
