"""Find the commune that a row names by its INSEE code, its postcode, its name, or what became of them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from sites.match_key import plain
from sites.models import Commune, Residence
from sites.perimeter import is_led

from .official_code import SPLIT_CITIES

# The digits that remain of a code of five at least; fewer are no code.
_DIGITS_LEFT = 3
_POSTCODE = re.compile(r"(?<!\d)\d{5}(?!\d)")
# A postcode, then a name up to the next comma; of the figures behind a name only a CEDEX or an arrondissement's.
_LOCALITY = re.compile(
    r"(?<![\w.])(?:F-)?(\d{5})(?![\w])(?:[ \-,]*([^\W\d_][^\d,;|()]*(?:\b\d{1,2}(?:er|e|eme|ème)?\b)?))?",
    re.IGNORECASE,
)
_CODE = re.compile(r"\d[\dAB]\d{3}")
_CODE_WRITTEN = re.compile(r"\d[\dAB]?(?: ?\d+)+(?:[.,]0)?")
_CEDEX = re.compile(r"\bCEDEX\b")
# "Paris 12", "Lyon 3e arrondissement", "Marseille Cedex 08".
_ARRONDISSEMENT = re.compile(r"\b(PARIS|LYON|MARSEILLE)\b\D*\b0?(\d{1,2})\s*(?:ER|E|EME|ND|ARR\w*|ARDT)?\b")
_SPLIT_NAMES = {"PARIS", "LYON", "MARSEILLE"}
# "Paris XIIe".
_ROMAN = re.compile(
    r"\b(PARIS|LYON|MARSEILLE)[ -]+(X{0,2}(?:IX|IV|V?I{0,3}))(?<=[IVX])(?:ER|E|EME)?\b(?![ -]\d)"
)
_ROMAN_FIGURES = {"X": 10, "IX": 9, "V": 5, "IV": 4, "I": 1}
_FULL = {"SS": "SOUS", "ST": "SAINT", "STE": "SAINTE", "STS": "SAINTS", "STES": "SAINTES", "LEZ": "LES"}
_SPOKEN = {"ER", "E", "EME", "ND", "ARRONDISSEMENT", "ARR", "ARDT", "CEDEX"}


class CommuneReasons:
    """The reasons and remarks of :class:`Found`, each a code and its label, for the importers that have communes."""

    NOT_FOUND = "no_commune", _("commune introuvable (code INSEE, ou code postal et commune)")
    DISAGREE = (
        "communes_disagree",
        _("code INSEE, code postal et nom désignent des communes différentes"),
    )
    MERGED = "commune_merged", _("ancien code de commune : commune actuelle retenue")
    CODE_UNKNOWN = (
        "commune_code_unknown",
        _("code INSEE inconnu : commune retenue d’après le code postal et le nom"),
    )
    BY_POSTCODE = (
        "commune_by_postcode",
        _("nom de commune non reconnu : retenue d’après le code postal"),
    )
    BY_NAME = "commune_by_name", _("code postal non reconnu : commune retenue d’après son nom")


class Place(NamedTuple):
    """What a row says of its commune, each part as written."""

    code: str
    postcode: str
    city: str


class Found(NamedTuple):
    """The commune of a row, or why there is none; a remark where one part was taken and another was not.

    ``reason`` and ``remark`` are codes of the importer's reasons.
    """

    commune: Commune | None
    reason: str = ""
    remark: str = ""


def own_communes() -> QuerySet[Commune]:
    """Return the communes in which the acting person leads a residence."""
    return Commune.objects.filter(pk__in=Residence.objects.filter(is_led()).values("commune_id"))


def postcode_in(text: str) -> str:
    """Return the five digits of a postcode, whatever surrounds them; empty if there are none.

    >>> postcode_in("F-75012"), postcode_in("1400"), postcode_in("75571 PARIS CEDEX 12"), postcode_in("75")
    ('75012', '01400', '75571', '')
    >>> postcode_in("1400.0"), postcode_in("75 012"), postcode_in("01 400")
    ('01400', '75012', '01400')
    """
    found = _POSTCODE.search(_with_zero(_figures(text)))
    return found[0] if found else ""


def locality_in(text: str, *, but: str = "") -> tuple[str, str]:
    """Return the postcode that a text holds and the name after it, each empty if there is none.

    Args:
        text: an address, or what stands in a column of postcodes.
        but: the figures that are known to be something else, a door's number.

    >>> locality_in("12 rue des Essais, 00110 Saint-Brume"), locality_in("10500 rue des Essais", but="10500")
    (('00110', 'Saint-Brume'), ('', ''))
    >>> locality_in("75571 PARIS CEDEX 12"), locality_in("12 rue des Essais (00110)")
    (('75571', 'PARIS CEDEX 12'), ('00110', ''))
    """
    found = [match for match in _LOCALITY.finditer(text) if match[1] != but]
    return (found[-1][1], (found[-1][2] or "").strip(" -")) if found else ("", "")


def code_in(text: str) -> str:
    """Return an INSEE code with the zero that a spreadsheet drops; empty if the text is none.

    >>> code_in("1004"), code_in("2a004"), code_in("75112.0"), code_in("Lyon")
    ('01004', '2A004', '75112', '')
    >>> code_in("1004,0"), code_in("01 004")
    ('01004', '01004')
    """
    found = _CODE.fullmatch(_with_zero(_figures(text.upper())))
    return found[0] if found else ""


class Communes:
    """The communes that some rows may lie in, loaded once.

    Args:
        places: what the rows say.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._found: dict[Place, Found] = {}
        distinct = set(places)
        codes = sorted({code_in(place.code) for place in distinct})
        postcodes = sorted({postcode_in(place.postcode) for place in distinct})
        loaded = Commune.objects.filter(
            Q(code__in=codes) | Q(former_codes__has_any_keys=codes) | Q(postcodes__has_any_keys=postcodes)
        )
        self._by_code: dict[str, Commune] = {}
        self._by_postcode: dict[str, list[Commune]] = defaultdict(list)
        for commune in loaded.order_by("-code"):
            for code in (*commune.former_codes, commune.code):
                self._by_code[code] = commune
            for postcode in commune.postcodes:
                self._by_postcode[postcode].append(commune)

    def find(self, place: Place) -> Found:
        """Return the commune that the parts of ``place`` name together; none where the name is another commune's."""
        if place not in self._found:
            found = self._find(place)
            if found.commune and self.names_another(place.city, found.commune):
                found = Found(None, "communes_disagree")
            self._found[place] = found
        return self._found[place]

    def of_postcode(self, postcode: str) -> list[Commune]:
        """Return the communes that share a postcode."""
        return self._by_postcode.get(postcode_in(postcode), [])

    def of_any_part(self, place: Place) -> list[Commune]:
        """Return the communes that one part or another of ``place`` names."""
        coded = self._by_code.get(code_in(place.code))
        found = [*([coded] if coded else []), *self.of_postcode(place.postcode), *self._named_near(place)]
        return list(dict.fromkeys(found))

    def names_another(self, city: str, commune: Commune | None) -> bool:
        """Say whether ``city`` is, or was, the name of a commune anywhere in the country, and not of ``commune``."""
        bare = bare_name(city)
        if not bare or (commune and (bare_name(commune.name).startswith(bare) or bare in _names(commune))):
            return False
        return bare.split()[0] in _SPLIT_NAMES or bare in self._by_name

    def _find(self, place: Place) -> Found:
        code, postcode = code_in(place.code), postcode_in(place.postcode)
        here = self._by_postcode.get(postcode, [])
        named = _called(place.city, here)
        if commune := self._by_code.get(code):
            others = named or here
            if others and commune not in others and not _called(place.city, [commune]):
                return Found(None, "communes_disagree")
            return Found(commune, remark="" if code == commune.code else "commune_merged")
        return self._by_postcode_and_name(
            place, here, named, wrong_code=bool(place.code) and code not in SPLIT_CITIES
        )

    def _by_postcode_and_name(
        self, place: Place, here: list[Commune], named: list[Commune], *, wrong_code: bool
    ) -> Found:
        remark = "commune_code_unknown" if wrong_code else ""
        if len(named) == 1:
            return Found(named[0], remark=remark)
        elsewhere = [] if named else self._named_near(place)
        if len(here) == 1 and not elsewhere:
            fits = bare_name(here[0].name).startswith(bare_name(place.city))
            return Found(here[0], remark=remark or ("" if fits else "commune_by_postcode"))
        if len(elsewhere) == 1 and not here:
            return Found(elsewhere[0], remark=remark or "commune_by_name")
        if len(here) == 1 and elsewhere:
            return Found(None, "communes_disagree")
        return Found(None, "no_commune")

    def _named_near(self, place: Place) -> list[Commune]:
        """Return the communes called as the row says: those of its postcode's department, or of the country."""
        bare = bare_name(place.city)
        known = self._by_name.get(bare, []) if bare else []
        department = department_of(postcode_in(place.postcode))
        return [commune for commune in known if commune.department in department] if department else known

    @cached_property
    def _by_name(self) -> dict[str, list[Commune]]:
        by_name: dict[str, list[Commune]] = defaultdict(list)
        for commune in Commune.objects.only("code", "name", "department", "former_names").order_by("code"):
            for name in set(_names(commune)):
                by_name[name].append(commune)
        return by_name


