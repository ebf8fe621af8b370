"""Build URLs of the list of facts, for pages that link to the facts behind a figure."""

from django.http import QueryDict
from django.urls import reverse


def list_of(**filters: object) -> str:
    """Return the URL of the list of facts under ``filters``, named as in :class:`.filters.IncidentFilter`.

    Filters that are None are left out.
    """
    query = QueryDict(mutable=True)
    query.update({name: str(value) for name, value in filters.items() if value is not None})
    return f"{reverse('incidents:list')}?{query.urlencode()}"
