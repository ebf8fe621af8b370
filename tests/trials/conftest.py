"""A machine for each trial: stand-alone PostgreSQL and Redis, and the processes of docker-compose.yml.

Debian's packages stand in for the images of the servers, and a folder for our own: what runs has
the files and packages of the Dockerfile alone. `.ci/run` installs the former.
"""

import http.client
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from config.management.commands.bootstrap_database import PASSWORDS
from tests import compose, image

PASSWORD = "only-for-this-test"
HOST = "palier.test"


def needed(program: str, *places: str) -> str:
    found = shutil.which(program, path=os.pathsep.join([*places, os.environ["PATH"]]))
    if found is None:
        reason = f"{program} is not installed: `apt-get install postgresql redis-server` runs this test."
        if os.environ.get("CI"):
            pytest.fail(f"In CI the deployment must be tried. {reason}")
        pytest.skip(reason)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(check: Callable[[], bool], what: str, seconds: float = 40) -> None:
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
    end(started)


def end(started: list[subprocess.Popen]) -> None:
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
    server, initdb = needed(program, *places), needed("initdb", *places)
    data, password_file, port = folder / "postgres", folder / "password", free_port()
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
    until(lambda: psycopg.connect(uri, connect_timeout=2).close() is None, "PostgreSQL answers")
    return uri


@pytest.fixture(scope="module")
def redis_url(folder, processes) -> str:
    port = free_port()
    program, *options = compose.services()["redis"]["command"]
    local = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    processes([needed(program), *options, *local])
    return f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="module")
def environment(postgres_uri, redis_url, folder, app) -> Callable[..., dict[str, str]]:
    """What each service of the compose file finds set, with our servers for its own and ``settings`` in its .env."""
    place = postgres_uri.rpartition("@")[2].rpartition("/")[0]
    operator = {
        "SECRET_KEY": secrets.token_urlsafe(64), "ALLOWED_HOSTS": HOST, "POSTGRES_PASSWORD": PASSWORD,
        **{name: f"{PASSWORD}of{role.replace('_', '')}" for role, name in PASSWORDS.items()},
    }  # fmt: skip

    def of(service: str, **settings: str) -> dict[str, str]:
        (folder / service).mkdir(exist_ok=True)
        theirs = {
            name: value.replace("@db/", f"@{place}/").replace("redis://redis:6379/0", redis_url)
            for name, value in compose.environment(service, operator | settings).items()
        }
        # In the image the folder of each service is one in memory.
        return theirs | image.environment(app, folder / service)

    return of


@pytest.fixture(scope="module")
def manage(environment, app) -> Callable[..., str]:
    def managed(*arguments: str, **extra: str) -> str:
        return run(["python", "manage.py", *arguments], environment("web") | extra, app)

    return managed


def run(command: list[str], variables: dict[str, str], place: Path) -> str:
    finished = subprocess.run(command, cwd=place, env=variables, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the seconds that a trial measured."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {name} {value}")
