"""Tell of each fact type its line of help, and the words by which people look for it.

The words are those of landlords' tools (``incidents/imports/synonyms.toml``) and those that people type
(``types.toml``).
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

from incidents.imports.types import synonyms
from incidents.models import FactType
from sites.match_key import plain


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said of a fact type: a line of help in each language, and its words, in the order of the files."""

    fr: str
    en: str
    words: tuple[str, ...]

    @property
    def shown(self) -> list[str]:
        """Return its words to be read: of several spellings and numbers of one the first alone."""
        written = (word.replace("'", "’") for word in reversed(self.words))
        return list({_singular(word): word for word in written}.values())[::-1]

    @property
    def help(self) -> str:
        """Return the line of help in the language of the page."""
        return self.en if get_language() == "en" else re.sub(r" (?=[:;?!»])|(?<=«) ", "\xa0", self.fr)


_NOTHING = Explanation("", "", ())
# Words of so few letters have no plural to take away: "gaz", "bus".
_NO_PLURAL = 3


@cache
def explanations() -> dict[str, Explanation]:
    """Return the explanation of each fact type by its code."""
    path = Path(__file__).resolve().parent / "types.toml"
    named, found = synonyms(), {}
    for code, said in tomllib.loads(path.read_text(encoding="utf-8")).items():
        words = dict.fromkeys([*said["words"], *named.get(code, ())])
        found[code] = Explanation(said["fr"], said["en"], tuple(words))
    return found


def explained(fact_type: FactType) -> Explanation:
    """Return the explanation of a type; an empty one for a type that came after this version."""
    return explanations().get(fact_type.code, _NOTHING)


def matching(types: Iterable[FactType], text: str) -> list[FactType]:
    """Return the types whose names and words hold each word of ``text``, or a longer one, whatever accents and case.

    The types that are called by the whole text come first.
    """
    wanted = _bare(text)
    found = [kind for kind in types if all(f" {word}" in _names_of(kind) for word in wanted.split())]
    return sorted(found, key=lambda kind: wanted not in {_bare(word) for word in explained(kind).words})


def _names_of(kind: FactType) -> str:
    return " " + _bare(" ".join((kind.label_fr, kind.label_en, *explained(kind).words)))


def _singular(words: str) -> str:
    """Return words without what marks a plural, to tell which are one."""
    return " ".join(word if len(word) <= _NO_PLURAL else word.rstrip("SX") for word in _bare(words).split())


def _bare(text: str) -> str:
    """Return words as they are compared: capitals without accents, hyphens and apostrophes as spaces."""
    return " ".join("".join(c if c.isalnum() else " " for c in plain(text)).split())
