"""Find the words that describe a person: age, health, origin, religion, opinion."""

import re
from collections.abc import Iterator

from .kinds import Kind, Passage


def described(text: str) -> Iterator[Passage]:
    """Yield the passages of a text that say something of a person that may not be held."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Passage(match.start(), match.end(), match.group(), kind)


_SOMEBODY = (
    r"(?:individu|homme|femme|jeune|personne|type|garçon|fille|enfant|gamine?|gosse|ado(?:lescente?)?|mineure?|majeure?|dame|monsieur"
    r"|mec|meuf|voisine?|locataire|résidente?|occupante?|couple|famille|gens|groupe|bande|habitante?|auteur|victime|témoin|petite?"
    r"|vieux|vieille|retraitée?|fils|frère|sœur|soeur|mère|père|bébé|étudiante?)s?"
)
_SEVERAL = r"(?:une?|des|les|ces|deux|trois|quatre|cinq|six|sept|huit|dix|plusieurs|quelques|\d{1,2}|cet|cette|ce|aux?|d['’]|avec|par)"
_MONTHS = "janvier|février|fevrier|mars|avril|mai|juin|juillet|août|aout|septembre|octobre|novembre|décembre|decembre"
_DATE = (
    rf"(?:\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{2,4}}|(?:1er|\d{{1,2}})\s+(?:{_MONTHS})\s+\d{{4}}|\d{{4}}|\d{{2}})"
)
_TENS = "dizaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine"
_BIRTH = (
    rf"\bn[ée]e?s?\s+(?:le\s+|en\s+)?{_DATE}\b|\bdate de naissance\b|\bd\.?d\.?n\.?\s*:?\s*{_DATE}"
    r"|\b[âa]g[ée]e?s?\s+(?:de\s+|d['’]environ\s+|environ\s+)?\d{1,3}\b"
    rf"|\b{_SOMEBODY}(?:,|\s+de|\s+d['’]\s?environ|\s+d['’]à peine|\s+de\s+(?:moins|plus)\s+de)*\s+(?:\d{{1,2}}\s+(?:à|et|ou)\s+)?\d{{1,3}}\s?ans\b"
    r"|\b(?:il|elle|ils|elles|qui|auteure?s?|victimes?|suspecte?s?|voisine?|locataire)\s+(?:a|ont|avait|avaient)\s+\d{1,3}\s?ans\b"
    rf"|\b(?:d['’]une\s+(?:{_TENS})\s+d['’]ann[ée]es|la\s+(?:vingtaine|trentaine|quarantaine|cinquantaine|soixantaine))\b"
)
# What a word of health stands beside when it speaks of a thing: "place handicapés", "plantes malades".
_THING = r"(?<!place )(?<!places )(?<!accès )(?<!rampe )(?<!toilettes )(?<!stationnement )(?<!plante )(?<!plantes )(?<!arbre )(?<!arbres )"
_HEALTH = (
    rf"\b{_THING}(?:malades?|handicap(?:[ée]e?s?))\b"
    r"|\b(?:maladies?|schizo\w*|psychiatri\w*|psychotiques?|psychos[eé]s?|bipolaires?|parano(?:s|ïa\w*|ia\w*)?"
    r"|dépressi(?:f|ve|on)s?|depressi(?:f|ve|on)s?|démen(?:t|te|ts|tes|ce)|alzheimer|parkinson|séropositi\w*|sida|vih|hiv|hépatite"
    r"|cancer|cancéreu\w*|diab[éeè]t\w*|[ée]pilep\w*|asthm\w*|alcooliques?|alcoolisme|alcoolo|toxicoman\w*|toxicos?|drogu[ée]e?s"
    r"|(?:un|une|le|la|ce|cette)\s+(?:drogu[ée]e?|fou|folle|débile|sourde?|aveugle)"
    r"|cure de désintoxication|sous traitement|sous (?:tutelle|curatelle|méthadone|methadone|subutex|neuroleptiques?|antidépresseurs?"
    r"|anxiolytiques?|médicaments?)|sevrage|trisomi\w*|autistes?|autisme|suicidaires?|tentative de suicide|hospitalisée?s? d['’]office"
    r"|sourde?s?[- ]muete?t?e?s?|fauteuil roulant|(?:l['’]|de l['’]|d['’])hp|séroposit\w*|tubercul\w*|anorexi\w*|sclérose\w*"
    r"|(?:son|ses|leur|leurs)\s+(?:traitement|médicaments?|medicaments?)|troubles? (?:psy\w*|menta\w*)"
    r"|(?:psychologiquement|mentalement)\s+(?:fragiles?|atteinte?s?|malades?|instables?)|fragiles? psychologiquement"
    r"|déficien(?:t|te|ce)s? (?:mentale?s?|visuelle?s?|intellectuelle?s?))\b"
    rf"|\b{_SOMEBODY}\s+(?:est\s+)?(?:aveugles?|sourde?s?|folle|fous?|enceinte|malvoyante?s?)\b|\b(?:il|elle)\s+est\s+(?:folle|fou|sourde?|aveugle)\b"
    r"|\b(?:est|tombée|étant)\s+enceinte\b|\bgrossesse\b|\bmalade menta\w+"
)
_PEOPLES = (
    r"arabes?|maghr[ée]bin\w*|(?:nord[- ])?africain\w*|alg[ée]rien\w*|marocain\w*|tunisien\w*|s[ée]n[ée]galais\w*|malien\w*|guin[ée]en\w*"
    r"|nig[ée]rian\w*|soudanais\w*|[ée]rythr[ée]en\w*|somalien\w*|mauritanien\w*|[ée]gyptien\w*|ha[ïi]tien\w*|comorien\w*|mahorais\w*"
    r"|congolais\w*|ivoirien\w*|camerounais\w*|antillais\w*|guadeloup[ée]en\w*|martiniquais\w*|r[ée]unionnais\w*|roumain\w*|bulgares?"
    r"|albanais\w*|moldaves?|g[ée]orgien\w*|arm[ée]nien\w*|tch[ée]tch[èeé]nes?|kurdes?|afghan\w*|syrien\w*|irakien\w*|iranien\w*"
    r"|pakistanais\w*|bangladais\w*|sri[- ]lankais\w*|tamouls?|asiatiques?|vietnamien\w*|cambodgien\w*|capverdien\w*"
    r"|europ[ée]en de l['’]est|serbes?|kosovars?|ukrainien\w*|gitane?s?|tziganes?|manouches?|roms?|gens du voyage"
    r"|rebeus?|renois?|noichs?|beurs|beurettes?|nord-af|blacks?"
)
# Peoples whose name is as often a thing's: a car, a garden, a restaurant.
_ALSO_THINGS = (
    r"chinois\w*|turcs?|turque|turques|portugais\w*|polonais\w*|italien\w*|espagnol\w*|allemande?s?|anglais\w*|russes?|indien\w*"
    r"|am[ée]ricain\w*|br[ée]silien\w*|europ[ée]en\w*|juifs?|juives?|catholiques?|protestants?|chr[ée]tien\w*"
)
_ORIGIN = (
    rf"\b(?:{_PEOPLES}|de couleur noire"
    rf"|(?:{_SOMEBODY}|{_SEVERAL})\s+(?:noire?s?|blanc(?:he)?s?|basan[ée]e?s?|m[ée]tiss?e?s?)(?!\s+(?:complet|total|profond|absolu|sur|comme))"
    rf"|(?:{_SOMEBODY}|{_SEVERAL}|il est|elle est|origine|d['’]origine)\s+(?:{_ALSO_THINGS})"
    rf"|{_SOMEBODY}\s+(?:de couleur|voil[ée]e?s?)|en\s+(?:niqab|burqa|djellaba|kippa|voile|hijab|abaya|qamis)"
    r"|origine (?:étrangère|etrangere|ethnique)|étranger en situation irrégulière|sans[- ]papiers|migrants?|r[ée]fugi[ée]e?s"
    r"|demandeurs? d['’]asile|(?:un|une|des|les)\s+clandestin\w*"
    r"|musulman\w*|islamistes?|salafistes?|évangéliques?|témoins? de jéhovah|radicalis[ée]\w*|fich[ée]e?s?\s+s"
    r"|homosexuel\w*|homos?|lesbiennes?|gays?|p[ée]d[ée]s?|transsexuel\w*|transgenres?|syndicalistes?|syndiqu[ée]\w*|communistes?"
    r"|(?:d['’])?extrême[ -](?:droite|gauche))\b"
)
_PATTERNS = [
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in ((Kind.BIRTH, _BIRTH), (Kind.HEALTH, _HEALTH), (Kind.ORIGIN, _ORIGIN))
]
