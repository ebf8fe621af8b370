"""Define ``{% shown_version %}``: the version of a record that a page shows."""

from django import template

from incidents.history import Record
from incidents.outdated import shown_version as version_shown

register = template.Library()


@register.simple_tag
def shown_version(record: Record) -> str:
    """Return the version of what the page shows of a record."""
    return version_shown(record)
