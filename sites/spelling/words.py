"""Hold the words of French addresses: kinds of street, titles, buildings, and what is no place."""

_TYPES = {
    "ALLEE": "ALL ALLEES", "AVENUE": "AV AVE AVEN", "BOUCLE": "", "BOULEVARD": "BD BLD BVD BOUL BLVD",
    "CARREFOUR": "CAR", "CHAUSSEE": "CHS", "CHEMIN": "CHE CHEM CH", "CITE": "", "CLOS": "", "CORNICHE": "",
    "COUR": "", "COURS": "CRS", "DIGUE": "", "DOMAINE": "DOM", "ESPLANADE": "ESP", "FAUBOURG": "FBG FG",
    "GALERIE": "", "HAMEAU": "HAM", "IMPASSE": "IMP", "LOTISSEMENT": "", "MAIL": "", "MONTEE": "MTE",
    "PARC": "", "PARVIS": "", "PASSAGE": "PAS PASS", "PLACE": "PL", "PLACETTE": "", "PORTE": "PTE",
    "PROMENADE": "PROM", "QUAI": "QU", "QUARTIER": "QUA", "RAMPE": "", "RESIDENCE": "RES RESID",
    "ROCADE": "", "ROUTE": "RTE", "RUE": "R", "RUELLE": "RLE", "SENTE": "", "SENTIER": "SEN", "SQUARE": "SQ",
    "TERRASSE": "", "TRAVERSE": "TRA", "VENELLE": "", "VILLA": "VLA", "VOIE": "",
}  # fmt: skip
_TITLES = {
    "SAINT": "ST", "SAINTE": "STE", "GENERAL": "GAL GEN", "MARECHAL": "MAL", "DOCTEUR": "DR",
    "PROFESSEUR": "PR PROF", "PRESIDENT": "PDT PRES", "COLONEL": "COL", "CAPITAINE": "CNE",
    "COMMANDANT": "CDT", "LIEUTENANT": "LT",
}  # fmt: skip


def _by_spelling(table: dict[str, str]) -> dict[str, str]:
    return {spelling: full for full, others in table.items() for spelling in (full, *others.split())}


# Each spelling → the word in full.
TYPES = {**_by_spelling(_TYPES), "RPT": "ROND POINT"}
TITLES = _by_spelling(_TITLES)
# Kinds of street that are shortened inside names too ("avenue de la Pte de Vanves").
INNER_TYPES = {
    word: TYPES[word] for word in ("AV", "AVE", "BD", "BLD", "CHE", "FBG", "FG", "PL", "PTE", "RPT", "SQ")
}
# After a number and a single R ("12 R RUE …"), the kinds of street by which the R is the number's letter.
CLEAR_TYPES = {
    "RUE",
    "R",
    "AVENUE",
    "AV",
    "BOULEVARD",
    "BD",
    "ROUTE",
    "RTE",
    "QUAI",
    "IMPASSE",
    "ALLEE",
    "SQUARE",
}
# Names of estates, after which a number is part of the name ("Résidence Horizon 2").
ESTATES = {"RESIDENCE", "DOMAINE", "PARC", "QUARTIER", "CLOS"}
# Kinds of street that estates are named as: a number after the name is a door only behind a comma or "n°".
NAMED_AS_ESTATES = {"CITE", "HAMEAU", "LOTISSEMENT", "VILLA"}
# Adjectives before a kind of street ("Grande Rue") or a tower ("rue de la Vieille Tour").
ADJECTIVES = {
    "GRAND", "GRANDE", "GD", "GDE", "PETIT", "PETITE", "VIEUX", "VIEILLE", "ANCIEN", "ANCIENNE", "HAUT",
    "HAUTE", "BAS", "BASSE", "NOUVEAU", "NOUVELLE", "BELLE", "GROSSE", "NEUVE", "DEUX", "TROIS", "QUATRE",
}  # fmt: skip
ARTICLES = {"DE", "DU", "DES", "LA", "LE", "LES", "L", "D", "ET"}
ORDINALS = {"BIS", "TER", "QUATER", "QUINQUIES", "SEXIES"}
MONTHS = {
    "JANVIER", "FEVRIER", "MARS", "AVRIL", "MAI", "JUIN", "JUILLET", "AOUT", "SEPTEMBRE", "OCTOBRE",
    "NOVEMBRE", "DECEMBRE",
}  # fmt: skip
# Roads that are known by a number ("route départementale 10").
ROADS = {"DEPARTEMENTALE", "NATIONALE", "RURAL", "VICINAL", "COMMUNALE", "N", "D", "RD", "RN", "CR", "VC"}
# Words before a number that is still the street's ("au 12 rue …", "n° 12, rue …").
BEFORE_NUMBERS = {
    "AU",
    "AUX",
    "DU",
    "DES",
    "ET",
    "N",
    "NO",
    "NOS",
    "NUM",
    "NUMERO",
    "NUMEROS",
    "ANGLE",
    "OU",
    "SIS",
    "SISE",
    "SITUE",
    "SITUEE",
    "ADRESSE",
    "LE",
    "LES",
}
NUMBER_SIGNS = {"N", "NO", "NUM", "NUMERO", "NR"}

_BUILDINGS = {
    "BAT": "BATIMENT BATIMENTS BATS BATIM BT",
    "TOUR": "TOURS",
    "IMM": "IMMEUBLE IMMEUBLES",
    "BLOC": "BLOCS",
}
_ENTRANCES = {
    "ENT": "ENTREE ENTREES", "ESC": "ESCALIER ESCALIERS ESCA", "HALL": "HALLS", "CAGE": "CAGES",
    "PORTE": "PORTES PTE",
}  # fmt: skip
BUILDINGS = _by_spelling(_BUILDINGS)
ENTRANCES = _by_spelling(_ENTRANCES)
# In the order in which a key names them.
UNIT_ORDER = (*_BUILDINGS, *_ENTRANCES)
# Words of units that occur in names of streets ("rue de la Tour") and, unlike "bâtiment", after an article there.
IN_NAMES = {"TOUR", "ENT", "HALL", "CAGE", "PORTE", "BLOC"}
# What has a number and is neither a street's nor a building.
NO_PLACE = {
    "APPT", "APPARTEMENT", "APPARTEMENTS", "APT", "APP", "LOGEMENT", "LOGT", "LGT", "ETAGE", "ETG", "BOITE",
    "BP", "CS", "TSA", "CEDEX",
}  # fmt: skip
LOTS = {"LOT", "LOTS", "ILOT", "ILOTS", "POLE", "POLES"}
SIDES = {"NORD", "SUD", "EST", "OUEST", "CENTRE", "DROITE", "GAUCHE", "PRINCIPAL", "PRINCIPALE"}
ROMAN = {"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII"}
