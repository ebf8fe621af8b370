"""Store the journal: its entries, the chain that links them, and the checkpoints over the heads of all chains."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import perimeter
from accounts.enums import AuditAction, Role


class AuditEntry(models.Model):
    """An entry of the journal: something somebody did. It is appended, never changed.

    The database sets the moment and the names of whoever acts (``palier_stamp_entry()``); they stay what they were
    then. Triggers refuse everything but an insert, to the owner of the table too.

    Attributes:
        organisation: whose journal it belongs to; None for what concerns the installation alone.
        role, acting_for: the role in which the act was done, and the organisation where it is held.
        subject: what it is about, by name; empty for pages, lists and files, which ``object_type`` names.
        places: the names of the residences that were shown, one on a line.
    """

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=254, blank=True, db_default="")
    role = models.CharField(max_length=20, choices=Role, blank=True, db_default="")
    acting_for = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    acting_name = models.CharField(max_length=200, blank=True, db_default="")
    system = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    action = models.CharField(max_length=20, choices=AuditAction)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=300, blank=True, db_default="")
    places = models.TextField(blank=True, db_default="")
    detail = models.JSONField(default=dict, blank=True)

    perimeter = perimeter.AUDIT_ENTRY

    class Meta:
        verbose_name = _("entrée du journal")
        verbose_name_plural = _("journal")
        ordering = ("-id",)
        # For an organisation's journal, newest first, and within a period.
        indexes = (
            models.Index(fields=("organisation", "-at", "-id"), name="audit_entry_reading_idx"),
            # For what a person's own account is told of (0028_own_account.sql).
            models.Index(
                "object_id",
                F("id").desc(),
                condition=Q(object_type="accounts.user"),
                name="audit_entry_account_idx",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | ~Q(system=""), name="audit_entry_names_its_author"
            ),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_type} {self.object_id}"


class AuditLink(models.Model):
    """The place of an entry in the chain of its journal; the database makes it when the transaction commits.

    Attributes:
        journal: the organisation whose journal it is, 0 for that of the installation.
        number: 1, 2, 3 … in the order of the commits, without gaps; None only within the transaction.
        previous: the digest of the link before, empty for the first.
        sealed_at: when it was made; it never goes back within a journal.
        digest: SHA-256 of the canonical text of the entry and of this link (accounts/journal/chain.py).
    """

    entry = models.OneToOneField(
        AuditEntry, models.PROTECT, primary_key=True, db_constraint=False, related_name="link"
    )
    journal = models.BigIntegerField()
    number = models.BigIntegerField(null=True)
    previous = models.BinaryField(null=True)
    sealed_at = models.DateTimeField(null=True)
    digest = models.BinaryField(null=True)

    perimeter = perimeter.AUDIT_LINK

    class Meta:
        verbose_name = _("maillon du journal")
        verbose_name_plural = _("maillons du journal")
        ordering = ("journal", "number")
        indexes = (
            models.Index(fields=("journal",), condition=Q(number=None), name="audit_link_waiting_idx"),
        )
        constraints = (
            models.UniqueConstraint(fields=("journal", "number"), name="audit_link_number_is_unique"),
            models.CheckConstraint(
                condition=Q(number=None)
                | Q(previous__isnull=False, sealed_at__isnull=False, digest__isnull=False),
                name="audit_link_with_a_number_is_whole",
            ),
        )

    def __str__(self) -> str:
        return f"{self.journal} n° {self.number}"


class AuditCheckpoint(models.Model):
    """What a verification of the journals found, and the heads of all chains at that moment.

    Attributes:
        heads: for each journal its number of entries and the digest of the last, in the order of the journals.
        entries: how many entries were read.
        problem: the first broken link, as ``journal``, ``number``, ``entry`` and ``problem``; None where all hold.
        digest: SHA-256 over the digest of the checkpoint before and the heads.
    """

    at = models.DateTimeField(auto_now_add=True)
    heads = models.JSONField(default=list)
    entries = models.BigIntegerField()
    problem = models.JSONField(null=True)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    perimeter = perimeter.AUDIT_CHECKPOINT

    class Meta:
        verbose_name = _("point de contrôle du journal")
        verbose_name_plural = _("points de contrôle du journal")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
