"""Import a landlord's stock: every row of the file becomes, or joins, an address."""

from functools import partial

from django.db import connection
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.plans import joining_sets
from sites.changes import places_changed
from sites.enums import Outcome

from .communes import CommuneReasons
from .mapping.fields import POINT
from .profiles import Profile
from .questions import Ask
from .run import Run
from .stock_describing import Describing
from .stock_known import Known
from .stock_places import Settling, StockPlace
from .stock_rows import Entry
from .stock_saving import save
from .stock_staging import Staging, Verdict

_READ, _SETTLED, _EVALUATED = 0.4, 0.75, 0.95


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
    LANDLORD_CLOSE = "landlord_close", _("nom de bailleur à une lettre du vôtre")
    NO_ADDRESS = "no_address", _("sans adresse")
    NO_COMMUNE = CommuneReasons.NOT_FOUND
    COMMUNES_DISAGREE = CommuneReasons.DISAGREE
    NO_POINT = "no_point", _("sans point")
    OTHER_COMMUNE = "other_commune", _("référence d’une résidence située dans une autre commune")
    CLOSED_PLACE = (
        "closed_place",
        _("adresse ou résidence fermée dans Palier, qui le reste. Rouvrez-la si elle existe encore"),
    )
    SEVERAL_RESIDENCES = (
        "several_residences",
        _("adresse ou référence de plusieurs résidences : dites de laquelle par sa propre référence"),
    )
    ADDRESS_ELSEWHERE = "address_elsewhere", _("adresse connue sous une autre référence")
    REFERENCES_AT_ONE_ADDRESS = (
        "references_at_one_address",
        _("plusieurs références à la même adresse dans ce fichier"),
    )
    ADDRESS_KEPT = "address_kept", _("adresse laissée à la résidence qui l’a")
    ADDRESS_MOVED = "address_moved", _("adresse passée à cette résidence")
    OTHER_REFERENCE = (
        "other_reference",
        _("référence gardée comme autre référence de la résidence à cette adresse"),
    )
    OTHER_NAME = (
        "other_name",
        _("autre nom dans le fichier, sous une autre référence : la résidence garde le sien"),
    )
    DWELLINGS_DIFFER = "dwellings_differ", _("autre nombre de logements que celui enregistré")
    DWELLINGS_OF_ROWS = "dwellings_of_rows", _("nombres de logements différents pour la même adresse")
    DWELLINGS_REPEATED = "dwellings_repeated", _("lignes d’un logement répétées à l’identique")
    DWELLINGS_ADDED = "dwellings_added", _("logements des lignes de l’adresse additionnés")
    DWELLINGS_HIGHEST = (
        "dwellings_highest",
        _("le plus grand nombre de logements des lignes de l’adresse retenu"),
    )
    LANDLORD_SPELLING = "landlord_spelling", _("autre graphie d’un bailleur connu")
    COMMUNE_MERGED = CommuneReasons.MERGED
    COMMUNE_CODE_UNKNOWN = CommuneReasons.CODE_UNKNOWN
    COMMUNE_BY_POSTCODE = CommuneReasons.BY_POSTCODE
    COMMUNE_BY_NAME = CommuneReasons.BY_NAME
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
    SEVERAL_DOORS = (
        "several_doors",
        _("plusieurs numéros, sans dire s’ils sont un choix, une plage ou une liste"),
    )
    BESIDE_A_DOOR = "beside_a_door", _("lieu dit par rapport à un numéro : « en face du 12 »")
    SEVERAL_UNITS = (
        "several_units",
        _("plage ou choix de bâtiments, d’escaliers ou d’entrées : « Bât. A à C »"),
    )
    OTHER_IDENTIFIER = "other_identifier", _("adresse connue sous un autre identifiant national")
    BAD_IDENTIFIER = "bad_identifier", _("identifiant RNB ou clé BAN illisibles, laissés de côté")
    LABEL_CUT = "label_cut", _("adresse trop longue, coupée")
    NAME_CUT = "name_cut", _("nom de résidence trop long, coupé")


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
    "landlord_close": [
        ("own", _("C’est votre organisme, mal écrit")),
        ("other", _("C’est un autre bailleur : écarter ces lignes")),
    ],
    "residence_renamed": [
        ("keep", _("Garder le nom enregistré")),
        ("rename", _("Prendre le nom du fichier")),
    ],
    "address_elsewhere": [
        ("keep", _("L’adresse reste à la résidence qui l’a")),
        ("move", _("L’adresse passe, avec ses faits, à la résidence du fichier")),
        ("both", _("Les deux résidences ont cette adresse")),
        ("alias", _("C’est une autre référence de la même résidence")),
    ],
    "references_at_one_address": [
        ("both", _("Ce sont deux résidences à la même adresse")),
        ("alias", _("C’est une autre référence de la même résidence")),
    ],
    "other_commune": [
        ("leave", _("Écarter ces lignes")),
        ("separate", _("En faire une résidence à part dans l’autre commune")),
    ],
    "dwellings_differ": [
        ("keep", _("Garder le nombre enregistré")),
        ("take", _("Prendre le nombre du fichier")),
    ],
    "dwellings_of_rows": [
        ("sum", _("Les additionner")),
        ("highest", _("Retenir le plus grand")),
    ],
    "dwellings_repeated": [
        ("count", _("Chaque ligne est un logement")),
        ("once", _("C’est la même ligne, répétée par erreur")),
    ],
    "too_many_doors": [_ENDS, _NO_DOOR],
    "both_sides": [("all", _("Tous les numéros, des deux côtés de la rue")), _ENDS, _NO_DOOR],
    "backwards": [_ENDS, _NO_DOOR],
    "several_doors": [_ENDS, _NO_DOOR],
    "beside_a_door": [("number", _("L’adresse est à ce numéro")), _NO_DOOR],
    "several_units": [
        ("none", _("En faire une seule adresse, nommée comme dans le fichier")),
        ("leave", _("Écarter ces lignes, pour en écrire une par bâtiment ou par entrée")),
    ],
    "number_or_name": [
        ("number", _("C’est le numéro de la rue")),
        ("name", _("C’est celui du nom qui le précède")),
    ],
    "other_identifier": [
        ("keep", _("C’est la même adresse : garder l’identifiant enregistré")),
        ("replace", _("C’est la même adresse : prendre l’identifiant du fichier")),
    ],
}


