"""Name the fields that a column of a file of facts may hold."""

from collections.abc import Callable

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.enums import PlaceKind, Source
from sites.imports.mapping.fields import POINT
from sites.match_key import plain

from .types import accepted
from .words import words_of

FIELDS: dict[str, str | Promise] = {
    "external_id": _("Identifiant du fait"),
    "type": _("Nature du fait"),
    "subtype": _("Précision sur la nature"),
    "day": _("Jour, ou premier jour"),
    "day_number": _("Jour : son numéro dans le mois"),
    "month_number": _("Jour : le mois"),
    "year_number": _("Jour : l’année"),
    "span_end": _("Au plus tard le"),
    "month": _("Mois (2026-11), quand le jour n’est pas connu"),
    "time": _("Heure"),
    "reference": _("Référence de la résidence"),
    "address": _("Adresse, ou une partie de l’adresse"),
    "building": _("Bâtiment"),
    "entrance": _("Entrée, escalier ou hall"),
    "rnb": _("Identifiant RNB du bâtiment"),
    "ban": _("Clé BAN de l’adresse"),
    "postcode": _("Code postal"),
    "city": _("Commune"),
    "insee": _("Code INSEE de la commune"),
    "place_kind": _("Lieu précis"),
    "reporter": _("Origine"),
    "complaint": _("Plainte déposée (oui ou non)"),
    "complaint_reference": _("Numéro de plainte"),
    "cost": _("Coût des dégâts"),
    **POINT,
}


def constants(field: str) -> list[tuple[str, str | Promise]]:
    """Return the choices of a field that has one value for every row of a file; none where it is a text."""
    if field == "type":
        return [(code, label) for label, code in accepted()]
    choices = {"place_kind": PlaceKind, "reporter": Source}.get(field)
    return [(value, label) for value, label in choices.choices] if choices else []


def _reader(choices: type[Choices]) -> Callable[[str], str]:
    """Return the function that finds the choice that a word names, "" for none."""
    return lambda word: words_of(choices).get(plain(word), "")


# The fields whose words may be told, each with what it takes a word to mean.
WORDED = {"place_kind": _reader(PlaceKind), "reporter": _reader(Source)}
