"""Render a release as PDF: the same for everybody, and meant to be passed on."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from core.typesetting import typeset
from partners.models import PlenaryRelease

from .showing import Line, columns_of, lines_of, method_of, secrecy_of

_TEMPLATE = Path(__file__).resolve().parent / "plenary.typ"


def document(release: PlenaryRelease) -> bytes:
    """Return the PDF/UA-1 of a release, in French whoever asks for it.

    Raises:
        TypesettingError: it cannot be typeset; the message is the typesetter's.
    """
    made = release.finished_at or timezone.now()
    with override("fr"):
        content = release.told
        marks, kinds = columns_of(content)
        data = {
            "about": {
                key: content[key] for key in ("territory", "organisation", "campaign", "as_of", "landlords")
            },
            "released": timezone.localdate(made).isoformat(),
            "withdrawn": timezone.localdate(release.withdrawn_at).isoformat() if release.withdrawn_at else "",
            "withdrawn_reason": release.withdrawal_reason,
            "tables": [_table("sites", marks, content), _table("facts", kinds, content)],
            "method": method_of(content),
            "secrecy": secrecy_of(),
            "digest": release.digest,
            "demo": settings.DEMO,
        }
    return typeset(_TEMPLATE, data, made)


def _table(kind: str, named: list[tuple[str, str]], content: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": kind,
        "columns": [label for _key, label in named],
        "lines": [_line(line, kind) for line in lines_of(content)],
    }


def _line(line: Line, kind: str) -> dict[str, Any]:
    cells = line.sites if kind == "sites" else line.facts
    return {
        "commune": line.commune,
        "area": line.area,
        "homes": line.homes,
        "why": line.why,
        "is_commune": line.is_commune,
        "cells": [{"number": cell.number, "rate": _french(cell.rate)} for cell in cells],
    }


def _french(rate: float | None) -> str:
    return "" if rate is None else f"{rate:.1f}".replace(".", ",")
