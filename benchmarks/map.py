"""The map's data for 60,000 addresses, asked as a coordinator over HTTP, policies in force."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory


def run() -> Iterator[Figure]:
    """Yield time and size of each request; sizes are gzipped, as sent."""
    superuser_uri = prepare("bench_map")
    import django

    django.setup()
    from .map_requests import measures

    for name, seconds, most_seconds, size, most_size in measures(superuser_uri):
        yield Figure(f"Map data: {name}", seconds, "limit", most_seconds, memory=peak_memory())
        yield Figure("… its size", size / 1000, "limit", most_size / 1000, unit="kB")
