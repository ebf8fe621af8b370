"""The first pages over 20,000 residences, beside the plain list of them in the same run."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory

# A first page reads a territory twice, now and half a year ago; a list reads a page of it once.
MOST = 12


def run() -> Iterator[Figure]:
    """Yield the time of each page, asked over HTTP with the policies in force."""
    superuser_uri = prepare("bench_pages")
    import django

    django.setup()
    from .page_requests import measures

    times = measures(superuser_uri)
    listed = times.pop("list of residences")
    for name, seconds in times.items():
        yield Figure(f"Page: {name}", seconds, "list of residences", listed, limit=MOST, memory=peak_memory())
