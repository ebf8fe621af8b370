"""Whole processes: which refuse to start, how long one waits for a broker in trouble, and what the demonstration logs."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest

from config.database import OWNER_ROLE, ROOT, embedded_url
from tests.config.test_start import FIT
from tests.conftest import database_environment
from tests.waiting import PATIENCE_S


def _started(*command: str, folder: object, **changed: str) -> subprocess.CompletedProcess[str]:
    variables = {
        "PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "VAR_DIR": str(folder), **FIT, **changed,
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        # A bound for a process that hangs; a busy machine takes long to start one.
        timeout=300,
    )


def test_the_deployment_check_is_clean(tmp_path):
    done = _started("manage.py", "check", "--deploy", "--fail-level", "WARNING", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n"), (
        done.stderr
    )


@pytest.mark.parametrize("command", [
    ("-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", "127.0.0.1:0", "config.wsgi"),
    ("-m", "celery", "--app", "config", "worker"),
    ("-m", "celery", "--app", "config", "beat"),
    ("manage.py", "migrate", "--database", "owner"),
], ids=["web", "worker", "beat", "migrate"])  # fmt: skip
def test_every_process_refuses_to_start(tmp_path, command, superuser_uri, template_database):
    url = embedded_url(superuser_uri, template_database, OWNER_ROLE)
    done = _started(*command, folder=tmp_path, ALLOWED_HOSTS="*", DATABASE_OWNER_URL=url)
    assert done.returncode != 0
    assert "ALLOWED_HOSTS must hold plain host names" in done.stderr


def test_a_worker_refuses_a_pooler(tmp_path):
    done = _started("-m", "celery", "--app", "config", "worker", folder=tmp_path, DATABASE_POOLER="1")
    assert done.returncode != 0
    assert "DATABASE_POOLER must not be set for a worker" in done.stderr


def test_an_unfit_role_stops_the_web_server(tmp_path, superuser_uri, clone_database):
    url = embedded_url(superuser_uri, clone_database("palier_unfit"), "postgres")
    command = ("-m", "gunicorn", "--config", "python:config.gunicorn", "--bind", "127.0.0.1:0", "config.wsgi")
    done = _started(*command, folder=tmp_path, DATABASE_URL=url)
    assert done.returncode != 0
    assert "connects as postgres, which is a superuser" in done.stderr


def test_the_demonstration_writes_what_goes_wrong_and_nothing_else():
    """A server error reaches the file the console names; a request that went well does not."""
    program = """
from django.urls import reverse
import django, logging
django.setup()
logging.getLogger("palier.request").info("request", extra={"route": "home"})
try:
    {}["secret"]
except KeyError:
    logging.getLogger("django.request").exception("Internal Server Error")
"""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.demo"}
    ended = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=True, capture_output=True, text=True
    )
    [line] = [json.loads(line) for line in ended.stderr.splitlines()]
    assert line["logger"] == "django.request"
    assert line["exception"][0]["type"] == "builtins.KeyError"


_ASK = """
import time
import django
django.setup()
from django.conf import settings
timeouts = settings.CELERY_BROKER_TRANSPORT_OPTIONS
print(timeouts["socket_connect_timeout"] + timeouts["socket_timeout"])
timeouts["socket_timeout"] = 1
from accounts.mail.tasks import deliver
from accounts.scope import system_scope
from core.models import Message
from core.outbox import services as outbox
began = time.monotonic()
with system_scope("seeding"):
    outbox.send(deliver, 7, "https://palier.example")
print(time.monotonic() - began)
with system_scope("outbox"):
    print(*Message.objects.values_list("attempts", "last_error").get())
"""


@pytest.mark.parametrize("hangs", [True, False])
def test_a_request_waits_a_few_seconds_at_most_for_a_broker_in_trouble(
    committed_database, superuser_uri, hangs
):
    """Redis that takes a connection and never answers, and Redis that is not there.

    It is tried once, for as long as the settings say; here the wait for an answer is cut to a second.
    """
    with closing(socket.socket()) as broker:
        broker.bind(("127.0.0.1", 0))
        if hangs:
            broker.listen()
        environment = os.environ | database_environment(superuser_uri, committed_database)
        environment |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{broker.getsockname()[1]}/0",
        }
        done = subprocess.run(
            [sys.executable, "-c", _ASK],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=True,
        )  # fmt: skip
        tried = _connections_to(broker) if hangs else 1
    longest, seconds, left = done.stdout.split("\n", 2)
    assert tried == 1
    assert float(longest) < 8
    # Not a measure: a machine with other work takes long for anything.
    assert float(seconds) < 30
    assert left.split() == ["1", "OperationalError"]


def _connections_to(listening: socket.socket) -> int:
    """Count the connections that wait to be accepted."""
    listening.setblocking(False)
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listening.accept()[0].close()
            count += 1
    return count
