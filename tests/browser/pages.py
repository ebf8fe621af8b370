"""List the pages of each role, for the screenshots and the tests of accessibility."""

from dataclasses import dataclass
from importlib import import_module
from unittest.mock import patch
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import resolve

from accounts.enums import Role


@dataclass(frozen=True, slots=True)
class First:
    """The page behind the first link of ``path`` that matches the selector."""

    path: "Where"
    selector: str


Where = str | First
CIRCLE = First("/cellules/", "main a[href^='/cellules/']:not([href$='nouvelle/'])")

OPEN_CAMPAIGN = First("/campagnes/", "main a[href^='/campagnes/']")
CLOSED_CAMPAIGN = First("/campagnes/", "main li:nth-child(2) a[href^='/campagnes/']")
PUBLISH_CAMPAIGN = First(CLOSED_CAMPAIGN, "main a[href$='/publier/']")

RESIDENCE = First("/residences/?level=4", "main td a[href^='/residences/']")
PUBLICATION = First("/publications/", "main a[href^='/publications/']")


def view_of(address: str) -> str:
    """Return the name of the view that answers an address of the server, whatever number its own key wrote in it."""
    # What reads numbers by itself is imported before: it would keep the reading of the test.
    import_module(settings.ROOT_URLCONF)
    with patch("core.opaque.read", return_value=0):
        return resolve(urlsplit(address).path).view_name


PUBLIC: dict[str, Where] = {"login": "/connexion/"}

PAGES: dict[Role, dict[str, Where]] = {
    Role.AGENT: {
        "record": "/faits/nouveau/",
        "my-facts": "/mes-faits/",
        "facts": "/faits/",
        "fact": First("/faits/", "main td a[href^='/faits/']"),
        "observations": "/constats/",
        "observation": First("/constats/", "main td a[href^='/constats/']"),
        "new-observation": "/constats/nouveau/",
        "disruptions": "/perturbations/",
        "disruption": First("/perturbations/", "main td a[href^='/perturbations/']"),
        "new-disruption": "/perturbations/nouvelle/",
        "residences": "/residences/",
        "map": "/carte/",
    },
    Role.LEAD: {
        "home": "/",
        "residences": "/residences/",
        "residence": RESIDENCE,
        "decisions": "/residences/niveaux/",
        "decide": First("/residences/niveaux/", "main a[data-retains]"),
        "decided": "/residences/niveaux/?etat=retenus",
        "campaigns": "/campagnes/",
        "campaign": CLOSED_CAMPAIGN,
        "campaign-queue": First(OPEN_CAMPAIGN, "main a[href$='/niveaux/']"),
        "history": "/residences/evolution/",
        "watch": "/a-surveiller/",
        "rest": First("/a-surveiller/", "main a[data-rest]"),
        "take-decision-back": First(
            First("/residences/niveaux/?etat=retenus", "main a[data-retains]"), "main a[href$='/retirer/']"
        ),
        "map": "/carte/",
        "facts": "/faits/",
        "indicators": "/indicateurs/",
        "method": "/methode/",
        "grid-versions": "/methode/grilles/",
        "grid-version": First("/methode/grilles/", "main a[href^='/methode/grilles/']"),
        "simulator": "/methode/simulateur/",
        "simulated": "/methode/simulateur/?c12=2&o3=6",
        "simulated-refused": "/methode/simulateur/?c23=1",
        "imports": "/imports/",
        "new-import": "/imports/nouveau/",
        "import-mappings": "/imports/correspondances/",
        "to-place": "/adresses/a-placer/",
        "publications": "/publications/",
        "notes": "/notes/",
        "people": "/comptes/",
        "invite": "/comptes/inviter/",
        "tokens": "/comptes/jetons/",
        "agreements": "/conventions/",
        "agreement": First("/conventions/", "main a.agreement-link"),
        "offers": "/comptes/propositions/",
        "journal": "/journal/",
        "search": "/recherche/?q=rue",
        "password": "/mot-de-passe/changer/",
        "security": "/compte/securite/",
        "new-factor": "/compte/second-facteur/",
        "new-application": "/compte/second-facteur/application/",
        "new-passkey": "/compte/second-facteur/cle/",
    },
    Role.COORDINATOR: {
        "home": "/",
        "map": "/carte/",
        "residences": "/residences/",
        "residence": RESIDENCE,
        "facts": "/faits/",
        "indicators": "/indicateurs/",
        "campaigns": "/campagnes/",
        "open-campaign": OPEN_CAMPAIGN,
        "closed-campaign": CLOSED_CAMPAIGN,
        "publish-campaign": PUBLISH_CAMPAIGN,
        "publish-campaign-to": First(PUBLISH_CAMPAIGN, "main a[href*='/publier/']"),
        "comparison": First(CLOSED_CAMPAIGN, "main a[href$='/comparaison/']"),
        "workshop": First(OPEN_CAMPAIGN, "main a[href$='/atelier/']"),
        "plenary": First(CLOSED_CAMPAIGN, "main a[href$='/seance/']"),
        "releases": "/seances/",
        "history": First("/", "main a[href$='/evolution/']"),
        "watch": "/a-surveiller/",
        "method": "/methode/",
        "circles": "/cellules/",
        "circle": CIRCLE,
        "new-mandate": First(CIRCLE, "a[href$='/habilitations/nouvelle/']"),
        "charter": First(CIRCLE, "a[href$='/charte/']"),
        "new-charter": First(First(CIRCLE, "a[href$='/charte/']"), "main a[href$='/charte/nouvelle/']"),
        "publish": First(CIRCLE, "a[href$='/publier/']"),
        "new-circle": "/cellules/nouvelle/",
        "publication": PUBLICATION,
        "notes": "/notes/",
        "new-note": "/notes/nouvelle/",
        "note": First("/notes/", "main td a[href^='/notes/']:not([href$='.pdf'])"),
    },
    Role.PARTNER: {
        "home": "/",
        "publications": "/publications/",
        "publication": PUBLICATION,
        "site": First(PUBLICATION, "main td a[href*='/sites/']"),
        "notes": "/notes/",
    },
    Role.ADMIN: {
        "people": "/comptes/",
        "invite": "/comptes/inviter/",
        "person": First("/comptes/", "main td a[href^='/comptes/']"),
        "organisations": "/organismes/",
        "new-organisation": "/organismes/nouveau/",
        "territories": "/territoires/",
        "new-territory": "/territoires/nouveau/",
        "agreements": "/conventions/",
        "new-agreement": "/conventions/nouvelle/",
        "installation": "/installation/",
        "components": "/composants/",
    },
    Role.DPO: {"journal": "/journal/", "retention": "/conservation/"},
}
