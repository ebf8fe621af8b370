"""Store accounts, organisations, memberships, tokens and saved views; the journal is in a module of its own."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.jobs import LATE
from core.periods import Dated, ends_after_start, no_overlap

from . import perimeter
from .enums import MailKind, MailProblem, MailState, OrganisationKind, Role, TokenRight
from .factors.model import FactorReset as FactorReset  # noqa: PLC0414 - mypy takes this for an export
from .journal.model import AuditCheckpoint as AuditCheckpoint  # noqa: PLC0414 - mypy takes these for no exports
from .journal.model import AuditEntry as AuditEntry  # noqa: PLC0414
from .journal.model import AuditLink as AuditLink  # noqa: PLC0414
from .proposals.model import Proposal as Proposal  # noqa: PLC0414 - mypy takes this for an export
from .retention.model import Erasure as Erasure  # noqa: PLC0414 - as above
from .sessions.model import Session as Session  # noqa: PLC0414 - as above


class UserManager(BaseUserManager["User"]):
    """The manager that creates accounts."""

    def create_user(self, email: str, full_name: str, password: str | None = None) -> "User":
        """Create an account; without a password it cannot log in yet."""
        user = self.model(email=email.strip().lower(), full_name=full_name.strip())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person, identified by e-mail; their rights come from their memberships."""

    email = models.EmailField(_("adresse e-mail"), unique=True)
    full_name = models.CharField(_("nom"), max_length=150)
    language = models.CharField(_("langue"), max_length=5, default="fr")
    is_active = models.BooleanField(_("compte actif"), default=True)
    told_by_mail = models.BooleanField(_("prévenir par e-mail de ce qui change"), default=True)
    # The kinds of mails (MailKind) without content that the person turned off, but for the one above.
    mails_off = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    perimeter = perimeter.USER

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        ordering = ("full_name__french", "id")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_is_unique_in_any_case"),)

    def __str__(self) -> str:
        # A name may hold nothing that shows.
        return self.full_name if self.full_name.strip() else self.email

    def wants(self, kind: str) -> bool:
        """Say whether the person wants mails of a kind of :data:`accounts.enums.TOLD`."""
        return self.told_by_mail if kind == MailKind.CHANGE else kind not in self.mails_off

    def get_full_name(self) -> str:
        """Return the name shown to people."""
        return str(self)

    @property
    def initials(self) -> str:
        """The first letters of the first and the last word of the name."""
        words = str(self).split() or ["–"]
        return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper()


class GuidedVisit(models.Model):
    """The progress of a person's guided visit in a role, and whether they have dismissed it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    seen = ArrayField(models.CharField(max_length=40), default=list)
    hidden_at = models.DateTimeField(null=True)

    perimeter = perimeter.GUIDED_VISIT

    class Meta:
        verbose_name = _("visite guidée")
        verbose_name_plural = _("visites guidées")
        constraints = (
            models.UniqueConstraint(fields=("user", "role"), name="guided_visit_is_unique_by_role"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} – {self.role}"


class Organisation(models.Model):
    """An organisation: a landlord, a municipality, a police force, and so on."""

    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature"), max_length=20, choices=OrganisationKind)
    aliases = ArrayField(
        models.CharField(max_length=200), default=list, blank=True, verbose_name=_("autres graphies")
    )

    perimeter = perimeter.ORGANISATION

    class Meta:
        verbose_name = _("organisme")
        verbose_name_plural = _("organismes")
        ordering = ("name__french", "id")
        constraints = (models.UniqueConstraint(Lower("name"), "kind", name="organisation_name_is_unique"),)

    def __str__(self) -> str:
        return self.name


class Membership(Dated):
    """A role of a person in an organisation, from one day until another."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)

    perimeter = perimeter.MEMBERSHIP

    class Meta:
        verbose_name = _("rattachement")
        verbose_name_plural = _("rattachements")
        ordering = ("organisation__name__french", "role", "id")
        constraints = (
            ends_after_start("membership_ends_after_start"),
            no_overlap("membership_does_not_overlap", "user", "organisation", "role"),
        )

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.organisation}"


class Mail(models.Model):
    """A mail to a person, and what became of it; its text and its link are made when it is sent, and stored nowhere.

    Attributes:
        proposal: the proposal that an invitation tells of.
        organisation, role: the role that an invitation gives, and who gives it.
        inviting: the organisation in whose name it was asked for.
        purpose: the purpose of the circle that an invitation is for.
        next_try_at: when it is tried again after a failure; None once it is not.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=20, choices=MailKind)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    proposal = models.ForeignKey(Proposal, models.CASCADE, null=True, related_name="mails")
    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    inviting = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    problem = models.CharField(max_length=20, choices=MailProblem, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    next_try_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    perimeter = perimeter.MAIL

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(state=MailState.WAITING) | Q(ended_at__isnull=False),
                name="mail_that_waits_no_more_ended_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def late(self) -> bool:
        """True when nobody has tried to send it for longer than a worker needs."""
        return self.state == MailState.WAITING and timezone.now() - (self.next_try_at or self.asked_at) > LATE


class ApiToken(models.Model):
    """A token with which a program of an organisation calls the API; only its digest is stored."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("nom"), max_length=100)
    rights = ArrayField(models.CharField(max_length=20, choices=TokenRight), default=list)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(_("expire le"))
    revoked_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.API_TOKEN

    class Meta:
        verbose_name = _("jeton d’API")
        verbose_name_plural = _("jetons d’API")
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.name

    @property
    def rights_shown(self) -> str:
        """What it lets a program do, in words."""
        return ", ".join(str(right.label) for right in TokenRight if right in self.rights)


# The longest query of a saved view, in characters.
SAVED_QUERY_LENGTH = 2000


class SavedView(models.Model):
    """A person's view of a list: filters, order and columns, as the query of its address.

    A row without a name holds only the columns that the person chose last.
    """

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_views", editable=False)
    list_name = models.CharField(max_length=40, editable=False)
    name = models.CharField(_("nom de la vue"), max_length=60, blank=True)
    query = models.CharField(max_length=SAVED_QUERY_LENGTH, blank=True, editable=False)
    is_default = models.BooleanField(_("ouvrir la liste ainsi"), default=False)

    perimeter = perimeter.SAVED_VIEW

    class Meta:
        verbose_name = _("vue enregistrée")
        verbose_name_plural = _("vues enregistrées")
        ordering = ("name__french", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "list_name", "name"),
                name="saved_view_name_is_unique",
                violation_error_message=_("Vous avez déjà une vue de ce nom."),
            ),
            models.UniqueConstraint(
                fields=("owner", "list_name"),
                condition=Q(is_default=True),
                name="saved_view_has_one_default",
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | ~Q(name=""), name="saved_view_default_has_a_name"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: its name, or that it holds columns alone."""
        return self.name or str(_("colonnes choisies"))
