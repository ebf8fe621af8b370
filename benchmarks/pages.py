"""The first pages over 20,000 residences, beside the plain list of them in the same run."""

from collections.abc import Iterator

from .database import prepare
from .results import Figure, peak_memory

# A first page reads a territory twice, now and half a year ago; a list reads a page of it once.
MOST = 12
# The processor's time for pages that the database makes little of: what Python spends on rows, cells and fields,
# against the frame that every page has.
NOWHERE = "a page that is not there"
PROCESSOR = {
    "facts of a lead": 8,
    "facts of a coordinator": 8,
    "list of residences": 8,
    "form of a fact, minding few places": 6,
    "form of a fact, minding many": 6,
}


def run() -> Iterator[Figure]:
    """Yield the costs of each page, asked over HTTP with the policies in force."""
    superuser_uri = prepare("bench_pages")
    import django

    django.setup()
    from .page_requests import measures

    costs = measures(superuser_uri)
    frame = costs.pop(NOWHERE)[1]
    for name, most in PROCESSOR.items():
        yield Figure(f"Page: {name}, processor", costs[name][1], NOWHERE, frame, limit=most)
    listed = costs.pop("list of residences")[0]
    for name, (seconds, _processor) in costs.items():
        yield Figure(f"Page: {name}", seconds, "list of residences", listed, limit=MOST, memory=peak_memory())
