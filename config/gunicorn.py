"""Configure the web server: `gunicorn --config python:config.gunicorn config.wsgi`."""

import os
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from .settings.logging import LOGGING

bind = "0.0.0.0:8000"
workers = 3
threads = 4
# With the application preloaded, unfit settings stop the server, rather than one worker after the other.
preload_app = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat on a disk would wait for the disk
control_socket_disable = True
logconfig_dict = LOGGING


class EventLogger(Logger):
    """A logger of the server's messages by the place that logs them, without an access log.

    The access log would hold addresses and paths; the middleware logs requests by the name of their route.
    """

    def setup(self, cfg: Config) -> None:
        """Replace the wrapper methods by the logger's own, so that a message has the place that logs it."""
        super().setup(cfg)
        for level in ("critical", "error", "warning", "info", "debug", "exception"):
            setattr(self, level, getattr(self.error_log, level))

    def access(self, *_args: Any, **_kwargs: Any) -> None:
        """Write nothing."""


logger_class = EventLogger


def on_starting(_server: object) -> None:
    """Empty the folder of metrics of earlier runs, before anything is counted."""
    from .telemetry.metrics import start_afresh

    start_afresh()


def when_ready(_server: object) -> None:
    """Serve the metrics, where the operator says."""
    from .telemetry.metrics import serve
    from .telemetry.state import StateCollector

    # Only this service exports the metrics of the installation as a whole.
    serve(StateCollector())
