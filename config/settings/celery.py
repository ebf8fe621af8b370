"""Configure jobs: Redis when CELERY_BROKER_URL is set, files under var/ otherwise."""

import os
from pathlib import Path

from celery.schedules import crontab
from kombu import Queue

_var = Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent.parent.parent / "var")
_spool = Path(os.environ.get("CELERY_SPOOL") or _var / "broker")

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    for _name in ("messages", "control"):
        (_spool / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _spool / "messages",
        "data_folder_out": _spool / "messages",
        "control_folder": _spool / "control",
        "store_processed": False,
    }
else:
    # A request waits for the broker once and this long; the outbox keeps the task.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 5, "max_retries": 0}
# JSON, never pickle: whoever writes to the broker must not run code here.
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Files have workers of their own in an installation, so that mail, notes and publications wait for none.
# A worker that is told no queue takes from both.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [Queue("celery"), Queue("files")]
CELERY_TASK_ROUTES = {
    "core.signs.tasks.files_worker": {"queue": "files"},
    "sites.imports.tasks.run_import": {"queue": "files"},
    "sites.imports.undo.tasks.undo_import": {"queue": "files"},
}
CELERY_TIMEZONE = "Europe/Paris"
CELERY_BEAT_SCHEDULE = {
    # The windows of the method slide by a day each night.
    "evaluate": {"task": "classification.engine.tasks.evaluate_all", "schedule": crontab(hour=1, minute=30)},
    # Which places are to be watched, by the levels of the night (classification/foresight/).
    "watch": {"task": "classification.foresight.tasks.watch_all", "schedule": crontab(hour=3, minute=45)},
    # The levels at the ends of the last months, where they are not known or changed (classification/history/).
    "remember": {
        "task": "classification.history.tasks.remember_all",
        "schedule": crontab(hour=4, minute=15),
    },
    # How the residences rank for the next quarter, where that beat last year's counts.
    "rank": {"task": "classification.foresight.tasks.rank_all", "schedule": crontab(hour=4, minute=35)},
    # What is past its term goes, by one list of rules (accounts/retention/).
    "retention": {"task": "accounts.retention.tasks.apply", "schedule": crontab(hour=2, minute=40)},
    "clear-sessions": {
        "task": "accounts.sessions.tasks.clear_expired",
        "schedule": crontab(hour=2, minute=45),
    },
    # Who may confirm an observation is told 14 days before it lapses (incidents/ongoing/lapsing.py).
    "lapsing": {"task": "incidents.ongoing.tasks.tell_of_lapsing", "schedule": crontab(hour=6, minute=30)},
    # Leads are told of decisions that lapsed in the night or the day before (classification/decisions/telling.py).
    "lapsed": {
        "task": "classification.decisions.tasks.tell_of_lapsed",
        "schedule": crontab(hour=6, minute=35),
    },
    # All journals are verified, and the heads of their chains written down (accounts/journal/checkpoints.py).
    "checkpoint": {"task": "accounts.journal.tasks.checkpoint", "schedule": crontab(hour=3, minute=30)},
    # A role proposed is no more after thirty days without an answer.
    "lapse": {"task": "accounts.proposals.tasks.write_lapsed", "schedule": crontab(hour=2, minute=55)},
    # A sweep that no worker has taken before the next is due is superfluous.
    "sweep": {"task": "core.outbox.tasks.sweep", "schedule": 60, "options": {"expires": 55}},
    # The page of the installation shows when these last ran.
    "sign": {"task": "core.signs.tasks.beat", "schedule": 60, "options": {"expires": 55}},
    "sign-files": {"task": "core.signs.tasks.files_worker", "schedule": 60, "options": {"expires": 55}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(_spool.parent / "celerybeat-schedule.json")
CELERY_BEAT_SCHEDULER = "config.telemetry.beat:WatchedScheduler"
# The file that beat touches at every turn, at least this often (in seconds).
BEAT_SIGN_OF_LIFE = str(_spool.parent / "beat-alive")
CELERY_BEAT_MAX_LOOP_INTERVAL = 30
