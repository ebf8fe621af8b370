"""Define the accounts of the demonstration, which its login page lists; none of them is secret."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role

DEMO_PASSWORD = "demonstration-palier"  # noqa: S105 - shown to everybody


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """A fictional person whose account anyone may log in to."""

    role: Role
    email: str
    full_name: str
    organisation: str
    icon: str
    comes_for: Promise
    password: str = DEMO_PASSWORD


DEMO_ACCOUNTS = (
    DemoAccount(
        Role.AGENT, "agent@demonstration.invalid", "Lilas Fictive", "Brumeval Habitat", "device-mobile",
        _("Enregistrer un fait en trois gestes, sur un téléphone"),
    ),
    DemoAccount(
        Role.LEAD, "referent@demonstration.invalid", "Octave Imaginaire", "Brumeval Habitat", "building-community",
        _("Voir ce qui attend, comprendre un niveau, importer, corriger"),
    ),
    DemoAccount(
        Role.COORDINATOR, "coordination@demonstration.invalid", "Sidonie Invention", "Brumeval Agglomération",
        "map-2", _("Lire le territoire, publier à la cellule, établir la note"),
    ),
    DemoAccount(
        Role.PARTNER, "partenaire@demonstration.invalid", "Côme Légende", "Commissariat de Brumeval",
        "shield-lock", _("Consulter la carte partagée et son exemplaire de la note"),
    ),
    DemoAccount(
        Role.ADMIN, "admin@demonstration.invalid", "Irène Fabula", "Exploitant de la démonstration", "users",
        _("Inviter, organiser, sans voir ni fait ni niveau"),
    ),
    DemoAccount(
        Role.DPO, "dpo@demonstration.invalid", "Basile Conte", "Brumeval Habitat", "history",
        _("Savoir qui a vu quoi, sans voir le contenu"),
    ),
)  # fmt: skip

# Enters with a second factor, to be enrolled first: the others are spared by a setting of the demonstration.
ENROLLING = DemoAccount(
    Role.LEAD, "securite@demonstration.invalid", "Aubin Conjecture", "Brumeval Habitat", "fingerprint",
    _("Voir comment se pose le second facteur, que les comptes ci-dessus ne demandent pas"),
)  # fmt: skip
# A member of the circle by neighbourhood alone: the partner above is one of the circle by address.
DELEGATE = DemoAccount(
    Role.PARTNER, "delegue@demonstration.invalid", "Ambre Hypothèse", "Préfecture de Brumeval", "map-pin",
    _("Voir ce que reçoit une cellule au quartier : ni résidence, ni petit nombre"),
)  # fmt: skip
LISTED = (*DEMO_ACCOUNTS, DELEGATE, ENROLLING)
