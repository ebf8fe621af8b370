"""What the people of the crowd do, for Locust: ``locust --locustfile benchmarks/crowd/acts.py --headless --json``.

``CROWD_PEOPLE`` names the file that :mod:`benchmarks.crowd.people` printed. Each person acts every 20 to 40 seconds: an agent
enters a fact three times of nine, and reads lists, residences and the map; a member of a circle reads the publication, its
points and its sites, and downloads their copy of the note once in eight acts.
"""

import json
import os
import random
import re
import uuid
from collections import deque
from pathlib import Path

from locust import FastHttpUser, between, task
from locust.contrib.fasthttp import ResponseContextManager

_PLAN = json.loads(Path(os.environ["CROWD_PEOPLE"]).read_text(encoding="utf-8"))
_WAITING = {
    kind: deque(person for person in _PLAN["people"] if person["kind"] == kind)
    for kind in ("agent", "partner")
}
_PAUSE = between(*map(float, os.environ.get("CROWD_PAUSE", "20 40").split()))
# Any value does: the cookie and the form bear the same one.
_CSRF = "a" * 32
_TYPES = re.compile(r'name="fact_type"[^>]*value="(\d+)"|<option value="(\d+)"')
_LINK = re.compile(r'href="(/residences/[A-Za-z0-9_=-]{32}/)"')


def _said(answer: ResponseContextManager) -> str:
    """Return the status of an answer that was not expected, and where it leads."""
    return f"{answer.status_code} {answer.headers.get('Location', '') if answer.headers else ''}"


class Person(FastHttpUser):
    """Somebody with a session of their own."""

    abstract = True
    wait_time = _PAUSE
    kind = ""

    def on_start(self) -> None:
        """Take the next person of the kind, and begin with the next act, so that each act is done even in a short run."""
        waiting = _WAITING[self.kind]
        self.person = waiting.popleft()
        cookies = f"{_PLAN['cookie']}={self.person['key']}; csrftoken={_CSRF}"
        self.sent = {"Cookie": cookies, "Referer": self.host + "/"}
        # People do not arrive at once.
        self.wait()
        acts = list(dict.fromkeys(self.tasks))
        acts[len(waiting) % len(acts)](self)

    def read(self, name: str, path: str) -> str:
        """Open a page under the name of its act; anything but 200 is an error."""
        with self.client.get(
            path, name=name, headers=self.sent, allow_redirects=False, catch_response=True
        ) as answer:
            if answer.status_code != 200:
                answer.failure(_said(answer))
            return answer.text or ""


class Agent(Person):
    """A caretaker of some residences."""

    kind = "agent"
    fixed_count = len(_WAITING["agent"])

    @task(3)
    def enter(self) -> None:
        """Open the form, and record a fact."""
        page = self.read("form", "/faits/nouveau/")
        types = [one or other for one, other in _TYPES.findall(page)]
        if not types:
            return
        answers = {
            "csrfmiddlewaretoken": _CSRF, "token": str(uuid.uuid4()), "place": f"r{random.choice(self.person['places'])}",
            "fact_type": random.choice(types), "day": self.person["today"], "source": "staff", "narrative": "",
        }  # fmt: skip
        with self.client.post(
            "/faits/nouveau/", answers, name="entry", headers=self.sent, allow_redirects=False, catch_response=True
        ) as answer:  # fmt: skip
            if answer.status_code != 302:
                answer.failure(_said(answer))

    @task(2)
    def list_facts(self) -> None:
        """Read the list of facts."""
        self.read("list", "/faits/")

    @task(2)
    def open_residence(self) -> None:
        """Read the list of residences, and open one of the page."""
        found = _LINK.findall(self.read("residences", "/residences/"))
        if found:
            self.read("residence", random.choice(found))

    @task(2)
    def look_at_map(self) -> None:
        """Open the map, and its points."""
        self.read("map", "/carte/")
        self.read("map data", "/carte/donnees/?bbox=1.4,48.1,3.5,49.2&zoom=9")


class Partner(Person):
    """A member of the circle."""

    kind = "partner"
    fixed_count = len(_WAITING["partner"])

    @task(4)
    def read_publication(self) -> None:
        """Open the publication, and the points of its map."""
        path = f"/publications/{self.person['publication']}/"
        self.read("publication", path)
        self.read("publication points", path + "points/")

    @task(3)
    def read_site(self) -> None:
        """Open a site of the publication."""
        site = random.choice(self.person["sites"])
        self.read("site", f"/publications/{self.person['publication']}/sites/{site}/")

    @task(1)
    def download_copy(self) -> None:
        """Download one's copy of the note."""
        self.read("copy", f"/exemplaires/{self.person['copy']}/document.pdf")
