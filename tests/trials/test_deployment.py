"""The processes of docker-compose.yml, for real: stand-alone PostgreSQL, Redis, production settings."""

import http.client
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from config.database import BACKUP_ROLE, ROOT
from config.management.commands.bootstrap_database import PASSWORDS
from tests import compose
from tests.trials.conftest import HOST, end, free_port, run, until

TASK = "from config import celery_app as app; app.send_task('classification.engine.tasks.evaluate_all')"

pytestmark = pytest.mark.xdist_group("deployment")


@pytest.fixture(scope="module")
def installed(manage, environment, postgres_uri, app) -> str:
    """The database, made as the compose file makes it, with the fictional territory in it."""
    run(compose.services()["setup"]["command"], environment("setup"), app)
    manage("bootstrap_database", **environment("setup"))
    # The image knows no fiction: it is planted from here.
    planting = {"DJANGO_SETTINGS_MODULE": "tests.trials.planting", "VAR_DIR": str(ROOT / "var")}
    run([sys.executable, "manage.py", "seed_demo"], environment("web") | planting, ROOT)
    return postgres_uri.rpartition("/")[0] + "/palier"


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in ("web", "web figures", "worker figures")}


@pytest.fixture(scope="module")
def web(installed, environment, processes, ports, app) -> Iterator[int]:
    """Web, worker and beat by their own commands; gives the port of the web server."""
    started = []
    local = {"web": ["--bind", f"127.0.0.1:{ports['web']}"], "worker": [], "beat": []}
    for service, options in local.items():
        variables = environment(service)
        if service != "beat":
            variables["METRICS_BIND"] = f"127.0.0.1:{ports[f'{service} figures']}"
        command = [*compose.services()[service]["command"], *options]
        started.append(processes(command, env=variables, cwd=app))
    until(lambda: _get(ports["web"], "/readyz")[0] == 200, "The web server is ready")
    yield ports["web"]
    # Before the servers that they answer to.
    end(started)


def _get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", path, headers={"Host": HOST, **headers})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()


def _levels(uri: str) -> list[tuple]:
    with psycopg.connect(uri) as connection:
        return connection.execute(
            "SELECT residence_id, address_id, level, facts_level, impact_level, as_of"
            " FROM classification_sitelevel ORDER BY 1, 2 NULLS FIRST"
        ).fetchall()


def test_web_serves_behind_its_proxy_and_only_over_tls(web):
    assert json.loads(_get(web, "/readyz")[2]) == {"status": "ok", "database": True, "migrations": True}
    status, headers, _body = _get(web, "/connexion/")
    assert (status, headers["Location"]) == (301, f"https://{HOST}/connexion/")
    status, headers, body = _get(web, "/connexion/", **{"X-Forwarded-Proto": "https"})
    assert status == 200
    assert b"Connexion" in body
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "unsafe" not in headers["Content-Security-Policy"]
    cookies = headers.get("Set-Cookie", "")
    assert "Secure" in cookies
    assert _get(web, "/connexion/", Host="elsewhere.test")[0] == 400
    stylesheet = re.search(rb'href="(/static/[^"]+\.css)"', body)[1].decode()
    assert _get(web, stylesheet, **{"X-Forwarded-Proto": "https"})[0] == 200


def test_worker_takes_its_jobs_from_redis(web, installed, environment, app):
    before = _levels(installed)
    assert before != []
    with psycopg.connect(installed, autocommit=True) as connection:
        connection.execute("DELETE FROM classification_sitelevel")
    subprocess.run(["python", "-c", TASK], cwd=app, env=environment("web"), check=True)
    until(lambda: _levels(installed) == before, "The nightly evaluation gives the same levels")


def test_figures_are_served_on_ports_of_their_own(web, ports, environment, app):
    def served(name: str) -> str:
        return _get(ports[name], "/metrics")[2].decode()

    _get(web, "/connexion/", **{"X-Forwarded-Proto": "https"})
    figures = served("web figures")
    assert 'palier_request_duration_seconds_count{method="GET",route="account_login"' in figures
    assert "palier_database_up 1.0" in figures
    assert "palier_queue_up 1.0" in figures
    subprocess.run(["python", "-c", TASK], cwd=app, env=environment("web"), check=True)
    done = (
        'palier_task_duration_seconds_count{state="success",task="classification.engine.tasks.evaluate_all"}'
    )
    until(lambda: done in served("worker figures"), "The worker counts its task")
    assert _get(web, "/metrics", **{"X-Forwarded-Proto": "https"})[0] == 404


def test_no_process_writes_what_a_visitor_sends(web, installed, folder):
    planted = ["zephyrine.plantee", "198.51.100.77", "rue-des-mots-plantes", "phrase-plantee"]
    name, address, path, phrase = planted
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": address, "Cookie": f"csrftoken={'a' * 32}"}
    headers = {"Host": HOST, "Referer": f"https://{HOST}/{path}/", "User-Agent": phrase, **proxied}
    form = f"login={name}@exemple.invalid&password={phrase}&csrfmiddlewaretoken={'a' * 32}"
    with closing(http.client.HTTPConnection("127.0.0.1", web, timeout=10)) as connection:
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        connection.request("POST", f"/connexion/?next=/{path}/", form, typed)
        assert connection.getresponse().status == 422
    assert _get(web, f"/{path}/?q={phrase}", **proxied)[0] == 404
    assert _get(web, "/", **proxied, Host=f"{name}.test")[0] == 400
    with socket.create_connection(("127.0.0.1", web), timeout=10) as raw:
        raw.sendall(f"{name} {path}\r\n\r\n".encode())
        assert b"400" in raw.recv(1000)
    with psycopg.connect(installed) as connection:
        connection.execute("CREATE TEMP TABLE persons (name text PRIMARY KEY)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(f"INSERT INTO persons VALUES ('{name}'), ('{name}')")
    log = (folder / "log").read_text()
    assert '"route": "account_login", "method": "POST"' in log
    assert "duplicate key value" in log
    assert [word for word in planted if word in log] == []


def test_restored_backup_gives_identical_levels(web, installed, manage, environment, postgres_uri, folder):
    file = folder / "palier.dump"
    place, name = postgres_uri.rpartition("@")[2].split("/")[0], PASSWORDS[BACKUP_ROLE]
    address = f"postgresql://{BACKUP_ROLE}:{environment('setup')[name]}@{place}/palier"
    assert "MB" in manage("backup", str(file), BACKUP_DATABASE_URL=address)
    manage("restore", str(file), "palier_restored", SUPERUSER_DATABASE_URL=postgres_uri)
    restored = installed.rpartition("/")[0] + "/palier_restored"
    assert _levels(restored) == _levels(installed) != []
