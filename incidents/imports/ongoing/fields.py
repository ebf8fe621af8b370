"""Name the fields that a column of a file of disruptions or standing observations may hold."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.enums import Extent, ObservedFrequency
from incidents.imports import types
from sites.imports.mapping.fields import POINT

from .disruptions import accepted

Labels = dict[str, str | Promise]

_DAYS: Labels = {
    "day": _("Depuis le"),
    "day_number": _("Premier jour : son numéro dans le mois"),
    "month_number": _("Premier jour : le mois"),
    "year_number": _("Premier jour : l’année"),
}
_PLACES: Labels = {
    "reference": _("Référence de la résidence"),
    "address": _("Adresse, ou une partie de l’adresse"),
    "building": _("Bâtiment"),
    "entrance": _("Entrée, escalier ou hall"),
    "rnb": _("Identifiant RNB du bâtiment"),
    "ban": _("Clé BAN de l’adresse"),
    "postcode": _("Code postal"),
    "city": _("Commune"),
    "insee": _("Code INSEE de la commune"),
    **POINT,
}
DISRUPTION_FIELDS: Labels = {
    "external_id": _("Identifiant de la perturbation"),
    "type": _("Service ou équipement"),
    "extent": _("Étendue"),
    "hours": _("Horaires où la présence est impossible"),
    **_DAYS,
    "span_end": _("Jusqu’au (inclus)"),
    "daily": _("Se répète chaque jour"),
    **_PLACES,
}
OBSERVATION_FIELDS: Labels = {
    "external_id": _("Identifiant du constat"),
    "type": _("Nature"),
    "frequency": _("Fréquence"),
    **_DAYS,
    "span_end": _("Terminé le"),
    "confirmed": _("Confirmé le"),
    **_PLACES,
}


def disruption_constants(field: str) -> list[tuple[str, str | Promise]]:
    """Return the services or the extents, for a file that is about one of them; none for a field that is a text."""
    if field == "type":
        return [(code, label) for label, code in accepted()]
    return [(value, label) for value, label in Extent.choices] if field == "extent" else []


def observation_constants(field: str) -> list[tuple[str, str | Promise]]:
    """Return the fact types or the frequencies, for a file that is about one of them; none for a field that is a text."""
    if field == "type":
        return [(code, label) for label, code in types.accepted()]
    return [(str(value), label) for value, label in ObservedFrequency.choices] if field == "frequency" else []
