"""Name the streets without a residence after things of the sea, the moor and the town; never after people."""

import random

_THINGS = (
    "des Ancres", "de l’Artimon", "des Balises", "du Bastingage", "de la Bôme", "des Bouées", "de la Boussole",
    "du Brigantin", "des Cabans", "de la Cale", "des Calfats", "du Caboteur", "de la Carène", "des Chaloupes",
    "du Compas", "de la Corne de Brume", "des Coraux", "de la Coursive", "du Crachin", "des Cormes", "de la Dérive",
    "des Drisses", "de l’Écoute", "de l’Écume", "des Écoutilles", "de l’Embellie", "des Embarcadères", "de l’Étai",
    "de l’Étrave", "des Filins", "du Flot", "de la Foëne", "du Gabier", "des Gaillards", "de la Galerne",
    "du Gouvernail", "des Goémons", "du Grain", "de la Grève", "du Grand Large", "des Gréements", "de la Hune",
    "des Huniers", "de l’Îlot", "du Jusant", "des Laminaires", "du Ligneur", "de la Longue-Vue", "des Mâts",
    "des Marées", "de la Marjolaine", "des Matelots", "du Mouillage", "des Mouettes", "du Nordet", "des Oyats",
    "de l’Ouest", "des Palans", "du Passeur", "de la Passerelle", "des Pavois", "de la Pêcherie", "des Phares",
    "des Pilotes", "de la Pinasse", "du Ponton", "de la Poulie", "de la Proue", "des Quilles", "du Radoub",
    "de la Rafale", "des Rames", "du Ressac", "des Roseaux", "du Rouf", "des Sabords", "du Safran", "des Salants",
    "de la Sardane", "du Sextant", "des Sirènes", "du Suroît", "du Tangon", "des Thoniers", "du Tillac", "de la Vague",
    "du Vent Debout", "de la Vergue", "des Vareuses", "de la Voilerie", "des Bruants", "de la Callune",
    "des Campanules", "de la Clairière", "du Clos", "des Coquelicots", "de la Croix de Bois", "de l’Étang",
    "des Faisans", "de la Fontaine", "du Four à Chaux", "des Genêts", "de la Grange", "des Hêtres", "du Lavoir",
    "des Linottes", "de la Mare", "des Mésanges", "des Myrtilles", "du Noroît", "des Ormeaux", "des Peupliers",
    "du Pré Long", "des Prunelliers", "des Ronces", "du Sentier", "des Tilleuls", "de la Tourbière", "du Tertre",
    "des Trois Chemins", "des Vanneaux", "du Verger", "du Vieux Puits", "des Violettes", "des Grives",
    "des Abreuvoirs", "de l’Octroi", "des Tanneurs", "des Tisserands", "de la Poterne", "des Remparts", "du Puits",
    "de la Halle", "des Forgerons", "du Moulin", "de la Corderie", "des Charrons", "du Marché", "de l’Horloge",
)  # fmt: skip
_SORTS = ("rue", "allée", "chemin", "passage", "sente", "venelle")


def street_names(rng: random.Random, taken: set[str]) -> list[str]:
    """Return names in the order in which streets take them, the plainest first."""
    names = []
    for sort in _SORTS:
        things = list(_THINGS)
        rng.shuffle(things)
        names += [f"{sort} {thing}" for thing in things]
    return [name for name in names if name not in taken]
