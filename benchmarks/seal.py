"""Pages with a scope that bears a seal, beside the same pages with one that is settings, in the same run."""

import os
import subprocess
import sys
from collections.abc import Iterator

from config.database import ROOT

from .database import prepare
from .results import Figure, peak_memory

# A tenth more than without a seal.
MOST = 1.1


def run() -> Iterator[Figure]:
    """Yield the time of each page of the demonstration, asked in turns of a database with the seal and of one without."""
    superuser_uri = prepare("bench_seal")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.browser"
    subprocess.run([sys.executable, "manage.py", "seed_demo"], cwd=ROOT, check=True)
    import django

    django.setup()
    from .seal_requests import measures

    for name, (sealed, plain) in measures(superuser_uri).items():
        yield Figure(
            f"Seal: {name}", sealed, "the same without a seal", plain, limit=MOST, memory=peak_memory()
        )
