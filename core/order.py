"""Sort names as a French dictionary does, in the database and in Python.

The server's own collation is not relied on: a server is built with or without ICU, and each has its own default.
"""

import unicodedata
from typing import Any

from django.db.models import CharField, TextField, Transform

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE"})


@CharField.register_lookup
@TextField.register_lookup
class French(Transform):
    """The sort key of a text column: ``order_by("residence__name__french", "pk")``.

    Neither case nor accents count, and a ligature counts as its letters: É stands with E, Œ between OD and OF.
    """

    lookup_name = "french"
    # Capital letters of ASCII, compared by their bytes, are sorted alike on every server.
    template = 'UPPER(UNACCENT(%(expressions)s)) COLLATE "C"'
    output_field: Any = TextField()


def in_french(text: object) -> str:
    """Return the sort key of ``text`` that :class:`French` has in the database.

    >>> sorted(["Fort", "Étang", "œuvre", "Ofran", "ECLUSE", "Odette"], key=in_french)
    ['ECLUSE', 'Étang', 'Fort', 'Odette', 'œuvre', 'Ofran']
    """
    letters = unicodedata.normalize("NFKD", str(text).translate(_LIGATURES))
    return (
        "".join(letter for letter in letters if not unicodedata.combining(letter)).upper().replace("’", "'")
    )
