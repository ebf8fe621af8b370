"""A real server, a real worker and a real browser over the fictional territory.

No test here touches the database itself: what it knows, it reads on the pages.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState, expect

from config.database import ROOT
from demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tests.browser import axe
from tests.browser.bridge import Bridge
from tests.browser.pages import First, Where
from tests.browser.wrongs import Wrongs
from tests.conftest import database_environment

_START_S = 60
_PATIENCE_MS = 15_000
expect.set_options(timeout=_PATIENCE_MS)
_HREF = """([text, selector]) => new DOMParser().parseFromString(text, "text/html").querySelector(selector)
  ?.getAttribute("href")"""
# The files that take longest; what is begun last should be short, so that no worker waits for the other.
_LONG = [
    "test_accessible", "test_offline", "test_entry", "test_keyboard", "test_states", "test_paper", "test_form_errors",
    "test_map", "test_main_job", "test_import_own_file",
]  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Have the files begin in the order given to them here, not by their number of tests."""
    config.option.loadscopereorder = False


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep each file in one worker, whichever is free.

    The tests of a file share a territory and its sessions. Each worker has a server and a database of its own. A group
    that is given later, when the items are sorted, comes after the scheduler has read it.
    """
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> tuple[int, bool]:
    """Return where a test stands in the run: what the demonstration has shown is not measured again."""
    name = item.path.stem
    place = _LONG.index(name) if name in _LONG else len(_LONG)
    return place, item.name.startswith("test_every_page_over_planted_rows")


@pytest.fixture(scope="session")
def territory(clone_database, demo_database) -> Callable[[], str]:
    """A function that puts the fictional territory, as no test has changed it, in the server's database."""
    return lambda: clone_database("palier_browser", demo_database)


@pytest.fixture(scope="session")
def environment(superuser_uri, territory, tmp_path_factory) -> dict[str, str]:
    """The variables of every process of the server, whose database holds the fictional territory."""
    variables = os.environ | database_environment(superuser_uri, territory())
    variables |= {
        "DJANGO_SETTINGS_MODULE": "config.settings.browser",
        "CELERY_SPOOL": str(tmp_path_factory.mktemp("spool")),
    }
    return variables


@pytest.fixture(scope="session")
def running_server(chromium_path, environment, tmp_path_factory) -> Iterator[str]:
    """The address of a running server with its worker."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("log") / "server.log"
    # At its end the server would wait up to half a minute for connections that the browser keeps open.
    serving = f"--bind 127.0.0.1:{port} --threads 4 --no-control-socket --graceful-timeout 1"
    commands = (
        ["gunicorn", "config.wsgi", *serving.split()],
        ["celery", "-A", "config", "worker", "--pool", "solo", "--without-gossip", "--without-mingle"],
    )
    with log.open("ab") as output:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=output, stderr=output
            )
            for command in commands
        ]
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/connexion/", log)
        yield address
    finally:
        web, worker = processes
        web.terminate()
        # It would first sit out its look at the queue.
        worker.kill()
        for process in processes:
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def server(running_server, territory) -> str:
    """The address of the server, over a territory that the tests of other files have not changed."""
    territory()
    return running_server


def _wait_for(url: str, log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The server does not answer:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium_path: Path) -> dict[str, object]:
    """The distribution's Chromium, quiet."""
    flags = [
        "disable-gpu",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "no-first-run",
        # No page is open long enough for optimising its scripts to be worth the time, but for their first compiler.
        "js-flags=--no-opt --no-maglev --always-sparkplug",
    ]
    arguments = [f"--{flag}" for flag in flags]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {"executable_path": str(chromium_path), "args": arguments}


