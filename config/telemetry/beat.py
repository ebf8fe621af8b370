"""Schedule the nightly tasks, and show that the scheduler is alive, which logs nothing between two nights."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from celery.beat import Scheduler
from django.conf import settings


class WatchedScheduler(Scheduler):
    """A scheduler that touches a file at every turn, for health checks, and stores in JSON when each task was last sent.

    A task that became due while the scheduler was stopped is sent when it starts again.
    """

    def __init__(self, *args: Any, schedule_filename: str, **kwargs: Any) -> None:
        self._kept = Path(schedule_filename)
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Load the schedule of the settings, and the times at which its tasks were last sent."""
        super().setup_schedule()
        for name, moment in self._last_runs().items():
            if name in self.schedule:
                self.schedule[name].last_run_at = moment
        self.sync()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Take a turn; return the seconds until the next."""
        Path(settings.BEAT_SIGN_OF_LIFE).touch()
        return super().tick(*args, **kwargs)

    def sync(self) -> None:
        """Store when each task was last sent, replacing the file atomically."""
        last = {
            name: entry.last_run_at.isoformat() for name, entry in self.schedule.items() if entry.last_run_at
        }
        written = self._kept.with_name(f"{self._kept.name}.new")
        written.write_text(json.dumps(last), encoding="utf-8")
        written.replace(self._kept)

    def _last_runs(self) -> dict[str, dt.datetime]:
        try:
            kept = json.loads(self._kept.read_text(encoding="utf-8"))
            return {name: dt.datetime.fromisoformat(moment) for name, moment in kept.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            # The first start, or a file that is unreadable.
            return {}
