"""Store circles, mandates, frozen publications, synthesis notes and their numbered copies.

No row here refers to a record: what a circle is given is a frozen copy, complete in itself.
"""

import datetime as dt

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification.method.scale import Level, mark_column
from classification.models import GridVersion
from core.dates import long_date
from core.jobs import Job
from core.periods import Dated, ends_after_start, no_overlap
from sites.models import Commune, Territory

from . import perimeter

# The longest reason of a withdrawal, in characters.
REASON_LENGTH = 200


class Circle(Dated):
    """The restricted group of a territory, with dates and no groups within; without members it shares with nobody."""

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="circles", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=150)
    purpose = models.CharField(_("objet"), max_length=300)

    perimeter = perimeter.CIRCLE

    class Meta:
        verbose_name = _("cellule restreinte")
        verbose_name_plural = _("cellules restreintes")
        ordering = ("name__french", "id")
        constraints = (
            ends_after_start("circle_ends_after_start"),
            models.UniqueConstraint(fields=("territory", "name"), name="circle_name_is_unique"),
        )

    def __str__(self) -> str:
        return self.name


class Mandate(Dated):
    """A person's right to see what a circle is given, as a partner of ``organisation``.

    It counts only while the person is a partner there; without an organisation it gives no access.
    """

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="mandates")
    # It repeats the circle's: the policy of circles reads mandates, so that of mandates must not read circles.
    territory = models.ForeignKey(Territory, models.PROTECT, editable=False, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="mandates", verbose_name=_("personne"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("organisme")
    )
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    perimeter = perimeter.MANDATE

    class Meta:
        verbose_name = _("habilitation")
        verbose_name_plural = _("habilitations")
        ordering = ("starts_on", "id")
        constraints = (
            ends_after_start("mandate_ends_after_start"),
            no_overlap("mandate_does_not_overlap", "circle", "user"),
        )

    def __str__(self) -> str:
        return f"{self.user} – {self.circle}"

    @property
    def upcoming(self) -> bool:
        """True when the mandate has not started."""
        return self.starts_on > timezone.localdate()


class Publication(models.Model):
    """The levels of a territory at a date, given to a circle and frozen.

    ``landlords`` are the ids of those whose sites it holds: only the leads of these landlords read it too.
    While ``withdrawn_at`` is set, its sites are open to its coordinators alone (:class:`Withdrawal`).
    """

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="publications")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="publications", editable=False)
    as_of = models.DateField(_("niveaux au"))
    grid_version = models.ForeignKey(GridVersion, models.PROTECT, editable=False, related_name="+")
    landlords = ArrayField(models.BigIntegerField(), default=list, editable=False)
    published_at = models.DateTimeField(default=timezone.now, editable=False)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    perimeter = perimeter.PUBLICATION

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ("-as_of", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("circle", "as_of"),
                condition=Q(withdrawn_at=None),
                name="publication_is_unique_by_day",
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="publication_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at"]),
            ),
            pgtrigger.Protect(name="publication_stays", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {long_date(self.as_of)}"


class PublicationRequest(Job):
    """A coordinator's request for a publication, and the state of the job that makes it.

    It is a row of its own, because a publication is complete from its creation and never changed.
    ``publication`` is the result, null until the job is done. It replaces ``supersedes``, which was published
    for the same day, for ``reason``.
    """

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="publication_requests")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", editable=False)
    as_of = models.DateField(_("niveaux au"))
    created_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    publication = models.OneToOneField(
        Publication, models.PROTECT, null=True, editable=False, related_name="request"
    )
    supersedes = models.ForeignKey(
        Publication, models.PROTECT, null=True, editable=False, related_name="requests_to_supersede"
    )
    reason = models.CharField(_("motif"), max_length=REASON_LENGTH, blank=True, editable=False)

    perimeter = perimeter.PUBLICATION_REQUEST

    class Meta:
        verbose_name = _("publication demandée")
        verbose_name_plural = _("publications demandées")
        ordering = ("-as_of", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("circle", "as_of"),
                condition=~Q(state="done"),
                name="publication_is_asked_for_once_by_day",
                violation_error_message=_("Cette publication est déjà demandée."),
            ),
            models.CheckConstraint(
                condition=Q(publication=None) & ~Q(state="done") | Q(publication__isnull=False, state="done"),
                name="publication_request_ends_with_it",
            ),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {long_date(self.as_of)}"


class PublishedSite(models.Model):
    """A residence as published: its level and the evidence for it, complete without the records.

    ``addresses``, ``findings``, ``disruptions`` and ``trend`` are as in :mod:`partners.snapshot`.
    ``shared_by`` is the landlord, ``shared_in`` the commune (:mod:`sites.models`): the row is visible while an
    agreement of that landlord with the territory opens that commune. ``shared_in`` is null, and the row hidden, for
    sites of which it was not stored and is not known any more.
    ``key`` identifies the residence in every publication to the circle (:mod:`partners.publications.keys`);
    it is null for sites published before keys existed under the same name as another site.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="sites")
    key = models.UUIDField(null=True, editable=False)
    shared_by = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    shared_in = models.ForeignKey(
        Commune, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    landlord = models.CharField(_("bailleur"), max_length=200)
    name = models.CharField(_("résidence"), max_length=200)
    commune = models.CharField(_("commune"), max_length=100)
    dwellings = models.PositiveIntegerField(_("logements"))
    in_priority_neighbourhood = models.BooleanField(_("en QPV"))
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    level = models.PositiveSmallIntegerField(_("niveau"), choices=Level)
    facts_level = models.PositiveSmallIntegerField(_("niveau selon les faits"), choices=Level)
    impact_level = models.PositiveSmallIntegerField(_("niveau selon l’impact"), choices=Level)
    silent = models.BooleanField(_("saisie interrompue"))
    level_before = models.PositiveSmallIntegerField(
        _("niveau avant l’interruption"), null=True, choices=Level
    )
    mark = mark_column()
    unseen = models.BooleanField(_("perturbation non encore vue"), default=False)
    addresses = models.JSONField()
    findings = models.JSONField()
    disruptions = models.JSONField(default=list)
    trend = models.JSONField(default=list)
    rank = models.PositiveIntegerField(_("rang"))

    perimeter = perimeter.PUBLISHED_SITE

    class Meta:
        verbose_name = _("site publié")
        verbose_name_plural = _("sites publiés")
        ordering = ("rank",)
        constraints = (
            models.UniqueConstraint(fields=("publication", "rank"), name="published_site_rank_is_unique"),
            models.UniqueConstraint(fields=("publication", "key"), name="published_site_key_is_unique"),
        )
        triggers = (
            pgtrigger.Protect(name="published_site_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.name} – {self.level}"


class SynthesisNote(Job):
    """A confidential synthesis note of a territory, or of one landlord in it, at a date.

    ``content`` is everything the document shows, frozen when the job ends; each copy is
    rendered from it. ``digest`` is its SHA-256. ``landlords`` are the ids of those whose sites it
    shows, ``shares`` the ids of landlord and commune of each ("12:345"): coordinators and partners see it while
    agreements with the territory open each of these.
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
    issued_at = models.DateTimeField(null=True, editable=False)
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


class NoteCopy(models.Model):
    """The numbered copy of a note for one member of the circle it was issued to."""

    note = models.ForeignKey(SynthesisNote, models.CASCADE, related_name="copies")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="copies")
    number = models.PositiveIntegerField(_("exemplaire n°"))
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
