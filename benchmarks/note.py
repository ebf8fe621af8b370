"""A note with 100 site sheets: Typst, against the same content through an HTML engine."""

import datetime as dt
import os
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .results import Figure

SHEETS = 100
OTHERS = 200
_HTML = Path(__file__).resolve().parent / "note.html"


def run() -> Iterator[Figure]:
    """Yield the time of one note, against a second and against WeasyPrint."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    from .note_content import fictional_content

    content = fictional_content(SHEETS, OTHERS)
    ours = min(_seconds(_with_typst, content, seed=n) for n in range(3))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    name = f"note of {SHEETS} sheets, {len(_with_typst(content, 9)) // 1024} kB"
    yield Figure(name, ours, "one second", 1.0, 1.0, memory)
    theirs = _seconds(_with_weasyprint, content, seed=0)
    yield Figure(name, ours, "WeasyPrint, same content, PDF/UA", theirs, 0.2, memory)


def _seconds(make: Callable[[dict[str, Any], int], bytes], content: dict[str, Any], seed: int) -> float:
    start = time.perf_counter()
    make(content, seed)
    return time.perf_counter() - start


def _with_typst(content: dict[str, Any], seed: int) -> bytes:
    from partners.notes.rendering import Recipient, render

    at = dt.datetime(2026, 10, 1, 9, seed, tzinfo=dt.UTC)
    reader = Recipient("Hélène Dumontier-Lacroix", "Commissariat de Valmont", f"Exemplaire n° {seed}")
    return render(content, reader, content_digest="0" * 64, at=at, issued_at=at).pdf


def _with_weasyprint(content: dict[str, Any], seed: int) -> bytes:
    from django.template import Context, Engine
    from weasyprint import HTML

    template = Engine().from_string(_HTML.read_text(encoding="utf-8"))
    sites = content["sites"]
    values = {
        "content": content,
        "sheets": [site for site in sites if site["level"] >= 3],
        "listed": [site for site in sites if site["level"] >= 2],
    }
    return HTML(string=template.render(Context(values))).write_pdf(pdf_variant="pdf/ua-1")
