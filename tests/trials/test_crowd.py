"""Many people at once on one machine, each with a session: PostgreSQL, Redis, web, worker and TLS proxy for real.

Small here: nobody is measured, nobody is refused. ``python -m benchmarks crowd`` runs the same at its full size.
"""

import http.client
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import psutil
import psycopg
import pytest

from config.database import ROOT
from portal.overload import HEADER, READ_WAITS_S
from tests import compose
from tests.trials.conftest import end, free_port, needed, run, until

# Addresses, agents, partners; seconds of load, and of the pause between two acts.
_SMALL = {"addresses": 300, "agents": 12, "partners": 6, "seconds": 20, "pause": "1 3"}
_ACTS = {
    "form", "entry", "list", "residences", "residence", "map", "map data",
    "publication", "publication points", "site", "copy",
}  # fmt: skip

pytestmark = pytest.mark.xdist_group("crowd")


class Site(NamedTuple):
    """The address of the proxy, and the web server behind it."""

    address: str
    web: subprocess.Popen


@pytest.fixture(scope="module")
def size() -> dict:
    return _SMALL | json.loads(os.environ.get("CROWD", "{}"))


@pytest.fixture(scope="module")
def people(manage, environment, postgres_uri, app, folder, size) -> Path:
    """The file of the people, planted in a database made as the compose file makes it."""
    run(compose.services()["setup"]["command"], environment("setup"), app)
    manage("bootstrap_database", **environment("setup"))
    planting = {"DJANGO_SETTINGS_MODULE": "tests.trials.planting", "VAR_DIR": str(ROOT / "var")}
    numbers = [str(size[name]) for name in ("addresses", "agents", "partners")]
    printed = run(
        [sys.executable, "-m", "benchmarks.crowd.people", *numbers], environment("web") | planting, ROOT
    )
    with psycopg.connect(postgres_uri.rpartition("/")[0] + "/palier", autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    file = folder / "people.json"
    file.write_text(printed, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def site(people, environment, processes, app, folder) -> Iterator[Site]:
    """The proxy, before web and worker by their own commands."""
    web, secure, plain = free_port(), free_port(), free_port()
    started = []
    for service, options in {"web": ["--bind", f"127.0.0.1:{web}"], "worker": []}.items():
        variables = environment(service, ALLOWED_HOSTS="localhost")
        command = [*compose.services()[service]["command"], *options]
        started.append(processes(command, env=variables, cwd=app))
    file = folder / "Caddyfile"
    ours = (ROOT / "deploy" / "Caddyfile").read_text(encoding="utf-8").replace("web:8000", f"127.0.0.1:{web}")
    local = (
        f"{{\n\tskip_install_trust\n\tadmin off\n\tlocal_certs\n\thttp_port {plain}\n\thttps_port {secure}\n"
    )
    file.write_text(
        ours.replace("\thttp_port 8080\n\thttps_port 8443\n", "").replace("{\n", local, 1), encoding="utf-8"
    )
    address = f"https://localhost:{secure}"
    place = {"SITE": address, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "PATH": os.environ["PATH"]}
    command = [needed("caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]
    started.append(processes(command, env=place))
    until(lambda: _answers(address), "The site answers over TLS", 120)
    yield Site(address, started[0])
    end(started)


def _answers(address: str) -> bool:
    return _asked(address).status == HTTPStatus.OK


def _asked(address: str, **headers: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(f"{address}/connexion/", headers=headers)
    # Its certificate is of an authority that is made here.
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=ssl._create_unverified_context()), _Answering()
    )
    return opener.open(request, timeout=40)


class _Answering(urllib.request.HTTPErrorProcessor):
    """Return answers of errors like others."""

    def https_response(self, request, response):
        return response


def _driven(site: str, people: Path, size: dict) -> list[dict]:
    """Have everybody act; return what Locust counted for each act."""
    number = size["agents"] + size["partners"]
    command = [
        sys.executable, "-m", "locust", "--headless", "--json", "--locustfile",
        str(ROOT / "benchmarks" / "crowd" / "acts.py"), "--host", site, "--users", str(number),
        "--spawn-rate", str(max(1, number // 15)), "--run-time", f"{size['seconds']}s", "--stop-timeout", "20",
    ]  # fmt: skip
    variables = os.environ | {"CROWD_PEOPLE": str(people), "CROWD_PAUSE": size["pause"]}
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.stdout.startswith("["), done.stderr[-3000:]
    return json.loads(done.stdout)


def _facts(postgres_uri: str) -> int:
    with psycopg.connect(postgres_uri.rpartition("/")[0] + "/palier") as connection:
        return connection.execute("SELECT count(*) FROM incidents_incident").fetchone()[0]


def test_everybody_is_answered_and_nothing_is_lost(site, people, size, postgres_uri, folder):
    before = _facts(postgres_uri)
    counted = _driven(site.address, people, size)
    if figures := os.environ.get("CROWD_FIGURES"):
        Path(figures).write_text(json.dumps(counted), encoding="utf-8")
    failed = {act["name"]: act["num_failures"] for act in counted if act["num_failures"]}
    assert failed == {}, (folder / "log").read_text()[-3000:]
    assert {act["name"] for act in counted} == _ACTS
    entered = sum(act["num_requests"] for act in counted if act["name"] == "entry")
    assert _facts(postgres_uri) - before == entered > 0


def test_who_waited_too_long_is_told_when_to_come_back(site):
    """Its workers are stopped as a crowd would hold them; a visitor does not write when a request came."""
    workers = psutil.Process(site.web.pid).children()
    with ThreadPoolExecutor() as pool:
        for worker in workers:
            worker.suspend()
        waiting = pool.submit(_asked, site.address)
        time.sleep(READ_WAITS_S + 1)
        for worker in workers:
            worker.resume()
        refused = waiting.result()
    assert (refused.status, refused.headers["Retry-After"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "30")
    assert _asked(site.address, **{HEADER: "t=0"}).status == HTTPStatus.OK
