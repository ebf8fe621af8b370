"""Define the reasons for the outcome of a row of a file of facts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sites.imports.communes import CommuneReasons


class FactReason(TextChoices):
    """The reasons for an outcome, and remarks; the SQL beside this file writes the same codes."""

    BY_REFERENCE = "by_reference", _("placé par la référence de la résidence")
    BY_ADDRESS = "by_address", _("placé par l’adresse")
    BY_DISTANCE = "by_distance", _("placé à l’adresse la plus proche")
    ALREADY_RECORDED = "already_recorded", _("déjà enregistré à l’identique")
    CORRECTED_SINCE = "corrected_since", _("déjà enregistré, et corrigé depuis : la correction est gardée")
    CANCELLED_SINCE = "cancelled_since", _("déjà enregistré, et annulé depuis : il le reste")
    FACT_DIFFERS = "fact_differs", _("déjà enregistré sous cet identifiant, avec un autre contenu")
    UPDATED = "updated", _("fait mis à jour d’après le fichier")
    KEPT = "kept", _("autre contenu que le fait enregistré, qui est gardé")
    ID_TWICE = "id_twice", _("même identifiant que d’autres lignes, avec un autre contenu")
    DAY_ORDER = "day_order", _("dates dont le mois semble venir avant le jour")
    SPEAKS_OF_PEOPLE = (
        "speaks_of_people",
        _("un texte semble désigner ou décrire une personne : rien n’en est repris"),
    )
    DUPLICATE_IN_FILE = "duplicate_in_file", _("identifiant déjà vu dans ce fichier")
    TYPE_LEFT_OUT = "type_left_out", _("n’est pas un fait de tranquillité")
    NO_TYPE = "no_type", _("nature absente")
    UNKNOWN_TYPE = "unknown_type", _("nature inconnue")
    BAD_DATE = "bad_date", _("date absente ou illisible : écrivez 18/11/2026 ou 2026-11-18")
    FUTURE_DATE = "future_date", _("date à venir")
    TOO_OLD = "too_old", _("année fausse : aucun fait n’est gardé d’avant 2000")
    BAD_SPAN = "bad_span", _("la fin de la période doit suivre son début")
    BAD_TIME = "bad_time", _("heure illisible : écrivez 21:30 ou 21 h 30")
    BAD_COST = "bad_cost", _("coût illisible : écrivez 1200,50, sans point pour les milliers")
    BAD_COMPLAINT_NUMBER = (
        "bad_complaint_number",
        _("ce n’est pas un numéro de plainte : chiffres, et sigles de quatre lettres au plus"),
    )
    NUMBER_WITHOUT_COMPLAINT = (
        "number_without_complaint",
        _("un numéro de plainte suppose une plainte déposée : dites « oui », ou ôtez le numéro"),
    )
    UNKNOWN_REFERENCE = "unknown_reference", _("référence de résidence inconnue")
    NO_PLACE = "no_place", _("adresse absente, ou inconnue de votre patrimoine ; pas de point non plus")
    CLOSED_PLACE = (
        "closed_place",
        _("lieu fermé dans Palier : rien ne s’y enregistre plus. Rouvrez-le s’il existe encore"),
    )
    NO_COMMUNE = CommuneReasons.NOT_FOUND
    COMMUNES_DISAGREE = CommuneReasons.DISAGREE
    NOTHING_NEAR = "nothing_near", _("aucune adresse connue dans le rayon")
    SEVERAL_PLACES = (
        "several_places",
        _("plusieurs résidences à ce numéro : précisez la référence ou le bâtiment"),
    )
    UNKNOWN_UNIT = "unknown_unit", _("bâtiment ou entrée inconnus à ce numéro")
    UNCLEAR_NUMBER = (
        "unclear_number",
        _("plusieurs numéros ou bâtiments, ou un numéro qui peut être celui d’un nom ou d’un voisin"),
    )
    NEAR_ONLY = "near_only", _("seul son point est près d’une de vos adresses")
    ALIKE_ONLY = "alike_only", _("son adresse ressemble à une des vôtres")
    ALREADY_WAITING = "already_waiting", _("déjà parmi les faits à placer")
    DISCARDED_SINCE = "discarded_since", _("écarté depuis des faits à placer : il le reste")
    WHOLE_RESIDENCE = (
        "whole_residence",
        _("numéro sans son bâtiment ou son entrée : enregistré sur toute la résidence"),
    )
    COMMUNE_MERGED = CommuneReasons.MERGED
    COMMUNE_CODE_UNKNOWN = CommuneReasons.CODE_UNKNOWN
    COMMUNE_BY_POSTCODE = CommuneReasons.BY_POSTCODE
    COMMUNE_BY_NAME = CommuneReasons.BY_NAME
    WRONG_COLUMNS = "wrong_columns", _("nombre de colonnes différent de l’en-tête")
    POINT_SWAPPED = "point_swapped", _("coordonnées inversées, remises à l’endroit")
    POINTS_DISAGREE = "points_disagree", _("WGS84 et Lambert-93 à plus de 100 m : WGS84 retenu")
    POINT_OUT_OF_AREA = "point_out_of_area", _("point hors du territoire, laissé de côté")
    BAD_IDENTIFIER = "bad_identifier", _("identifiant RNB ou clé BAN illisibles, laissés de côté")
    UNKNOWN_ADDRESS = "unknown_address", _("adresse non reconnue : enregistré sur toute la résidence")
    BAD_COMPLAINT = "bad_complaint", _("« plainte déposée » ni oui ni non : tenue pour non")
    BAD_WORD = "bad_word", _("lieu ou origine inconnus, laissés de côté")
