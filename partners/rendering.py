"""A note as PDF, for one reader at one moment."""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import override

_TEMPLATE = Path(__file__).resolve().parent / "note" / "note.typ"


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose rendering it is.

    Attributes:
        holder: the person's name.
        organisation: where the person belongs.
        copy: "Exemplaire n° 3", or what stands for it.
    """

    holder: str
    organisation: str
    copy: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A PDF and the digest printed at its end, which leads back to reader and moment."""

    pdf: bytes
    digest: str


def render(
    content: dict[str, Any],
    reader: Reader,
    *,
    content_digest: str,
    at: dt.datetime,
    issued_at: dt.datetime | None,
) -> Rendering:
    """Render frozen ``content`` for ``reader`` at the moment ``at``, as tagged PDF/UA-1."""
    digest = digest_of_rendering(content_digest, reader, at)
    stamp = {
        "holder": reader.holder,
        "organisation": reader.organisation,
        "copy": reader.copy,
        "at": _moment(at),
        "issued": timezone.localdate(issued_at).isoformat() if issued_at else "",
        "status": "issued" if issued_at else "draft",
        "content_digest": content_digest,
        "digest": digest,
        "demo": settings.DEMO,
    }
    pdf = typst.compile(
        str(_TEMPLATE),
        root=str(_TEMPLATE.parent),
        sys_inputs={"data": json.dumps({"content": content, "stamp": stamp})},
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=int(at.timestamp()),
    )
    return Rendering(pdf=pdf, digest=digest)


def digest_of_rendering(content_digest: str, reader: Reader, at: dt.datetime) -> str:
    """Return the SHA-256 that ties a rendering to what it shows, to whom, and when."""
    parts = [content_digest, reader.copy, reader.holder, reader.organisation, at.isoformat()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _moment(at: dt.datetime) -> str:
    with override("fr"):
        return format_date(timezone.localtime(at), "j F Y à H:i").replace(":", " h ")