def required(_profile: Profile) -> tuple[str, ...]:
    """Return the one field without which there is no place, whoever the landlord."""
    return ("address",)


def run(task: Run) -> None:
    """Settle every row of the file, put it in the report, and save the places unless it is a preview.

    The rows wait in temporary tables, and are settled some thousands at once: what is held in memory does not
    grow with the file. Levels are evaluated in the same transaction, once for all residences concerned.
    """
    residences: set[int] = set()
    with connection.cursor() as cursor:
        staging = Staging(task, cursor)
        task.tell(_READ)
        with joining_sets():
            for rejected in staging.rejected():
                staging.settle(rejected)
        done = 0
        for entries in staging.entries():
            places, written = _settle(task, staging, entries)
            residences |= written
            staging.settle(_verdicts(entries, places))
            done += len(entries)
            task.tell(_READ + (_SETTLED - _READ) * min(1, done / max(1, staging.located)))
        if residences:
            places_changed(sorted(residences))
        task.tell(_EVALUATED)
        staging.report()


def _settle(task: Run, staging: Staging, entries: list[Entry]) -> tuple[list[StockPlace], set[int]]:
    """Return the places of some rows, and the ids of the residences whose places were written."""
    options = task.profile.options
    by_reference = options.get("identity") == "reference"
    ask = partial(_ask, task.ask, options.get("answers", {}))
    known = Known(entries, by_reference=by_reference)
    settling = Settling(known, ask, by_reference=by_reference, first_communes=staging.first_communes)
    places = settling.settle(entries)
    describing = Describing(
        known, ask, dwellings=options.get("dwellings", ""), one_each=staging.one_row_per_dwelling
    )
    describing.describe(places)
    if not task.writes:
        return places, set()
    agreed = [place for place in places if not place.asked]
    return places, save(agreed, describing.changed.values(), known.added)


def _ask(
    ask: Ask, answers: dict[str, str], kind: str, *, line: int, subject: str, file: str, known: str
) -> str:
    """Return the answer that the format itself gives to a kind of question, else that of the person."""
    return answers.get(kind) or ask(kind, line=line, subject=subject, file=file, known=known)


def _verdicts(entries: list[Entry], places: list[StockPlace]) -> list[Verdict]:
    verdicts = [verdict for place in places for verdict in _of_place(place)]
    return verdicts + [_alone(entry) for entry in entries if entry.settled]


def _of_place(place: StockPlace) -> list[Verdict]:
    if place.asked:
        return [Verdict(entry.line, Outcome.ASKED, place.reason) for entry in place.entries]
    verdicts = []
    seen: set[bytes] = set()
    for entry in place.entries:
        if entry.other_reference:
            outcome, reason = Outcome.MERGED, "other_reference"
        elif place.reason == "already_there":
            outcome, reason = Outcome.UNCHANGED, place.reason
        elif not seen:
            outcome, reason = Outcome.IMPORTED, place.reason
        else:
            outcome, reason = Outcome.MERGED, "duplicate_row" if entry.digest in seen else "same_address"
        seen.add(entry.digest)
        verdicts.append(Verdict(entry.line, outcome, reason, " ".join(entry.remarks), entry.other_name))
    return verdicts


def _alone(entry: Entry) -> Verdict:
    """Return the outcome of a row that has no place."""
    if entry.asked:
        return Verdict(entry.line, Outcome.ASKED, entry.asked)
    if entry.refused:
        return Verdict(entry.line, Outcome.REJECTED, entry.refused)
    return Verdict(entry.line, Outcome.UNCHANGED, entry.kept, " ".join(entry.remarks))
