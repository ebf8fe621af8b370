"""The processes of docker-compose.yml, for real: stand-alone PostgreSQL, Redis, production settings.

Debian's packages stand in for the images of the servers, and a folder for our own: what runs has
the files and packages of the Dockerfile alone. `.ci/run` installs the former.
"""

import http.client
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from config.database import ROOT
from tests import compose, image

PASSWORD = "only-for-this-test"
HOST = "palier.test"
TASK = "from config import celery_app as app; app.send_task('classification.engine.tasks.evaluate_all')"

pytestmark = pytest.mark.xdist_group("deployment")


def _needed(program: str, *places: str) -> str:
    found = shutil.which(program, path=os.pathsep.join([*places, os.environ["PATH"]]))
    if found is None:
        reason = f"{program} is not installed: `apt-get install postgresql redis-server` runs this test."
        if os.environ.get("CI"):
            pytest.fail(f"In CI the deployment must be tried. {reason}")
        pytest.skip(reason)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _until(check: Callable[[], bool], what: str, seconds: float = 40) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if check():
                return
        except (OSError, psycopg.Error, http.client.HTTPException):
            pass
        time.sleep(0.2)
    pytest.fail(f"{what} within {seconds} s: no.")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("deployment")
    # The server's own user must be able to walk to its data.
    for parent in (folder, *folder.parents):
        if parent.is_relative_to(tmp_path_factory.getbasetemp()) or parent.stat().st_mode & 0o005 != 0o005:
            parent.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def processes(folder) -> Iterator[Callable[..., subprocess.Popen]]:
    """Start processes that end with the module."""
    started: list[subprocess.Popen] = []

    def start(command: list[str], **options: object) -> subprocess.Popen:
        with (folder / "log").open("ab") as log:
            started.append(subprocess.Popen(command, stdout=log, stderr=log, **options))
        return started[-1]

    yield start
    _end(started)


def _end(started: list[subprocess.Popen]) -> None:
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


@pytest.fixture(scope="module")
def postgres_uri(folder, processes) -> str:
    """A stand-alone server with passwords, under a user of its own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    places = [str(path) for path in reversed(versions)]
    program, *options = compose.services()["db"]["command"]
    server, initdb = _needed(program, *places), _needed("initdb", *places)
    data, password_file, port = folder / "postgres", folder / "password", _free_port()
    password_file.write_text(PASSWORD)
    its_own = {}
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        data.mkdir()
        for path in (data, password_file):
            os.chown(path, owner.pw_uid, owner.pw_gid)
        its_own = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
    subprocess.run(
        [initdb, "-D", data, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"],
        check=True, capture_output=True, **its_own,
    )  # fmt: skip
    local = ["-D", str(data), "-p", str(port), "-h", "127.0.0.1", "-k", str(data), "-F"]
    processes([server, *options, *local], **its_own)
    uri = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres"
    _until(lambda: psycopg.connect(uri, connect_timeout=2).close() is None, "PostgreSQL answers")
    return uri


@pytest.fixture(scope="module")
def redis_url(folder, processes) -> str:
    port = _free_port()
    program, *options = compose.services()["redis"]["command"]
    local = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    processes([_needed(program), *options, *local])
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="module")
def environment(postgres_uri, redis_url, folder, app) -> Callable[[str], dict[str, str]]:
    """What each service of the compose file finds set, with our servers for its own."""
    place = postgres_uri.rpartition("@")[2].rpartition("/")[0]
    operator = {
        "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": HOST, "PALIER_DB_PASSWORD": PASSWORD,
        "POSTGRES_PASSWORD": PASSWORD,
    }  # fmt: skip

    def of(service: str) -> dict[str, str]:
        (folder / service).mkdir(exist_ok=True)
        theirs = {
            name: value.replace("@db/", f"@{place}/").replace("redis://redis:6379/0", redis_url)
            for name, value in compose.environment(service, operator).items()
        }
        # In the image the folder of each service is one in memory.
        return theirs | image.environment(app, folder / service)

    return of


@pytest.fixture(scope="module")
def manage(environment, app) -> Callable[..., str]:
    def run(*arguments: str, **extra: str) -> str:
        return _run(["python", "manage.py", *arguments], environment("web") | extra, app)

    return run


def _run(command: list[str], variables: dict[str, str], place: Path) -> str:
    finished = subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout


@pytest.fixture(scope="module")
def installed(manage, environment, postgres_uri, app) -> str:
    """The database, made as the compose file makes it, with the fictional territory in it."""
    _run(compose.services()["setup"]["command"], environment("setup"), app)
    manage("bootstrap_database", **environment("setup"))
    # The image knows no fiction: it is planted from here.
    planting = {"DJANGO_SETTINGS_MODULE": "config.settings.browser", "VAR_DIR": str(ROOT / "var")}
    _run([sys.executable, "manage.py", "seed_demo"], environment("web") | planting, ROOT)
    return postgres_uri.rpartition("/")[0] + "/palier"


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: _free_port() for name in ("web", "web figures", "worker figures")}


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
    _until(lambda: _get(ports["web"], "/readyz")[0] == 200, "The web server is ready")
    yield ports["web"]
    # Before the servers that they answer to.
    _end(started)


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
    _until(lambda: _levels(installed) == before, "The nightly evaluation gives the same levels")


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
    _until(lambda: done in served("worker figures"), "The worker counts its task")
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


def test_restored_backup_gives_identical_levels(web, installed, manage, postgres_uri, folder):
    file = folder / "palier.dump"
    assert "MB" in manage("backup", str(file), BACKUP_DATABASE_URL=installed)
    manage("restore", str(file), "palier_restored", SUPERUSER_DATABASE_URL=postgres_uri)
    restored = installed.rpartition("/")[0] + "/palier_restored"
    assert _levels(restored) == _levels(installed) != []
