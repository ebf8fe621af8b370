"""Verify all journals each night, and write the heads of their chains down: in the database, in a file, by mail.

A checkpoint rests on the one before, as a link of a chain over the heads. Kept elsewhere, it shows what whoever may
change anything in the database did since: a tail cut off, a journal gone, a chain computed anew.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accounts.models import AuditCheckpoint
from accounts.scope import system_scope

from .chain import Head, Verified, canonical, verify

FILE = "journal-checkpoints.jsonl"


class CheckpointError(Exception):
    """A line of a file of checkpoints that does not rest on the one before; the message names it."""


def checkpoint() -> AuditCheckpoint:
    """Verify all journals and store their heads with what was found."""
    with system_scope("verification"):
        found = verify(heads_kept())
        heads = [vars(head) for head in found.heads]
        last = AuditCheckpoint.objects.order_by("-id").first()
        before = last.digest if last else ""
        return AuditCheckpoint.objects.create(
            heads=heads,
            entries=found.entries,
            problem=_first(found),
            previous=before,
            digest=_seal(before, heads),
        )


def line_of(made: AuditCheckpoint) -> str:
    """Return a checkpoint as a line of the file, which is also the text of the mail."""
    told = {
        "at": made.at.astimezone(dt.UTC).isoformat(), "entries": made.entries, "problem": made.problem,
        "heads": made.heads, "previous": made.previous, "digest": made.digest,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)


def keep(made: AuditCheckpoint, folder: Path) -> None:
    """Append a checkpoint to the file in ``folder``.

    Raises:
        OSError: the file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write(line_of(made) + "\n")


def heads_kept() -> list[Head]:
    """Return the heads of the last checkpoint in the database, in the scope "verification"."""
    last = AuditCheckpoint.objects.order_by("-id").first()
    return _heads(last.heads) if last else []


def heads_in(file: Path) -> list[Head]:
    """Return the heads of all checkpoints of a file.

    Raises:
        OSError: the file cannot be read.
        CheckpointError: a line was changed, or does not rest on the one before.
    """
    return [head for told in _lines(file) for head in _heads(told["heads"])]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    before = None
    for place, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        told = json.loads(line)
        if told["digest"] != _seal(told["previous"], told["heads"]) or before not in {None, told["previous"]}:
            message = f"{file}: line {place} is not what was written."
            raise CheckpointError(message)
        before = told["digest"]
        yield told


def _seal(before: str, heads: list[dict[str, Any]]) -> str:
    return hashlib.sha256(before.encode() + canonical(heads)).hexdigest()


def _heads(told: list[dict[str, Any]]) -> list[Head]:
    return [Head(head["journal"], head["number"], head["digest"]) for head in told]


def _first(found: Verified) -> dict[str, Any] | None:
    return found.problems[0].as_json() if found.problems else None