def bare_name(city: str) -> str:
    """Return the words by which the name of a commune is compared.

    >>> bare_name("St-Ouen s/ Seine"), bare_name("PARIS CEDEX 12"), bare_name("Paris 12e Arrondissement")
    ('SAINT OUEN SUR SEINE', 'PARIS 12', 'PARIS 12')
    >>> bare_name("L'Haÿ-les-Roses (94)"), bare_name("CRETEIL CEDEX 9"), bare_name("75012 Paris")
    ('L HAY LES ROSES', 'CRETEIL', 'PARIS')
    >>> bare_name("Paris XIIe"), bare_name("PARIS XIX"), bare_name("Rosny ss Bois")
    ('PARIS 12', 'PARIS 19', 'ROSNY SOUS BOIS')
    """
    text = re.sub(r"\([^)]*\)?", " ", plain(city))
    text = re.sub(r"\bS/", " SUR ", re.sub(r"\bS/S\b", " SOUS ", text).replace(" / ", "/")).replace(
        "/", " SUR "
    )
    text = _POSTCODE.sub(" ", text)
    if found := _ROMAN.search(text):
        return f"{found[1]} {_arabic(found[2])}"
    if found := _ARRONDISSEMENT.search(text):
        return f"{found[1]} {int(found[2])}"
    text = _CEDEX.split(text)[0]
    return " ".join(_FULL.get(word, word) for word in re.findall(r"[A-Z]+", text) if word not in _SPOKEN)


