"""Make the Celery application; each feature with tasks has them in its ``tasks.py``."""

import os

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("palier")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks([
    "accounts.people", "sites.imports", "sites.geocoding", "classification.engine", "partners.notes",
])  # fmt: skip


@signals.setup_logging.connect
def _keep_logging(**_signal: object) -> None:
    """Leave the logs as Django's settings have them: being connected is enough."""


@signals.celeryd_init.connect
def _start_worker(**_signal: object) -> None:
    import django

    django.setup()
    from .start import refuse_unfit
    from .telemetry.metrics import start_afresh

    refuse_unfit()
    start_afresh()


@signals.worker_ready.connect
def _serve_figures(**_signal: object) -> None:
    from .telemetry.metrics import serve

    serve()


@signals.beat_init.connect
def _start_beat(**_signal: object) -> None:
    from .start import refuse_unfit

    refuse_unfit()
