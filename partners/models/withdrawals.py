"""Store what was withdrawn, and who is told."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_date
from partners import perimeter
from sites.models import Territory

from .circles import REASON_LENGTH, Circle
from .notes import SynthesisNote
from .publications import Publication


class Withdrawal(models.Model):
    """The withdrawal of a publication or of an issued note, and why; the row stays when it is taken back.

    It says by itself what was withdrawn, since its readers no longer see a note: ``as_of``, ``landlord`` for a
    note about one, and ``organisation``, the name of the one that withdrew it. What replaces it is a
    ``replacement``, a publication for the same day, or a ``new_version`` of the note.
    """

    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    circle = models.ForeignKey(Circle, models.PROTECT, related_name="withdrawals")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, related_name="withdrawals")
    note = models.ForeignKey(SynthesisNote, models.PROTECT, null=True, related_name="withdrawals")
    landlord = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=200)
    as_of = models.DateField()
    organisation = models.CharField(max_length=200)
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH)
    # Reasons that were corrected, the first one first: reason, when it was corrected (ISO 8601), by whom (id or null).
    former_reasons = models.JSONField(default=list, editable=False)
    withdrawn_at = models.DateTimeField(default=timezone.now)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    replacement = models.ForeignKey(Publication, models.PROTECT, null=True, related_name="replaces")
    new_version = models.ForeignKey(SynthesisNote, models.PROTECT, null=True, related_name="replaces")
    restored_at = models.DateTimeField(null=True)
    restored_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    perimeter = perimeter.WITHDRAWAL

    class Meta:
        verbose_name = _("retrait")
        verbose_name_plural = _("retraits")
        ordering = ("-withdrawn_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(publication=None, replacement=None, note__isnull=False)
                | Q(publication__isnull=False, note=None, new_version=None),
                name="withdrawal_is_of_a_publication_or_a_note",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="withdrawal_has_a_reason"),
            models.UniqueConstraint(
                fields=("publication",), condition=Q(restored_at=None), name="publication_is_withdrawn_once"
            ),
            models.UniqueConstraint(
                fields=("note",), condition=Q(restored_at=None), name="note_is_withdrawn_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.about} – {long_date(self.as_of)}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: what was withdrawn, and its day."""
        return f"{self.about} – {long_date(self.as_of)}"

    @cached_property
    def in_its_place(self) -> Publication | SynthesisNote | None:
        """Return what stands in place of what was withdrawn, as far as the reader sees it: at the end of what replaced it."""
        last, following = self, self if self.replacement_id or self.new_version_id else None
        while following is not None:
            last = following
            replaced = Q(publication=last.replacement_id or 0) | Q(note=last.new_version_id or 0)
            following = Withdrawal.objects.filter(replaced, restored_at=None).first()
        if self.publication_id:
            return Publication.objects.filter(pk=last.replacement_id or 0, withdrawn_at=None).first()
        return (
            SynthesisNote.objects.defer("content")
            .filter(pk=last.new_version_id or 0, withdrawn_at=None)
            .first()
        )

    @property
    def earlier_reasons(self) -> list[tuple[str, dt.datetime]]:
        """The reasons that were corrected, each with the moment, the last one first."""
        return [(reason, dt.datetime.fromisoformat(at)) for reason, at, _who in reversed(self.former_reasons)]


class Notice(models.Model):
    """What one person who had opened a publication or a note, or holds a copy, is told of its withdrawal.

    ``mailed_at`` is when the e-mail without content was asked for, ``seen_at`` when the person said that they
    took note.
    """

    withdrawal = models.ForeignKey(Withdrawal, models.CASCADE, related_name="notices")
    user = models.ForeignKey(User, models.PROTECT, related_name="notices")
    mailed_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    perimeter = perimeter.NOTICE

    class Meta:
        verbose_name = _("avis de retrait")
        verbose_name_plural = _("avis de retrait")
        ordering = ("-withdrawal_id", "id")
        constraints = (
            models.UniqueConstraint(fields=("withdrawal", "user"), name="notice_is_unique_for_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.withdrawal_id} – {self.user_id}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: what was withdrawn."""
        return self.withdrawal.journal_name
