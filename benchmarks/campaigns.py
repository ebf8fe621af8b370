"""Campaigns: the opening and the closing of one over 600,000 addresses, and their pages over 60,000 and over a few."""

from collections.abc import Iterator

from .database import prepare
from .levels import FULL, point_django_here, prepare_population
from .results import Figure, peak_memory

# Seconds of the clock, on a machine with nothing else to do.
MOST_OPENING, MOST_QUEUE, MOST_PAGE = 30.0, 0.15, 0.3
# Neither stores the findings and past levels of each place, as the night does.
OPENING, CLOSING = 1.0, 1.0
# A page of 25 sites, of two thousand or of twenty.
QUEUE_OF_MANY = 3.0


def run() -> Iterator[Figure]:
    """Yield the figures of the two steps, then those of the pages; takes some minutes, most of them to plant the rows."""
    yield from _steps(prepare_population("bench_campaigns", FULL))
    uri = prepare("bench_campaign_pages")
    point_django_here()
    yield from _pages(uri)


def _steps(uri: str) -> Iterator[Figure]:
    from .campaign_steps import steps

    found = steps(uri)
    yield Figure(
        "Opening of a campaign over 600,000 addresses and 10 million facts, its levels proposed",
        found.opening, "limit", MOST_OPENING, memory=peak_memory(),
    )  # fmt: skip
    night = "evaluation of the same places by the night"
    yield Figure("… against the levels alone", found.opening, night, found.evaluating, limit=OPENING)
    yield Figure(
        "Closing of it, its sites frozen", found.closing, night, found.evaluating, limit=CLOSING,
        memory=peak_memory(),
    )  # fmt: skip


def _pages(uri: str) -> Iterator[Figure]:
    from .campaign_requests import QUEUE, measures

    many, few = measures(uri)
    yield Figure("Queue of 2,000 sites, a page", many[QUEUE].median, "limit", MOST_QUEUE)
    yield Figure("… against a hundredth", many[QUEUE].median, "queue of 20", few[QUEUE].median, QUEUE_OF_MANY)
    for name, cost in many.items():
        if name != QUEUE:
            yield Figure(
                f"Campaigns of 60,000 addresses: {name}, p95",
                cost.p95,
                "limit",
                MOST_PAGE,
                memory=peak_memory(),
            )
        yield Figure(
            f"… statements of {name}", cost.statements, "of a campaign of 20 sites", few[name].statements,
            unit="statements",
        )  # fmt: skip
