"""Build URLs of the list of facts, for pages that link to the facts behind a figure."""

from urllib.parse import urlencode

from django.urls import reverse

from core.opaque import written


def list_of(**filters: object) -> str:
    """Return the URL of the list of facts under ``filters``, named as in :class:`.filters.IncidentFilter`.

    Filters that are None are left out; a residence, an address, a landlord and a territory, given by their primary keys, are
    written as in addresses.
    """
    return f"{reverse('incidents:list')}?{_query(filters)}"


def narrowed(url: str, **filters: object) -> str:
    """Return the URL that :func:`list_of` made, with further filters."""
    return f"{url}&{_query(filters)}"


def _query(filters: dict[str, object]) -> str:
    return urlencode({name: _said(name, value) for name, value in filters.items() if value is not None})


# The filters by a record, and the kind of each.
_KINDS = {
    "residence": "residence",
    "address": "address",
    "landlord": "organisation",
    "territory": "territory",
}


def _said(name: str, value: object) -> str:
    return written(_KINDS[name], value) if name in _KINDS and isinstance(value, int) else str(value)
