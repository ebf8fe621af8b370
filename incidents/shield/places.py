"""Let a text name the residences that its author sees: "La Criée" is a place there, not a person."""

from sites.match_key import plain
from sites.models import Residence

from . import Kind, Passage, inspect


def passages(text: str) -> list[Passage]:
    """Return the passages to reword, without those that are exactly the name of a residence in the acting scope."""
    found = inspect(text)
    residences = _residences({passage.text for passage in found if passage.kind == Kind.NAME})
    return [passage for passage in found if plain(passage.text) not in residences]


def _residences(names: set[str]) -> set[str]:
    """Return, in capitals without accents, those of ``names`` that residences have, as typed or in such capitals."""
    if not names:
        return set()
    spellings = {spelling for name in names for spelling in (name, name.upper(), plain(name))}
    return {
        plain(name) for name in Residence.objects.filter(name__in=spellings).values_list("name", flat=True)
    }
