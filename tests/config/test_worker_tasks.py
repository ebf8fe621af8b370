"""A worker knows every task, whatever else it imports: one that it does not know is thrown away without a run."""

import json
import subprocess
import sys

from config.database import ROOT
from config.settings import celery

_KNOWN = """
import json
from config import celery_app
celery_app.loader.import_default_modules()
print(json.dumps({name: task.__module__ for name, task in celery_app.tasks.items()}))
"""


def _known() -> dict[str, str]:
    """Return the module of each task by its name, in a process that imported nothing but the application of Celery."""
    return json.loads(subprocess.check_output([sys.executable, "-c", _KNOWN], cwd=ROOT, text=True))


def test_a_worker_knows_what_is_scheduled_and_every_module_of_tasks():
    known = _known()
    assert {entry["task"] for entry in celery.CELERY_BEAT_SCHEDULE.values()} - set(known) == set()
    files = [
        file.relative_to(ROOT).with_suffix("")
        for top in ("accounts", "classification", "core", "incidents", "partners", "sites")
        for file in (ROOT / top).rglob("tasks.py")
    ]
    assert {".".join(file.parts) for file in files} - set(known.values()) == set()
    assert files
