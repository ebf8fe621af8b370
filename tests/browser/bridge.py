"""Connect a browser to the product in this process, over the rows of a test, without a server."""

import mimetypes
from contextvars import copy_context
from http import HTTPStatus
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page, Request, Route

from tests.browser.wrongs import Wrongs

ORIGIN = "http://localhost"
# Of the same origin: for another the browser would start another process, with nothing compiled yet.
_BLANK = "/vide"


class Bridge:
    """Answers a page's requests as ``client``, a Django test client that is logged in or not."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrongs = Wrongs()
        self.client = Client()
        self.context = copy_context()
        page.route(f"{ORIGIN}/**", self._answer)
        page.context.on("console", self._on_console)
        page.context.on("weberror", lambda error: self.wrongs.note(str(error.error)))

    def open(self, client: Client, path: str) -> int:
        """Open a path as the person of the client and return the status."""
        self.client = client
        # The driver calls back in a context of its own, where the test's connection is unknown.
        self.context = copy_context()
        answer = self.page.goto(f"{ORIGIN}{path}")
        assert answer is not None
        return answer.status

    def leave(self) -> None:
        """Leave the page, which may go on asking for what the test takes away."""
        self.page.goto(f"{ORIGIN}{_BLANK}")

    def _on_console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.wrongs.note(said.text)

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if address.path == _BLANK:
            route.fulfill(body="<!doctype html><title>.</title>", content_type="text/html")
            return
        if address.path.startswith("/static/"):
            file = finders.find(address.path.removeprefix("/static/"))
            kind = mimetypes.guess_type(address.path)[0] or "application/octet-stream"
            route.fulfill(path=file, content_type=kind) if file else route.fulfill(status=404)
            return
        said = self.context.run(self._ask, route.request)
        route.fulfill(status=said.status_code, headers=dict(said.items()), body=b"".join(said))

    def _ask(self, request: Request) -> HttpResponse:
        address = urlsplit(request.url)
        said = self.client.generic(
            request.method,
            f"{address.path}?{address.query}",
            request.post_data_buffer or b"",
            content_type=request.headers.get("content-type", ""),
            headers={k: v for k, v in request.headers.items() if k.startswith(("hx-", "accept"))},
        )
        # The browser would ask for the next page past what answers here.
        while said.status_code == HTTPStatus.FOUND:
            said = self.client.get(said.headers["Location"])
        return said
