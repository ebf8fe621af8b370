"""Export metrics of the database and the queue for the whole installation, read at each scrape."""

import datetime as dt
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import Error, connection
from django.db.models import Count, Max, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from accounts.enums import AuditAction
from accounts.models import AuditEntry
from accounts.scope import system_scope
from classification.models import Closing, SiteLevel
from core.models import Message
from partners.models import PublicationRequest, SynthesisNote
from sites.models import ImportRun

_JOBS: dict[str, type[ImportRun | SynthesisNote | PublicationRequest | Closing]] = {
    "import": ImportRun,
    "note": SynthesisNote,
    "publication": PublicationRequest,
    "closing": Closing,
}


class StateCollector(Collector):
    """A collector of ages and counts over everybody; a figure that cannot be read is left out, which alerts notice."""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        try:
            yield from _database_figures()
        except Error:
            yield _gauge("palier_database_up", "Whether the database answers", 0)
        finally:
            # Django closes connections after requests only, and this is none.
            if not connection.in_atomic_block:
                connection.close()
        try:
            yield from _queue_figures()
        except redis.RedisError:
            yield _gauge("palier_queue_up", "Whether the queue answers", 0)

    def describe(self) -> list[Metric]:
        """Return nothing, so that registering the collector does not query the database."""
        return []


def _database_figures() -> list[Metric]:
    jobs = GaugeMetricFamily(
        "palier_jobs",
        "Imports, notes, publications and closings of campaigns by state",
        labels=["kind", "state"],
    )
    with system_scope("jobs"):
        for kind, model in _JOBS.items():
            for state, number in model.objects.order_by().values_list("state").annotate(Count("pk")):
                jobs.add_metric([kind, state], number)
    ages = [
        _gauge(f"palier_{name}_age_seconds", f"Time since the last {name}", age)
        for name, age in {"evaluation": _evaluation_age(), "backup": _backup_age()}.items()
        if age is not None
    ]
    with system_scope("outbox"):
        messages = Message.objects.order_by()
        waiting = _gauge(
            "palier_outbox_messages",
            "Tasks not handed to the broker yet",
            messages.filter(given_up_at=None).count(),
        )
        given_up = _gauge(
            "palier_outbox_given_up",
            "Tasks that cannot be handed to the broker and are no longer tried",
            messages.exclude(given_up_at=None).count(),
        )
    left = _gauge(
        "palier_evaluation_left", "Residences whose level looks back from a day before", _evaluation_left()
    )
    return [
        _gauge("palier_database_up", "Whether the database answers", 1),
        jobs,
        waiting,
        given_up,
        left,
        *ages,
    ]


def _evaluation_age() -> float | None:
    """Return the seconds since the start of the oldest as-of day of a stored level; None without levels."""
    with system_scope("evaluation"):
        day = SiteLevel.objects.aggregate(day=Min("as_of"))["day"]
    return _age(timezone.make_aware(dt.datetime.combine(day, dt.time.min))) if day else None


def _evaluation_left() -> int:
    """Return how many residences are not evaluated as of today yet."""
    with system_scope("evaluation"):
        return SiteLevel.objects.filter(address=None, as_of__lt=timezone.localdate()).count()


def _backup_age() -> float | None:
    with system_scope("backup"):
        backups = AuditEntry.objects.filter(action=AuditAction.EXPORT, object_type="backup")
        at = backups.aggregate(at=Max("at"))["at"]
    return _age(at) if at else None


def _age(then: dt.datetime) -> float:
    return (timezone.now() - then).total_seconds()


def _queue_figures() -> list[Metric]:
    if not settings.CELERY_BROKER_URL.startswith(("redis:", "rediss:")):
        return []
    with redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2
    ) as queue:
        waiting = {each.name: queue.llen(each.name) for each in settings.CELERY_TASK_QUEUES}
    length = GaugeMetricFamily(
        "palier_queue_length", "Tasks that wait for a worker, by queue", labels=["queue"]
    )
    for name, number in waiting.items():
        length.add_metric([name], number)
    up = _gauge("palier_queue_up", "Whether the queue answers", 1)
    return [up, length]


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)
