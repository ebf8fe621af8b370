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
    "OU",
    "SIS",
    "SISE",
    "SITUE",
    "SITUEE",
    "ADRESSE",
    "LE",
    "LES",
}
# Words that make of the number behind them a place beside it; "côté" with "à" before it, "près" with "du" behind it.
CORNERS = {"ANGLE", "COIN", "CROISEMENT", "INTERSECTION"}
BESIDE_AND_BREAK = {"FACE", "COTE", "DEVANT", "DERRIERE", "VIS", "OPPOSE", "PROXIMITE"}
BESIDE = CORNERS | BESIDE_AND_BREAK - {"COTE"} | {
    "ABORDS", "ALENTOURS", "APRES", "AUTOUR", "AVANT", "CONTRE", "DESSOUS", "DESSUS", "ENTRE", "ENVIRONS", "HAUTEUR",
    "HORS", "JOUXTANT", "LONG", "LONGEANT", "NIVEAU", "SAUF", "VERS",
}  # fmt: skip
# What may stand before such words as part of them.
TOWARDS = {"EN", "A", "AU", "AUX", "LE", "LA", "L", "D", "TOUT", "JUSTE"}
NUMBER_SIGNS = {"N", "NO", "NUM", "NUMERO", "NR"}

_BUILDINGS = {
    "BAT": "BATIMENT BATIMENTS BATS BATIM BT",
    "TOUR": "TOURS",
    "IMM": "IMMEUBLE IMMEUBLES",
    "BLOC": "BLOCS",
    "PLOT": "PLOTS",
}
_ENTRANCES = {
    "ENT": "ENTREE ENTREES", "ESC": "ESCALIER ESCALIERS ESCA", "HALL": "HALLS", "CAGE": "CAGES",
    "PORTE": "PORTES PTE", "AILE": "AILES",
}  # fmt: skip
BUILDINGS = _by_spelling(_BUILDINGS)
ENTRANCES = _by_spelling(_ENTRANCES)
# Kinds of street that are entrances behind a numbered street ("12 rue des Essais, allée B").
ENTRANCES_AFTER = _by_spelling({"ALLEE": "ALL ALLEES", "MONTEE": "MTE MONTEES"})
# In the order in which a key names them.
UNIT_ORDER = (*_BUILDINGS, *_ENTRANCES, *dict.fromkeys(ENTRANCES_AFTER.values()))
# Words of units that occur in names of streets ("rue de la Tour") and, unlike "bâtiment", after an article there.
IN_NAMES = {"TOUR", "ENT", "HALL", "CAGE", "PORTE", "BLOC"}
# What has a number and is neither a street's nor a building.
NO_PLACE = {
    "APPT", "APPARTEMENT", "APPARTEMENTS", "APT", "APP", "LOGEMENT", "LOGT", "LGT", "ETAGE", "ETG", "BOITE",
    "BP", "CS", "TSA", "CEDEX",
}  # fmt: skip
LOTS = {"LOT", "LOTS", "ILOT", "ILOTS", "POLE", "POLES"}
FLOORS = {"RDC", "RDJ"}
# What a number before it counts, and no building has.
COUNTED = {
    "ETAGE",
    "ETAGES",
    "ETG",
    "PIECE",
    "PIECES",
    "LOGEMENT",
    "LOGEMENTS",
    "LOGTS",
    "LGTS",
    "APPARTEMENTS",
}
# Each spelling of a side → the word in keys.
SIDES = _by_spelling({
    "NORD": "", "SUD": "", "EST": "", "OUEST": "", "CENTRE": "", "DROITE": "DROIT", "GAUCHE": "",
    "PRINCIPAL": "", "PRINCIPALE": "",
})  # fmt: skip
ROMAN = {"II", "III", "IV", "VI", "VII", "VIII", "IX", "XI", "XII"}
