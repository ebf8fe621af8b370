"""The simulator of the grid over 60,000 addresses, beside the whole engine from the records of the same places in the same run."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory

# From the stored days a page costs less than levels from the records, which do not draw it.
MOST = 1.0
# Of the clock, on a machine with nothing else to do.
MOST_SECONDS = 1.0


def run() -> Iterator[Figure]:
    """Yield the time of the page over HTTP as a coordinator, with the policies in force."""
    superuser_uri = prepare("bench_simulator")
    import django

    django.setup()
    from .simulator_requests import measures

    for name, seconds, engine in measures(superuser_uri):
        yield Figure(
            f"Simulator: {name}", seconds, "levels of the same places from the records", engine, limit=MOST,
            memory=peak_memory(),
        )  # fmt: skip
        yield Figure(f"Simulator: {name}, in all", seconds, "limit", MOST_SECONDS)
