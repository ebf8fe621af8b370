"""Name records in files so that each is found again in its landlord's own perimeter, and nowhere else."""

import re
from uuid import UUID

from .models import Placed

_PREFIX = "palier-"
_OWN = re.compile(rf"{_PREFIX}([0-9a-f]{{32}})", re.IGNORECASE)


def identifier(record: Placed) -> str:
    """Return the identifier of a record in files: it is random, and says nothing about how many there are."""
    return f"{_PREFIX}{record.opaque_id.hex}"


def own_identifier(text: str) -> UUID | None:
    """Return the ``opaque_id`` that a text of :func:`identifier` names; None for an identifier of another system."""
    found = _OWN.fullmatch(text)
    return UUID(found[1]) if found else None
