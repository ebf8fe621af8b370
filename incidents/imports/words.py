"""Read the words that files use for the choices of a record."""

from django.db.models import Choices
from django.utils.translation import override

from sites.match_key import plain


def words_of(choices: type[Choices]) -> dict[str, str]:
    """Return the value of each choice by its value and its labels in each language, as ``plain`` writes them."""
    found = {plain(str(value)): str(value) for value in choices.values}
    for language in ("fr", "en"):
        with override(language):
            found |= {plain(str(label)): str(value) for value, label in choices.choices}
    return found
