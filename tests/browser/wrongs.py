"""Keep what a browser notes of its pages as errors, and tell what a test expects from what it does not."""

import re

# What it notes of a page without network.
NO_NETWORK = r"Failed to load resource: net::|when fetching the script|htmx:(sendError|afterRequest)$"
# The same, and whatever a server refuses.
UNLOADED = rf"Failed to load resource|{NO_NETWORK}"


class Wrongs:
    """What pages did that they should not.

    The browser notes an answer after its page shows it: what a test expects is said once, and compared at the end.
    """

    def __init__(self) -> None:
        self._noted: list[str] = []
        self._expected: list[str] = []

    def note(self, wrong: str) -> None:
        self._noted.append(wrong)

    def expect(self, *what: int | str) -> None:
        """Say which statuses, or which patterns of its words, the browser may note in this test."""
        self._expected += [f"status of {one} " if isinstance(one, int) else one for one in what]

    def unexpected(self) -> list[str]:
        return [wrong for wrong in self._noted if not any(re.search(may, wrong) for may in self._expected)]
