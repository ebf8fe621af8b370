"""Map the words of a source to the shared nomenclature, by the table of its profile."""

import re
from difflib import get_close_matches
from functools import cache

from incidents.models import FactType
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
    return sorted((str(fact), fact.code) for fact in FactType.objects.all())


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
        self.find = cache(self._find)

    def nearest(self, kind: str) -> str:
        """Return the code of the fact type whose name is closest to an unknown word; "" where none is close.

        It is "" too for a profile with a table of types: that table alone says what the source's words mean.
        """
        word = plain(kind)
        if self._rules or (word not in self._proposed and len(self._proposed) >= _MOST_PROPOSED):
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

        If the profile has no table of types, the file must name them by code or by label.
        """
        kind, subtype = plain(kind), plain(subtype)
        unknown = "unknown_type" if kind else "no_type"
        if not self._rules:
            found = self._by_name.get(kind)
            return found, "" if found else unknown
        for wanted, part, code in self._rules:
            if wanted == kind and part in subtype:
                return (self._ids[code], "") if code else (None, "type_left_out")
        return None, unknown
