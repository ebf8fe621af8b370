"""Ask the app above whether a text may speak of a person, before anything of a file is kept or sent back."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.text import clean

# Texts of more letters are held to speak of a person: looking at megabytes takes minutes.
_LONGEST = 2_000

_inspectors: list[Callable[[str], bool]] = []


def register_inspector(speaks: Callable[[str], bool]) -> None:
    """Register the function that says whether a text seems to name, reach or describe a person."""
    _inspectors.append(speaks)


@lru_cache(8192)
def speaks_of_somebody(text: str) -> bool:
    """Say whether a text seems to name, reach or describe a person, or is too long to tell."""
    return len(text) > _LONGEST or any(speaks(text) for speaks in _inspectors)


def validate_about_nobody(text: str) -> None:
    """Refuse a name or a value that is kept and seems to speak of a person.

    Raises:
        ValidationError: it does.
    """
    if speaks_of_somebody(text):
        raise ValidationError(_("Ce texte semble désigner une personne : écrivez-le autrement."))


def kept_name(filename: str) -> str:
    """Return the name under which a file is kept: what is visible of its own, or a plain one where that may name a person."""
    path = PurePath(clean(filename))
    return _("fichier") + path.suffix if speaks_of_somebody(path.stem) else str(path)
