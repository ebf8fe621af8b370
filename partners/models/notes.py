"""Store synthesis notes and their numbered copies."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_date
from core.jobs import Job
from partners import perimeter
from partners.enums import Precision
from sites.models import Territory

from .circles import REASON_LENGTH, Circle, Mandate


class SynthesisNote(Job):
    """A confidential synthesis note of a territory, or of one landlord in it, at a date.

    ``content`` is everything the document shows, frozen when the job ends; each copy is
    rendered from it. ``digest`` is its SHA-256. ``landlords`` are the ids of those whose sites it
    shows, ``shares`` the ids of landlord and commune of each ("12:345"): coordinators and partners see it while
    agreements with the territory open each of these.
    ``copies_until`` is the last day on which its copies are downloaded, chosen when it is issued.
    Once issued it replaces ``supersedes``, a note of which it is the new version, for ``reason``. While
    ``withdrawn_at`` is set, its coordinators alone see it (:class:`Withdrawal`).
    """

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="notes", verbose_name=_("territoire")
    )
    landlord = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notes",
        verbose_name=_("bailleur"),
        help_text=_("Laisser vide pour une note sur tout le territoire."),
    )
    as_of = models.DateField(_("situation au"))
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    content = models.JSONField(null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    landlords = ArrayField(models.BigIntegerField(), default=list, editable=False)
    shares = ArrayField(models.TextField(), default=list, editable=False)
    circle = models.ForeignKey(Circle, models.PROTECT, null=True, editable=False, related_name="notes")
    # With the circle, a foreign key: a note names addresses, and goes to no circle that sees none.
    circle_precision = models.GeneratedField(
        expression=Case(When(circle__isnull=False, then=Value(Precision.ADDRESS.value))),
        output_field=models.CharField(max_length=13, null=True),
        db_persist=True,
    )
    issued_at = models.DateTimeField(null=True, editable=False)
    copies_until = models.DateField(
        _("exemplaires téléchargeables jusqu’au (inclus)"), null=True, editable=False
    )
    supersedes = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="new_versions"
    )
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.SYNTHESIS_NOTE

    class Meta:
        verbose_name = _("note de synthèse")
        verbose_name_plural = _("notes de synthèse")
        ordering = ("-as_of", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(circle=None, issued_at=None) | Q(circle__isnull=False, issued_at__isnull=False),
                name="note_is_issued_to_a_circle",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | ~Q(digest=""), name="note_is_issued_once_frozen"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(issued_at__isnull=False),
                name="note_is_withdrawn_once_issued",
            ),
            models.CheckConstraint(
                condition=Q(issued_at=None) | Q(copies_until__isnull=False),
                name="note_is_issued_until_a_day",
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="note_content_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__content__isnull=False)
                & (
                    pgtrigger.Q(old__content__df=pgtrigger.F("new__content"))
                    | pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
                    | pgtrigger.Q(old__landlords__df=pgtrigger.F("new__landlords"))
                    | pgtrigger.Q(old__shares__df=pgtrigger.F("new__shares"))
                    | pgtrigger.Q(old__territory__df=pgtrigger.F("new__territory"))
                    | pgtrigger.Q(old__landlord__df=pgtrigger.F("new__landlord"))
                    | pgtrigger.Q(old__as_of__df=pgtrigger.F("new__as_of"))
                    | pgtrigger.Q(old__supersedes__df=pgtrigger.F("new__supersedes"))
                ),
            ),
            pgtrigger.Protect(
                name="note_is_issued_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__issued_at__isnull=False)
                & (
                    pgtrigger.Q(old__issued_at__df=pgtrigger.F("new__issued_at"))
                    | pgtrigger.Q(old__circle__df=pgtrigger.F("new__circle"))
                ),
            ),
            pgtrigger.Protect(
                name="note_once_issued_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__issued_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} – {long_date(self.as_of)}"

    @property
    def copies_ended(self) -> bool:
        """True once the last day of its copies has passed."""
        return self.copies_until is not None and self.copies_until < timezone.localdate()

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the territory or the landlord, and the day."""
        return f"{self.landlord or self.territory} – {long_date(self.as_of)}"


class NoteCopy(models.Model):
    """The numbered copy of a note for one member of the circle it was issued to."""

    note = models.ForeignKey(SynthesisNote, models.CASCADE, related_name="copies")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="copies")
    number = models.PositiveIntegerField(_("exemplaire n°"))
    # It repeats the note's: the policy of notes reads copies, so that of copies must not read notes.
    until = models.DateField(_("téléchargeable jusqu’au (inclus)"), editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.NOTE_COPY

    class Meta:
        verbose_name = _("exemplaire")
        verbose_name_plural = _("exemplaires")
        ordering = ("note_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("note", "number"), name="copy_number_is_unique"),
            models.UniqueConstraint(fields=("note", "mandate"), name="copy_is_unique_for_a_mandate"),
        )

    def __str__(self) -> str:
        return f"{self.note_id} – {self.number}"

    @property
    def ended(self) -> bool:
        """True once its last day has passed."""
        return self.until < timezone.localdate()

    @property
    def journal_name(self) -> str:
        """What the journal calls it: its number and the note, where whoever acts sees that."""
        try:
            return f"n° {self.number} – {self.note.journal_name}"
        except SynthesisNote.DoesNotExist:
            return f"n° {self.number}"
