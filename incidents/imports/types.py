"""Map the words of a source to the shared nomenclature, by the table of its profile."""

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from core.order import in_french
from incidents.models import FactSubtype, FactType
from sites.imports.mapping.fields import bare
from sites.imports.profiles import Profile
from sites.match_key import plain

# The similarity, 0 to 1, from which a fact type is proposed for an unknown word.
_ALIKE = 0.75
# The number of letters from which a fact type whose name starts with them is proposed.
_ENOUGH = 5
# A file with more unknown words than this is not a file of facts: more proposals would only take time.
_MOST_PROPOSED = 500
_BRACKETS = re.compile(r"\(.*?\)")


def accepted() -> list[tuple[str, str]]:
    """Return the label of each fact type, in the active language, and its code."""
    return sorted(
        ((str(fact), fact.code) for fact in FactType.objects.all()), key=lambda row: in_french(row[0])
    )


def propose(words: Iterable[str]) -> dict[str, str]:
    """Return the code of the fact type that each word seems to mean; a word that seems to mean none is left out.

    A word is a name of a fact type, or one of the synonyms of ``synonyms.toml``, or close to a name.
    """
    meant = {bare(str(name)): code for code, names in synonyms().items() for name in names}
    facts = list(FactType.objects.all())
    meant |= {bare(name): fact.code for fact in facts for name in (fact.code, fact.label_fr, fact.label_en)}
    types = Types(Profile("", "", {}))
    found = {
        word: meant.get(bare(word)) or types.named_by_subtype(word) or types.nearest(word) for word in words
    }
    return {word: code for word, code in found.items() if code}


@cache
def synonyms() -> dict[str, list[str]]:
    """Return the words that landlords' tools use for each fact type, by its code."""
    path = Path(__file__).resolve().parent / "synonyms.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Types:
    """The fact types by the words of a file, with the rules of its profile."""

    def __init__(self, profile: Profile) -> None:
        facts = list(FactType.objects.all())
        self._ids = {fact.code: fact.pk for fact in facts}
        named = [(name, fact.pk) for fact in facts for name in (fact.code, fact.label_fr, fact.label_en)]
        self._by_name = {plain(name): pk for name, pk in named}
        self._codes_by_part = {
            plain(part): fact.code
            for fact in facts
            for name in (fact.code, fact.label_fr, fact.label_en)
            for part in (name, *_BRACKETS.sub("", name).split(","))
        }
        self._proposed: dict[str, str] = {}
        self._rules = [
            (plain(rule["type"]), plain(rule.get("subtype", "")), rule.get("code"))
            for rule in profile.tables.get("types", ())
        ]
        self._named = not self._rules or profile.tables.get("named", False)
        self._subtypes, self._types_of = _subtypes()
        self.find = cache(self._find)
        self.subtypes = cache(self._subtypes_of)

    def named_by_subtype(self, kind: str) -> str:
        """Return the code of the only fact type that has a sub-type of that name; "" for none or several."""
        types = self._types_of.get(plain(kind), set())
        return next((code for code, pk in self._ids.items() if types == {pk}), "")

    def nearest(self, kind: str) -> str:
        """Return the code of the fact type whose name is closest to an unknown word; "" where none is close.

        It is "" too for a shipped profile with a table of types, which alone says what the source's words mean.
        """
        word = plain(kind)
        if not self._named or (word not in self._proposed and len(self._proposed) >= _MOST_PROPOSED):
            return ""
        if word not in self._proposed:
            alike = get_close_matches(word, self._codes_by_part, n=1, cutoff=_ALIKE)
            self._proposed[word] = self._codes_by_part[alike[0]] if alike else self._begun_by(word)
        return self._proposed[word]

    def _begun_by(self, word: str) -> str:
        """Return the code of the only fact type with a name that starts with ``word``; "" for none or several."""
        codes = {code for part, code in self._codes_by_part.items() if part.startswith(word)}
        return codes.pop() if len(codes) == 1 and len(word) >= _ENOUGH else ""

    def _find(self, kind: str, subtype: str) -> tuple[int | None, str]:
        """Return the id of the fact type, or the reason why there is none.

        The profile's table of types goes first. Without one, or where it is a person's, the file may name the types
        by code or by label, or by the name of a territory's sub-type.
        """
        kind, subtype = plain(kind), plain(subtype)
        for wanted, part, code in self._rules:
            if wanted == kind and part in subtype:
                return (self._ids[code], "") if code else (None, "type_left_out")
        if self._named and (found := self._by_name.get(kind)):
            return found, ""
        if self._named and len(types := self._types_of.get(kind, set())) == 1:
            return next(iter(types)), ""
        return None, "unknown_type" if kind else "no_type"

    def _subtypes_of(self, fact_type: int, *words: str) -> list[int]:
        """Return the ids of the sub-types of a type that one of the words names, of whatever territory."""
        return sorted({pk for word in words for pk in self._subtypes.get((fact_type, plain(word)), ())})


def _subtypes() -> tuple[dict[tuple[int, str], set[int]], dict[str, set[int]]]:
    """Return the ids of the sub-types by type and by each of their names, and the types by these names."""
    ids: dict[tuple[int, str], set[int]] = {}
    types: dict[str, set[int]] = {}
    for row in FactSubtype.objects.filter(ended_at=None):
        for name in (row.label, *(former for former, _day in row.former_labels)):
            ids.setdefault((row.fact_type_id, plain(name)), set()).add(row.pk)
            types.setdefault(plain(name), set()).add(row.fact_type_id)
    return ids, types
