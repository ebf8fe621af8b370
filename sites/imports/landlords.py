"""Tell whether two spellings name one landlord, or two landlords have similar names.

Two spellings are one landlord when they are equal once capitals, accents, punctuation and
legal forms are gone, or when a single long word differs by one letter. Anything further
("CDC HABITAT" and "CDC HABITAT SOCIAL", "3F RES" and "IMM 3F") is two companies as often
as not, and merging two landlords would show the one the records of the other; an
administrator adds an alias where people know better.
"""

import re
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from sites.match_key import plain

_LEGAL_FORMS = {
    "SA",
    "SAS",
    "SEM",
    "ESH",
    "OPH",
    "OPAC",
    "HLM",
    "SCIC",
    "SCCV",
    "SOCIETE",
    "DE",
    "DU",
    "D",
    "L",
    "LE",
    "LA",
}
_NOBODY = {"", "VIDE", "NEANT", "NC", "NR", "INCONNU", "SANS", "NULL", "NONE", "NA", "AUCUN"}
_LONG_WORD = 6


def words(name: str) -> tuple[str, ...]:
    """Return the words by which a landlord's name is compared; empty for "(vide)" and the like."""
    found = tuple(re.findall(r"[A-Z0-9]+", plain(name)))
    kept = tuple(word for word in found if word not in _LEGAL_FORMS) or found
    return () if "".join(kept) in _NOBODY else kept


class Landlords:
    """The known landlords, which finds the one a row names and remembers each new spelling.

    Attributes:
        created: new landlords to save, for names not known before.
        respelled: landlords that got a new alias.
    """

    def __init__(self, known: Iterable[Organisation], *, may_create: bool) -> None:
        self._by_words: dict[tuple[str, ...], Organisation] = {}
        self._by_name: dict[str, Organisation | None] = {}
        self._may_create = may_create
        self.created: list[Organisation] = []
        self.respelled: list[Organisation] = []
        known = list(known)
        for organisation in known:
            self._by_words.setdefault(words(organisation.name), organisation)
            self._by_name[organisation.name] = organisation
        self._know_other_names(known)

    def _know_other_names(self, known: list[Organisation]) -> None:
        """Note other names; one that is a landlord's own stays with that landlord, one of several is nobody's."""
        named: dict[tuple[str, ...], list[Organisation]] = {}
        for organisation in known:
            for name in organisation.aliases:
                named.setdefault(words(name), []).append(organisation)
        for key, holders in named.items():
            own = self._by_words.get(key)
            found = own or (holders[0] if all(h.pk == holders[0].pk for h in holders) else None)
            if found:
                self._by_words[key] = found
            for holder in holders:
                for name in holder.aliases:
                    if words(name) == key:
                        self._by_name.setdefault(name, found)

    def find(self, name: str) -> Organisation | None:
        """Return the landlord of ``name``; a new one if it may be created, else None."""
        if name not in self._by_name:
            self._by_name[name] = self._respelled(name) or self._create(name)
        return self._by_name[name]

    def _respelled(self, name: str) -> Organisation | None:
        key = words(name)
        found = self._by_words.get(key) or self.close(name)
        if found:
            self._by_words.setdefault(key, found)
            if plain(name) != plain(found.name):
                found.aliases = [*found.aliases, name]
                if found not in self.respelled and found not in self.created:
                    self.respelled.append(found)
        return found

    def named(self, name: str) -> Organisation | None:
        """Return the landlord of which ``name`` is a name, but for capitals, accents and legal forms."""
        return self._by_words.get(words(name))

    def close(self, name: str) -> Organisation | None:
        """Return the only landlord one letter of whose name is not that of ``name``; None if it is none or several."""
        key = words(name)
        near = [organisation for other, organisation in self._by_words.items() if _is_typo(key, other)]
        return near[0] if near and all(other is near[0] for other in near) else None

    def _create(self, name: str) -> Organisation | None:
        if not self._may_create:
            return None
        organisation = Organisation(name=name, kind=OrganisationKind.LANDLORD)
        self._by_words[words(name)] = organisation
        self.created.append(organisation)
        return organisation


def _is_typo(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if len(a) != len(b):
        return False
    differing = [(x, y) for x, y in zip(a, b, strict=True) if x != y]
    if len(differing) != 1:
        return False
    x, y = differing[0]
    if min(len(x), len(y)) < _LONG_WORD or not (x.isalpha() and y.isalpha()):
        return False
    return OSA.distance(x, y, score_cutoff=1) == 1
