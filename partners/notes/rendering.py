"""Render a note as PDF, for one reader at one moment."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from core.dates import long_moment
from core.typesetting import typeset

from .map_background import background_picture

_TEMPLATE = Path(__file__).resolve().parent / "note.typ"


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person for whom a note is rendered.

    Attributes:
        holder: the person's name.
        organisation: the name of the person's organisation.
        copy: "Exemplaire n° 3", or the words for a copy without a number.
    """

    holder: str
    organisation: str
    copy: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """A PDF, and the digest printed at its end, which identifies the reader and the moment."""

    pdf: bytes
    digest: str


def render(
    content: dict[str, Any],
    reader: Recipient,
    *,
    content_digest: str,
    at: dt.datetime,
    issued_at: dt.datetime | None,
    withdrawn: tuple[dt.datetime, str] | None = None,
) -> Rendering:
    """Render frozen ``content`` for ``reader`` at the moment ``at``, as tagged PDF/UA-1.

    ``withdrawn`` is when a note was withdrawn and why, None for one that stands: each page then says so.
    """
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
        "withdrawn": timezone.localdate(withdrawn[0]).isoformat() if withdrawn else "",
        "withdrawn_reason": withdrawn[1] if withdrawn else "",
        "demo": settings.DEMO,
    }
    ground = background_picture(content["plan"])
    with override("fr"):
        source = str(settings.BASEMAP_ATTRIBUTION) if ground else ""
    data = {"content": content, "stamp": stamp, "ground": ground, "ground_source": source}
    pdf = typeset(_TEMPLATE, data, at)
    return Rendering(pdf=pdf, digest=digest)


def prove(content: dict[str, Any]) -> None:
    """Typeset ``content`` once before it is frozen, to prove that it can be rendered.

    Raises:
        TypesettingError: it cannot be typeset; the message is the typesetter's.
    """
    render(content, Recipient("-", "-", "-"), content_digest="-", at=timezone.now(), issued_at=None)


def digest_of_rendering(content_digest: str, reader: Recipient, at: dt.datetime) -> str:
    """Return the SHA-256 over the content, the reader and the moment of a rendering, in hexadecimal."""
    parts = [content_digest, reader.copy, reader.holder, reader.organisation, at.isoformat()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _moment(at: dt.datetime) -> str:
    with override("fr"):
        return long_moment(at)
