"""Wait in a test for what the browser's driver tells it, such as a request that a route holds."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.waiting import PATIENCE_S

_STEP_MS = 50


def until(page: Page, happened: Callable[[], object], what: str) -> None:
    """Let the driver call back until ``happened`` is true.

    Raises:
        AssertionError: it never is; the message says ``what`` was waited for.
    """
    for _step in range(PATIENCE_S * 1000 // _STEP_MS):
        if happened():
            return
        page.wait_for_timeout(_STEP_MS)
    message = f"{what}: not within {PATIENCE_S} s"
    raise AssertionError(message)
