"""Count requests, tasks and errors under names of routes and tasks: never under an address, a place or a person."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import Error
from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

REQUESTS = Histogram(
    "palier_request_duration_seconds",
    "Time to answer, by route",
    ["route", "method", "status"],
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TASKS = Histogram(
    "palier_task_duration_seconds",
    "Time in the worker, by task and how it ended",
    ["task", "state"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
)
DATABASE_ERRORS = Counter("palier_database_errors_total", "Errors of the database that ended work", ["type"])


def count_error(error: BaseException | None) -> None:
    """Count ``error`` if it, or one of its causes, is a database error."""
    while error is not None and not isinstance(error, Error):
        error = error.__cause__ or error.__context__
    if error is not None:
        DATABASE_ERRORS.labels(type(error).__name__).inc()


def start_afresh() -> None:
    """Empty the folder in which the processes of this service count; call it before they start."""
    if settings.METRICS_FOLDER:
        shutil.rmtree(settings.METRICS_FOLDER, ignore_errors=True)
        Path(settings.METRICS_FOLDER).mkdir(parents=True)


def serve(*collectors: Collector) -> None:
    """Serve the metrics of all processes of this service, and of ``collectors``, on a port of its own.

    Nothing is served unless METRICS_BIND says where.
    """
    if not settings.METRICS_BIND:
        return
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=settings.METRICS_FOLDER)
    for collector in collectors:
        registry.register(collector)
    host, _colon, port = settings.METRICS_BIND.rpartition(":")
    start_http_server(int(port), addr=host.strip("[]"), registry=registry)
