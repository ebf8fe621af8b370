"""Answer health checks: is the process alive, and can it serve?

They are answered outside Django's middleware: a check comes from the machine itself, without TLS, under
any host name, and must not depend on the session or the scope.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

Environ = dict[str, Any]
StartResponse = Callable[..., object]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def with_health(application: Application) -> Application:
    """Return ``application`` with ``/healthz`` and ``/readyz`` answered in front of it.

    ``/healthz`` (liveness) uses nothing: a process that answers need not be restarted. ``/readyz``
    (readiness) is 200 when the database answers and its schema is that of this code, else 503
    with which of the two fails.
    """
    answers = {"/healthz": dict, "/readyz": _checks}

    def answering(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        check = answers.get(environ.get("PATH_INFO", ""))
        if check is None:
            return application(environ, start_response)
        return _answer(check(), start_response)

    return answering


def _answer(checks: dict[str, bool], start_response: StartResponse) -> list[bytes]:
    good = all(checks.values())
    body = json.dumps({"status": "ok" if good else "unavailable", **checks}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    start_response("200 OK" if good else "503 Service Unavailable", headers)
    return [body]


def _checks() -> dict[str, bool]:
    try:
        executor = MigrationExecutor(connection)
        current = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return {"database": False, "migrations": False}
    finally:
        connection.close()
    return {"database": True, "migrations": current}
