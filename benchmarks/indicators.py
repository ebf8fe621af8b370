"""The indicators over 60,000 addresses and 1 million facts, beside a plain count of the same facts in the same run."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory

# A page reads two periods once, sorts each fact into four breakdowns, and draws itself.
MOST = 12


def run() -> Iterator[Figure]:
    """Yield the time of the page over HTTP as a coordinator and as a lead, with the policies in force."""
    superuser_uri = prepare("bench_indicators")
    import django

    django.setup()
    from .indicator_requests import measures

    for name, seconds, plain in measures(superuser_uri):
        yield Figure(
            f"Indicators: {name}", seconds, "count of the same facts", plain, limit=MOST, memory=peak_memory()
        )