class Visitor:
    """Somebody at a browser of their own; notes whatever a page does that it should not."""

    def __init__(self, context: BrowserContext, server: str) -> None:
        self.server = server
        self.context = context
        self.wrongs = Wrongs()
        self._found: dict[First, str] = {}
        self.page: Page = context.new_page()
        context.set_default_timeout(_PATIENCE_MS)
        context.on("request", self._on_request)
        # A violation of the content-security policy is an error on the console too.
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.wrongs.note(f"exception: {error.error}"))

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.wrongs.note(f"third party: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.wrongs.note(f"console on {self.page.url}: {message.text}")

    def sign_in(self, email: str, password: str) -> Page:
        """Log in through the login page and return the first page after it."""
        self.page.goto(f"{self.server}/connexion/")
        return self.enter(email, password)

    def log_in(self, email: str, password: str) -> None:
        """Log in without a page: most tests are about what comes after."""
        address = f"{self.server}/connexion/"
        field = self.context.request.get(address).text().partition('name="csrfmiddlewaretoken" value="')[2]
        typed = {"csrfmiddlewaretoken": field.partition('"')[0], "login": email, "password": password}
        answer = self.context.request.post(address, form=typed, headers={"Referer": address})
        assert "connexion" not in answer.url, f"{email} is not let in"

    def enter(self, email: str, password: str = DEMO_PASSWORD) -> Page:
        """Log in where the login page has opened."""
        self.page.get_by_label("Adresse e-mail").fill(email)
        self.page.get_by_label("Mot de passe").fill(password)
        self.page.get_by_role("button", name="Se connecter").click()
        self.page.wait_for_url(lambda url: "connexion" not in url)
        return self.page

    def go(self, path: str) -> Page:
        """Open a path of the server."""
        answer = self.page.goto(f"{self.server}{path}")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        return self.page

    def find(self, where: Where) -> str:
        """Return the path of a page, followed to where it leads.

        The pages on the way are read without being shown: drawing them is most of their time.
        """
        if isinstance(where, str):
            return where
        if where not in self._found:
            answer = self.context.request.get(self.server + self.find(where.path))
            found = self.page.evaluate(_HREF, [answer.text(), where.selector])
            assert found, where
            self._found[where] = found
        return self._found[where]

    def check(self) -> None:
        """Fail on what axe finds in a state of the page that the matrix of pages does not reach."""
        assert axe.problems_as_it_stands(self.page) == [], self.page.url


@pytest.fixture(scope="module")
def sessions() -> dict[str, StorageState]:
    """The cookies of each role that logged in to this file's territory."""
    return {}


@pytest.fixture
def visitor(browser: Browser, server: str, sessions) -> Iterator[Callable[..., Visitor]]:
    """Return a function that opens a browser for one more person, optionally signed in.

    Visitors of a role share a session; with ``alone`` this one may be ended.
    """
    visitors: list[Visitor] = []

    def open_for(role: str = "", *, alone: bool = False, **options: object) -> Visitor:
        # Where one is still being fetched when a test goes on, the browser calls that an error.
        options.setdefault("service_workers", "block")
        if role in sessions and not alone:
            options["storage_state"] = sessions[role]
        context = browser.new_context(locale="fr-FR", timezone_id="Europe/Paris", **options)
        one = Visitor(context, server)
        visitors.append(one)
        if role and "storage_state" not in options:
            account = next(account for account in DEMO_ACCOUNTS if account.role == role)
            one.log_in(account.email, account.password)
            if not alone:
                sessions[role] = context.storage_state()
        return one

    yield open_for
    for one in visitors:
        one.context.close()
    assert [wrong for one in visitors for wrong in one.wrongs.unexpected()] == []


@pytest.fixture
def bridge(browser: Browser) -> Iterator[Bridge]:
    """A browser over this process's own database, where a test plants what no demonstration shows."""
    options = {"locale": "fr-FR", "timezone_id": "Europe/Paris", "reduced_motion": "reduce"}
    # A service worker asks past what answers here.
    context = browser.new_context(**options, service_workers="block")
    bridge = Bridge(context.new_page())
    yield bridge
    context.close()
    assert bridge.wrongs.unexpected() == []
