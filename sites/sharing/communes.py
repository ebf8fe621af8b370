"""Find communes and intercommunal bodies by what people type: a name, an INSEE code or a postcode.

Accents, case, hyphens and apostrophes do not count, and "St" is "Saint". A word may be typed by its beginning.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BooleanField,
    Case,
    Func,
    IntegerField,
    Model,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import StrIndex, Trim, Upper
from django.utils.translation import gettext as _

from core.words import MOST_WORDS
from sites.match_key import plain
from sites.models import Commune, Intercommunality

LIMIT = 12
# More names than a territory has communes; a longer text is no list of them.
MOST_LINES = 1500
# A line that is not known is compared with every commune.
MOST_PROBLEMS = 20
_BODIES_FOUND = 4
_SHORTEST = 2
_FULL = {"ST": "SAINT", "STE": "SAINTE", "STS": "SAINTS", "STES": "SAINTES"}
_CODE = re.compile(r"\d[\dAB]\d{3}")
_SIGNS = "-'’()[]\","
_SIREN = re.compile(r"\d{9}")
_BEHIND = re.compile(r"(.*\S)\s*\((\d[\dAB]\d{3}|\d[\dAB]\d?)\)")
_BEFORE = re.compile(r"(\d{5})\s+(\D.*)")

_Found = TypeVar("_Found", bound=Model)


class Read(NamedTuple):
    """What a typed list names: communes, each once, and a sentence for each line that names none or several."""

    communes: list[Commune]
    problems: list[str]


def folded(text: str) -> str:
    """Return the words of a name as they are compared.

    >>> folded("St-Ouen-l’Aumône"), folded("L'Haÿ-les-Roses"), folded("Œuilly")
    ('SAINT OUEN L AUMONE', 'L HAY LES ROSES', 'OEUILLY')
    """
    return " ".join(_FULL.get(word, word) for word in re.findall(r"[A-Z0-9]+", plain(text))[:MOST_WORDS])


def find_communes(text: str, limit: int = LIMIT) -> list[Commune]:
    """Return the communes whose name holds the words of ``text``, or whose code or postcode begins with it.

    The communes of that very name come first, then those whose name begins with it. Names of communes that
    merged into another find that one.
    """
    words = folded(text)
    if len(words) < _SHORTEST:
        return []
    if words[0].isdigit() and " " not in words:
        found = Commune.objects.filter(Q(code__startswith=words) | _postcode(words))
        return list(found.order_by("code")[:limit])
    return list(_holding(Commune.objects.all(), words, "name", "former_names")[:limit])


def find_bodies(text: str, limit: int = _BODIES_FOUND) -> list[Intercommunality]:
    """Return the intercommunal bodies that have members here, and whose name holds the words of ``text``."""
    words = folded(text)
    if len(words) < _SHORTEST:
        return []
    bodies = Intercommunality.objects.filter(communes__isnull=False).distinct()
    if _SIREN.fullmatch(words):
        return list(bodies.filter(code=words))
    return list(_holding(bodies, words, "name")[:limit])


def read_communes(text: str) -> Read:
    """Return the communes that a typed list names, one on each line or after a comma.

    A line is a name, an INSEE code, a postcode, the name with one of them or with its department
    ("Saint-Denis (93)"), or the name or the SIREN of an intercommunal body, which stands for its members.
    """
    lines = list(_lines(text))
    if len(lines) > MOST_LINES:
        return Read([], [_("Cette liste est trop longue : %(most)d lignes au plus.") % {"most": MOST_LINES}])
    coded = {code for line in lines if (code := _code_of(line))}
    by_code = {commune.code: commune for commune in Commune.objects.filter(code__in=coded)}
    communes: dict[int, Commune] = {}
    problems = []
    for line in lines:
        known = by_code.get(_code_of(line))
        found, problem = ([known], "") if known else _named(line)
        communes |= {commune.pk: commune for commune in found}
        problems += [problem] if problem else []
        if len(problems) == MOST_PROBLEMS:
            problems.append(_("Corrigez d’abord ces lignes : les suivantes n’ont pas été lues."))
            break
    return Read(list(communes.values()), problems)


def written(communes: Iterable[Commune]) -> str:
    """Return communes as lines that :func:`read_communes` reads."""
    ordered = sorted(communes, key=lambda commune: (folded(commune.name), commune.code))
    return "\n".join(f"{commune.name} ({commune.code})" for commune in ordered)


def _lines(text: str) -> Iterable[str]:
    for part in re.split(r"[\n\r,;]+", text):
        words = part.upper().split()
        if len(words) > 1 and all(_CODE.fullmatch(word) for word in words):
            yield from words
        elif words:
            yield " ".join(part.split())


def _code_of(line: str) -> str:
    """Return the INSEE code that a line is or ends with in brackets; empty if there is none."""
    behind = _BEHIND.fullmatch(line.upper())
    code = behind[2] if behind else line.upper()
    return code if _CODE.fullmatch(code) else ""


def _named(line: str) -> tuple[list[Commune], str]:
    """Return the communes that a line without a known INSEE code names, or the sentence that says why not."""
    found = _candidates(line)
    if len(found) == 1:
        return found, ""
    if len(found) > 1:
        return [], _("« %(line)s » désigne plusieurs communes : écrivez l’une de celles-ci : %(names)s.") % {
            "line": line, "names": ", ".join(f"{commune.name} ({commune.code})" for commune in found[:LIMIT]),
        }  # fmt: skip
    bodies = [body for body in find_bodies(line) if folded(line) in {body.code, *_names_of(body)}]
    if len(bodies) == 1:
        return list(bodies[0].communes.all()), ""
    near = [f"{commune.name} ({commune.code})" for commune in find_communes(line, 3)]
    near += [body.name for body in find_bodies(line, 3)]
    if near:
        names = ", ".join(near)
        return [], _("« %(line)s » est inconnu. Peut-être : %(names)s.") % {"line": line, "names": names}
    return [], _("« %(line)s » n’est ni une commune ni une intercommunalité connue.") % {"line": line}


def _candidates(line: str) -> list[Commune]:
    behind, before = _BEHIND.fullmatch(line.upper()), _BEFORE.fullmatch(line)
    if re.fullmatch(r"\d{5}", line):
        return list(Commune.objects.filter(postcodes__contains=[line]).order_by("code"))
    name = behind[1] if behind else before[2] if before else line
    found = [commune for commune in find_communes(name, 50) if folded(name) in _all_names(commune)]
    current = [commune for commune in found if folded(commune.name) == folded(name)] or found
    if behind:
        return [commune for commune in current if commune.department == behind[2]]
    return [commune for commune in current if before[1] in commune.postcodes] if before else current


def _all_names(commune: Commune) -> set[str]:
    return {folded(name) for name in (commune.name, *commune.former_names)}


def _names_of(body: Intercommunality) -> set[str]:
    """Return the names of a body as compared: in full, and without the letters of its kind ("CC", "CA")."""
    full = folded(body.name)
    return {full, full.removeprefix(f"{body.kind} ")}


def _postcode(digits: str) -> Q:
    # Postcodes are a JSON list of texts: one that begins with the digits follows a quotation mark.
    text = Func("postcodes", template="(%(expressions)s)::text", output_field=TextField())
    return Q(_Like(text, Value(f'%"{digits}%')))


class _Like(Func):
    """The condition that a text is like a pattern."""

    template = "(%(expressions)s)"
    arg_joiner = " LIKE "
    output_field = BooleanField()


def _holding(rows: QuerySet[_Found], words: str, *columns: str) -> QuerySet[_Found]:
    """Return the rows whose columns hold each of the folded ``words`` at the beginning of a word."""
    patterns = Value([f"% {word}%" for word in words.split()], output_field=ArrayField(TextField()))
    holds = Func(
        _folded(Value(""), *columns),
        patterns,
        template="(%(expressions)s))",
        arg_joiner=" LIKE ALL (",
        output_field=BooleanField(),
    )
    ranked = rows.filter(holds).annotate(
        called=Trim(_folded("name")), begins=StrIndex("called", Value(words))
    )
    rank = Case(When(called=words, then=0), When(begins=1, then=1), default=2, output_field=IntegerField())
    return cast("QuerySet[_Found]", ranked.annotate(rank=rank).order_by("rank", "called", "code"))


def _folded(*columns: Any) -> Func:
    """Return columns as one text, folded as :func:`folded` does; what is empty leaves a space."""
    text = Func(Value(" "), *columns, function="CONCAT_WS", output_field=TextField())
    bare = Func(text, function="UNACCENT", output_field=TextField())
    return Func(
        Upper(bare), Value(_SIGNS), Value(" " * len(_SIGNS)), function="TRANSLATE", output_field=TextField()
    )
