"""Define the kinds of organisation, the roles in them, and the actions of the journal."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    """The kind of an organisation, which decides which roles it can give."""

    LANDLORD = "landlord", _("Bailleur social")
    MUNICIPALITY = "municipality", _("Commune")
    INTERCOMMUNAL = "intercommunal", _("Intercommunalité")
    FEDERATION = "federation", _("Fédération de bailleurs")
    POLICE = "police", _("Police nationale")
    GENDARMERIE = "gendarmerie", _("Gendarmerie nationale")
    MUNICIPAL_POLICE = "municipal_police", _("Police municipale")
    JUSTICE = "justice", _("Parquet")
    STATE = "state", _("Préfecture")
    OPERATOR = "operator", _("Exploitant de Palier")


class Role(models.TextChoices):
    """The role of a person in an organisation."""

    AGENT = "agent", _("Agent de proximité")
    LEAD = "lead", _("Référent sûreté")
    COORDINATOR = "coordinator", _("Coordonnateur")
    PARTNER = "partner", _("Partenaire")
    ADMIN = "admin", _("Administrateur")
    DPO = "dpo", _("Délégué à la protection des données")


class AuditAction(models.TextChoices):
    """The action that an entry of the journal records."""

    LOGIN = "login", _("connexion")
    READ = "read", _("consultation")
    CREATE = "create", _("création")
    UPDATE = "update", _("modification")
    CANCEL = "cancel", _("annulation")
    EXPORT = "export", _("export")
    DOWNLOAD = "download", _("téléchargement")
    IMPORT = "import", _("import")
    PUBLISH = "publish", _("publication")


_PARTNER_ROLES = frozenset({Role.PARTNER, Role.DPO})
_TERRITORY_ROLES = frozenset({Role.COORDINATOR, Role.DPO})
# The roles each kind of organisation gives.
ROLES_OF = {
    OrganisationKind.LANDLORD: frozenset({Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.DPO}),
    OrganisationKind.MUNICIPALITY: _TERRITORY_ROLES,
    OrganisationKind.INTERCOMMUNAL: _TERRITORY_ROLES,
    OrganisationKind.FEDERATION: _TERRITORY_ROLES,
    OrganisationKind.POLICE: _PARTNER_ROLES,
    OrganisationKind.GENDARMERIE: _PARTNER_ROLES,
    OrganisationKind.MUNICIPAL_POLICE: _PARTNER_ROLES,
    OrganisationKind.JUSTICE: _PARTNER_ROLES,
    OrganisationKind.STATE: _PARTNER_ROLES,
    OrganisationKind.OPERATOR: frozenset({Role.ADMIN, Role.DPO}),
}
