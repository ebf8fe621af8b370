"""The watch list over 60,000 addresses and 1 million facts, beside the evaluation of the same night."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory

# The night evaluates all places, then works out which are to be watched from the same records.
MOST, MOST_PAGE = 1.0, 0.3


def run() -> Iterator[Figure]:
    """Yield the time of the night's work, and of the page over HTTP with the policies in force."""
    superuser_uri = prepare("bench_watch")
    import django

    django.setup()
    from .watch_requests import measures

    evaluating, watching, pages = measures(superuser_uri)
    yield Figure(
        "Watch list of a night",
        watching,
        "evaluation of the same places",
        evaluating,
        limit=MOST,
        memory=peak_memory(),
    )
    for name, cost in pages.items():
        yield Figure(f"Watch list: its page, as {name}, p95", cost.p95, "limit", MOST_PAGE)