def _arabic(roman: str) -> int:
    """Return the value of a Roman number below 40."""
    return sum(_ROMAN_FIGURES[part] for part in re.findall("IX|IV|X|V|I", roman))


def department_of(postcode: str) -> tuple[str, ...]:
    """Return the departments that a postcode may belong to; none for no postcode.

    >>> department_of("75012"), department_of("20200"), department_of("97410"), department_of("")
    (('75',), ('2A', '2B'), ('974',), ())
    """
    if not postcode:
        return ()
    if postcode.startswith("20"):
        return "2A", "2B"
    return (postcode[:3],) if postcode.startswith(("97", "98")) else (postcode[:2],)


def _called(city: str, among: list[Commune]) -> list[Commune]:
    """Return the communes with that name; those with it now before those that had it."""
    bare = bare_name(city)
    if not bare:
        return []
    now = [commune for commune in among if bare_name(commune.name) == bare]
    return now or [commune for commune in among if bare in _names(commune)]


def _names(commune: Commune) -> Iterator[str]:
    return map(bare_name, (commune.name, *commune.former_names))


def _figures(text: str) -> str:
    """Return a code without the fraction that a spreadsheet adds and the space that people put in it."""
    text = text.strip()
    return re.sub(r"[.,]0$", "", text).replace(" ", "") if _CODE_WRITTEN.fullmatch(text) else text


def _with_zero(text: str) -> str:
    """Return a code with the zeros that a spreadsheet drops."""
    return text.zfill(5) if text.isdecimal() and len(text) >= _DIGITS_LEFT else text
