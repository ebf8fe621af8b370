"""The web server: `gunicorn --config python:config.gunicorn config.wsgi`."""

import os
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

from .settings.logging import LOGGING

bind = "0.0.0.0:8000"
workers = 3
threads = 4
# Settings that are unfit stop the server, not one worker after the other.
preload_app = True
worker_tmp_dir = "/dev/shm"  # noqa: S108 - a heartbeat on a disk would wait for the disk
control_socket_disable = True
logconfig_dict = LOGGING


class EventLogger(Logger):
    """The server's messages, told apart by where they are logged, and no access log.

    That one writes addresses and paths; the middleware logs requests by the name of their route.
    """

    def setup(self, cfg: Config) -> None:
        """Let every message come from the line that logs it, rather than from a wrapper."""
        super().setup(cfg)
        for level in ("critical", "error", "warning", "info", "debug", "exception"):
            setattr(self, level, getattr(self.error_log, level))

    def access(self, *_args: Any, **_kwargs: Any) -> None:
        """Write nothing."""


logger_class = EventLogger


def on_starting(_server: object) -> None:
    """Forget what an earlier run counted, before anything is counted."""
    from .telemetry.metrics import start_afresh

    start_afresh()


def when_ready(_server: object) -> None:
    """Serve the figures, where the operator says."""
    from .telemetry.metrics import serve
    from .telemetry.state import StateCollector

    # One service says what concerns the installation as a whole.
    serve(StateCollector())
