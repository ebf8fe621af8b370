"""Import a landlord's stock: every row of the file becomes, or joins, an address."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.enums import Outcome

from .mapping.fields import POINT
from .profiles import Profile
from .run import Run
from .stock_places import StockPlace, save, settle
from .stock_rows import Entry, Rejected, read_entries

_READING, _SETTLING = 0.6, 0.8


class StockReason(TextChoices):
    """The reason of a row's outcome, or a remark on it."""

    NEW_RESIDENCE = "new_residence", _("nouvelle résidence")
    NEW_ADDRESS = "new_address", _("nouvelle adresse d’une résidence connue")
    UPDATED = "updated", _("adresse ou résidence mise à jour")
    SAME_ADDRESS = "same_address", _("même adresse qu’une ligne précédente")
    DUPLICATE_ROW = "duplicate_row", _("ligne répétée à l’identique")
    ALREADY_THERE = "already_there", _("déjà enregistrée à l’identique")
    WRONG_COLUMNS = "wrong_columns", _("nombre de colonnes différent de l’en-tête")
    NO_LANDLORD = "no_landlord", _("sans bailleur")
    OTHER_LANDLORD = "other_landlord", _("d’un autre bailleur que le vôtre")
    NO_ADDRESS = "no_address", _("sans adresse")
    NO_COMMUNE = "no_commune", _("commune introuvable (code INSEE, ou code postal et commune)")
    COMMUNES_DISAGREE = (
        "communes_disagree",
        _("code INSEE, code postal et nom désignent des communes différentes"),
    )
    NO_POINT = "no_point", _("sans point")
    OTHER_COMMUNE = "other_commune", _("référence d’une résidence située dans une autre commune")
    LANDLORD_SPELLING = "landlord_spelling", _("autre graphie d’un bailleur connu")
    COMMUNE_MERGED = "commune_merged", _("ancien code de commune : commune actuelle retenue")
    COMMUNE_CODE_UNKNOWN = (
        "commune_code_unknown",
        _("code INSEE inconnu : commune retenue d’après le code postal et le nom"),
    )
    COMMUNE_BY_POSTCODE = (
        "commune_by_postcode",
        _("nom de commune non reconnu : retenue d’après le code postal"),
    )
    COMMUNE_BY_NAME = "commune_by_name", _("code postal non reconnu : commune retenue d’après son nom")
    POSTCODE_REPAIRED = "postcode_repaired", _("code postal nettoyé")
    POINT_SWAPPED = "point_swapped", _("coordonnées inversées, remises à l’endroit")
    POINTS_DISAGREE = "points_disagree", _("WGS84 et Lambert-93 à plus de 100 m : WGS84 retenu")
    POINT_OUT_OF_AREA = "point_out_of_area", _("point hors du territoire, laissé de côté")
    POINT_FAR_OFF = "point_far_off", _("point loin de tous les autres de la commune, laissé de côté")
    TO_PLACE = "to_place", _("adresse à placer sur la carte")
    BAD_DWELLINGS = "bad_dwellings", _("nombre de logements illisible ou négatif")
    RESIDENCE_RENAMED = "residence_renamed", _("résidence connue sous un autre nom")
    TOO_MANY_DOORS = "too_many_doors", _("plage de plus de 40 numéros")
    BOTH_SIDES = "both_sides", _("plage d’un numéro pair à un impair, sans dire si elle a les deux côtés")
    BACKWARDS = "backwards", _("plage de numéros à rebours")
    NUMBER_OR_NAME = "number_or_name", _("numéro de la rue, ou d’un nom qui le précède")
    OTHER_IDENTIFIER = "other_identifier", _("adresse connue sous un autre identifiant national")
    BAD_IDENTIFIER = "bad_identifier", _("identifiant RNB ou clé BAN illisibles, laissés de côté")
    LABEL_CUT = "label_cut", _("adresse trop longue, coupée")


FIELDS: dict[str, str | Promise] = {
    "reference": _("Référence de la résidence"),
    "name": _("Nom de la résidence"),
    "address": _("Adresse, ou une partie de l’adresse"),
    "building": _("Bâtiment"),
    "entrance": _("Entrée, escalier ou hall"),
    "rnb": _("Identifiant RNB du bâtiment"),
    "ban": _("Clé BAN de l’adresse"),
    "postcode": _("Code postal"),
    "city": _("Commune"),
    "insee": _("Code INSEE de la commune"),
    "dwellings": _("Nombre de logements"),
    "priority": _("En quartier prioritaire (oui ou non)"),
    "landlord": _("Bailleur"),
    **POINT,
}
_NO_DOOR: tuple[str, str | Promise] = ("none", _("L’enregistrer sans numéro de porte"))
_ENDS: tuple[str, str | Promise] = ("ends", _("Les seuls numéros écrits"))

QUESTIONS: dict[str, list[tuple[str, str | Promise]]] = {
    "residence_renamed": [
        ("keep", _("Garder le nom enregistré")),
        ("rename", _("Prendre le nom du fichier")),
    ],
    "too_many_doors": [_ENDS, _NO_DOOR],
    "both_sides": [("all", _("Tous les numéros, des deux côtés de la rue")), _ENDS, _NO_DOOR],
    "backwards": [_ENDS, _NO_DOOR],
    "number_or_name": [("number", _("C’est le numéro de la rue")), _NO_DOOR],
    "other_identifier": [
        ("keep", _("C’est la même adresse : garder l’identifiant enregistré")),
        ("replace", _("C’est la même adresse : prendre l’identifiant du fichier")),
    ],
}


def required(_profile: Profile) -> tuple[str, ...]:
    """Return the one field without which there is no place, whoever the landlord."""
    return ("address",)


def run(task: Run) -> None:
    """Settle every row of the file, put it in the report, and save the places unless it is a preview."""
    read = read_entries(task)
    task.tell(_READING)
    places = settle([entry for entry in read if isinstance(entry, Entry)], task.profile, task.ask)
    task.tell(_SETTLING)
    if task.writes:
        save([place for place in places if not place.asked])
    verdicts = {line: verdict for place in places for line, verdict in _verdicts(place).items()}
    for entry in read:
        outcome, reason = verdicts.get(entry.line) or _left(entry)
        remarks = "" if outcome in {Outcome.REJECTED, Outcome.ASKED} else " ".join(entry.remarks)
        task.report.add(entry.line, outcome, reason, remarks=remarks, subject=entry.subject)


def _verdicts(place: StockPlace) -> dict[int, tuple[Outcome, str]]:
    first, *others = place.entries
    if place.asked:
        return {entry.line: (Outcome.ASKED, place.reason) for entry in place.entries}
    outcome = Outcome.UNCHANGED if place.reason == "already_there" else Outcome.IMPORTED
    verdicts = {first.line: (outcome, place.reason)}
    seen = {first.cells}
    for entry in others:
        reason = "duplicate_row" if entry.cells in seen else "same_address"
        seen.add(entry.cells)
        settled = outcome == Outcome.UNCHANGED
        verdicts[entry.line] = (outcome, place.reason) if settled else (Outcome.MERGED, reason)
    return verdicts


def _left(entry: Entry | Rejected) -> tuple[Outcome, str]:
    """Return the outcome of a row that has no place."""
    if isinstance(entry, Rejected):
        return Outcome.REJECTED, entry.reason
    # Else only a reference in another commune remains.
    return (Outcome.ASKED, entry.asked) if entry.asked else (Outcome.REJECTED, "other_commune")
