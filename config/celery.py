"""Make the Celery application; each feature with tasks defines them in its ``tasks.py``."""

import logging
import os
from typing import Any

from celery import Celery, Task, signals

from core.limits import long_work

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")


class _Work(Task[..., Any]):
    """A task whose transactions have the limits of long work, since nobody waits for it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the task."""
        with long_work():
            return super().__call__(*args, **kwargs)


app = Celery("palier", task_cls=_Work)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks([
    "accounts.journal", "accounts.mail", "accounts.proposals", "accounts.retention", "accounts.sessions", "classification.campaigns",
    "classification.decisions", "classification.engine", "classification.foresight", "classification.grids", "classification.history",
    "core.outbox", "core.signs", "incidents.ongoing", "partners.charters", "partners.notes", "partners.plenary", "partners.publications",
    "partners.withdrawals", "sites.geocoding", "sites.imports", "sites.imports.undo", "sites.sharing",
])  # fmt: skip


@signals.setup_logging.connect
def _keep_logging(**_signal: object) -> None:
    """Keep Django's logging settings: Celery configures none while this signal has a handler."""


@signals.celeryd_init.connect
def _start_worker(**_signal: object) -> None:
    import django

    django.setup()
    from .start import refuse_pooler, refuse_unfit
    from .telemetry.metrics import start_afresh

    refuse_pooler()
    refuse_unfit()
    start_afresh()


@signals.worker_ready.connect
def _serve_figures(**_signal: object) -> None:
    from .telemetry.metrics import serve

    serve()


@signals.worker_ready.connect
def _send_what_waited(**_signal: object) -> None:
    """Sweep the outbox at start, without waiting for beat."""
    from django.db import DatabaseError, connection

    from core.outbox.services import sweep

    try:
        sweep()
    except DatabaseError:
        logging.getLogger("palier.outbox").warning("the outbox was not swept", exc_info=True)
    finally:
        # The pool forks from this process: no child may inherit its connection.
        connection.close()


@signals.beat_init.connect
def _start_beat(**_signal: object) -> None:
    from .start import refuse_unfit

    refuse_unfit()
