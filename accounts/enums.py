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
    LOGOUT = "logout", _("déconnexion")
    LOGIN_FAILED = "login_failed", _("connexion refusée")
    REFUSED = "refused", _("accès refusé")
    SEARCH = "search", _("recherche")
    READ = "read", _("consultation")
    CREATE = "create", _("création")
    UPDATE = "update", _("modification")
    CANCEL = "cancel", _("annulation")
    EXPORT = "export", _("export")
    DOWNLOAD = "download", _("téléchargement")
    IMPORT = "import", _("import")
    PUBLISH = "publish", _("publication")
    ERASE = "erase", _("effacement")


class TokenRight(models.TextChoices):
    """What a token lets a program do; a token without any does nothing."""

    WRITE = "write", _("enregistrer des faits")
    READ = "read", _("lire les faits")
    NARRATIVES = "narratives", _("lire leurs précisions")


class MailKind(models.TextChoices):
    """What a mail is for."""

    INVITATION = "invitation", _("Invitation")
    PASSWORD = "password", _("Mot de passe oublié")
    TRIAL = "trial", _("Essai d’envoi")
    CHANGE = "change", _("Changement")
    IMPORT = "import", _("Import en échec")
    OBSERVATION = "observation", _("Constats à confirmer")
    AWAITED = "awaited", _("Réponse attendue")
    FACTOR = "factor", _("Second facteur à effacer")
    ENTRY = "entry", _("Mot de passe ou second facteur changé")
    ENDED = "ended", _("Rôle ou habilitation terminés")


# What awaits a person is told by mails without content, of which they may turn off each. The first kind has a column of
# its own (``told_by_mail``).
TOLD = (MailKind.CHANGE, MailKind.IMPORT, MailKind.OBSERVATION, MailKind.AWAITED)


class Loss(models.TextChoices):
    """Why a person's second factor is to be erased."""

    LOST = "lost", _("perdu")
    STOLEN = "stolen", _("volé")
    BROKEN = "broken", _("cassé ou remplacé")


class ResetState(models.TextChoices):
    """What became of a request to erase a second factor."""

    WAITING = "waiting", _("en attente d’une seconde personne")
    DONE = "done", _("effacé")
    REFUSED = "refused", _("refusé")


class ProposalState(models.TextChoices):
    """What became of a role that was proposed to a person."""

    WAITING = "waiting", _("en attente de réponse")
    ACCEPTED = "accepted", _("acceptée")
    REFUSED = "refused", _("refusée")
    WITHDRAWN = "withdrawn", _("retirée")
    LAPSED = "lapsed", _("sans réponse")


class Confirmation(models.TextChoices):
    """Whether the organisation itself must confirm a role proposed in it by an administrator.

    ``AWAITED`` and ``OFFICER`` say that somebody there could when it was proposed, or had left less than 30 days before:
    who confirms it is worked out each time, and is its data-protection officer where nobody else is left. ``NOBODY`` says that nobody there could: whoever
    leads it later, and its data-protection officer, are told.
    """

    NONE = "none", _("sans objet")
    AWAITED = "awaited", _("attendue")
    OFFICER = "officer", _("attendue du délégué à la protection des données")
    GIVEN = "given", _("donnée")
    NOBODY = "nobody", _("personne ne pouvait la donner")


class MailState(models.TextChoices):
    """What became of a mail; it is delivered once the relay has taken it."""

    WAITING = "waiting", _("en route")
    DELIVERED = "delivered", _("remis au serveur de messagerie")
    FAILED = "failed", _("échec")
    DROPPED = "dropped", _("sans objet")


class MailProblem(models.TextChoices):
    """Why the last attempt to hand a mail to the relay failed, in words that hold no secret."""

    UNREACHABLE = "unreachable", _("le serveur de messagerie ne répond pas")
    ENCRYPTION = "encryption", _("la connexion chiffrée au serveur de messagerie ne s’établit pas")
    LOGIN = "login", _("le serveur de messagerie refuse le compte de Palier")
    SENDER = "sender", _("le serveur de messagerie refuse l’adresse d’expéditeur de Palier")
    LATER = "later", _("le serveur de messagerie demande de réessayer plus tard")
    RECIPIENT = "recipient", _("le serveur de messagerie refuse l’adresse de cette personne")
    REFUSED = "refused", _("le serveur de messagerie refuse le message")
    UNEXPECTED = "unexpected", _("une erreur inattendue a empêché l’envoi")


# The kinds of organisation whose people, like administrators, hold no landlord's role.
PARTNER_KINDS = (
    OrganisationKind.POLICE,
    OrganisationKind.GENDARMERIE,
    OrganisationKind.MUNICIPAL_POLICE,
    OrganisationKind.JUSTICE,
    OrganisationKind.STATE,
)
LANDLORD_ROLES = frozenset({Role.AGENT, Role.LEAD})
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
