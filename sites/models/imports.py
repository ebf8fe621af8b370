"""Store imports: their files, what columns mean, and what each import changed."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_moment
from core.jobs import Job
from sites import perimeter
from sites.enums import ImportKind, ImportStage, Outcome

if TYPE_CHECKING:
    pass


class ImportRun(Job):
    """An import of one file, performed stage by stage: its state, and the outcome of each row.

    Attributes:
        stage: the stage that the job performs, or has ended with.
        kind: the kind of its rows; empty until the analysis or a person tells.
        profile: name of the shipped format; empty where ``mapping`` describes the file.
        counts: outcome → reason → number of rows, of the preview or of the import.
        report: a gzipped CSV with one line per row of the file.
        analysis: what was read of the file before anything is imported (:mod:`sites.imports.analysis`).
        mapping: what its columns and words mean (:mod:`sites.imports.mapping`).
        questions: what only a person can decide, by kind (:mod:`sites.imports.questions`).
        answers: kind of question → the choice taken.
        rejected: a gzipped CSV of the rows that were not imported, each with its reason.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, null=True, related_name="imports")
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # Who asked for the stage under way or done: whoever sent the file, or a colleague who went on with it.
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    stage = models.CharField(_("étape"), max_length=10, choices=ImportStage, default=ImportStage.IMPORT)
    kind = models.CharField(_("contenu"), max_length=20, choices=ImportKind, blank=True)
    profile = models.CharField(_("format"), max_length=60, blank=True)
    filename = models.CharField(_("fichier"), max_length=255)
    counts = models.JSONField(default=dict, editable=False)
    report = models.BinaryField(null=True, editable=False)
    analysis = models.JSONField(default=dict, editable=False)
    mapping = models.JSONField(default=dict, editable=False)
    questions = models.JSONField(default=list, editable=False)
    answers = models.JSONField(default=dict, editable=False)
    rejected = models.BinaryField(null=True, editable=False)
    # How many workers were lost during this import since it was last queued.
    losses = models.PositiveSmallIntegerField(default=0, editable=False)
    # How many rows its undoing removed, restored and kept, by table; empty until it is undone.
    undone = models.JSONField(default=dict, editable=False)

    perimeter = perimeter.IMPORT_RUN

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename

    @property
    def journal_name(self) -> str:
        """What the journal calls it: what is imported and from when it is; the name of the file was typed by a person."""
        return f"{self.get_kind_display()} – {long_moment(self.queued_at)}"

    @property
    def actor_id(self) -> int | None:
        """Return the id of the person in whose name the stage is done; None for the operator."""
        return self.asked_by_id or self.created_by_id

    @property
    def rejections(self) -> int:
        """Return how many rows were rejected."""
        return sum(self.counts.get(Outcome.REJECTED.value, {}).values())


class ImportMapping(models.Model):
    """What the columns and the words of a landlord's own files mean, kept under a name for the next file.

    Attributes:
        content: the mapping, as a run holds it.
        headers: digest of the column titles, by which a later file is recognised.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="import_mappings")
    kind = models.CharField(_("contenu"), max_length=20, choices=ImportKind)
    name = models.CharField(_("nom"), max_length=100)
    content = models.JSONField(editable=False)
    headers = models.CharField(max_length=64, editable=False)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    changed_at = models.DateTimeField(_("enregistrée le"), auto_now=True)

    perimeter = perimeter.IMPORT_MAPPING

    class Meta:
        verbose_name = _("correspondance")
        verbose_name_plural = _("correspondances")
        ordering = ("name__french", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "name"), name="import_mapping_name_is_unique"),
        )

    def __str__(self) -> str:
        return self.name


class SharedMapping(models.Model):
    """A mapping that a lead gives to the other landlords: what titles and words mean, and nothing else of the file.

    Attributes:
        mapping: the mapping it was taken from.
        organisation: the landlord who gives it.
        content: the part of the mapping that is given.
        headers: digest of the column titles, by which a file is recognised.
    """

    mapping = models.OneToOneField(ImportMapping, models.CASCADE, related_name="shared", editable=False)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", editable=False)
    kind = models.CharField(_("contenu"), max_length=20, choices=ImportKind)
    name = models.CharField(_("nom"), max_length=100)
    content = models.JSONField(editable=False)
    headers = models.CharField(max_length=64, editable=False)
    changed_at = models.DateTimeField(_("partagée le"), auto_now=True)

    perimeter = perimeter.SHARED_MAPPING

    class Meta:
        verbose_name = _("correspondance partagée")
        verbose_name_plural = _("correspondances partagées")
        ordering = ("name__french", "id")

    def __str__(self) -> str:
        return self.name


class ImportFile(models.Model):
    """The bytes of a file sent in, in a table of their own so that lists do not load them."""

    run = models.OneToOneField(ImportRun, models.CASCADE, related_name="file")
    content = models.BinaryField()

    perimeter = perimeter.IMPORT_FILE

    class Meta:
        verbose_name = _("fichier importé")
        verbose_name_plural = _("fichiers importés")

    def __str__(self) -> str:
        return str(self.run)


class ImportChange(models.Model):
    """What an import did to one row of a table, noted by triggers of the database while it ran.

    ``before`` holds the columns that the import overwrote, as they were, and ``after`` as it left them;
    for a row that the import created ``before`` is null, and ``after`` the whole row.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes")
    table_name = models.CharField(max_length=63)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField()

    perimeter = perimeter.IMPORT_CHANGE

    class Meta:
        verbose_name = _("changement d’un import")
        verbose_name_plural = _("changements d’un import")
        constraints = (
            models.UniqueConstraint(
                fields=("run", "table_name", "object_id"), name="import_change_is_one_for_each_row"
            ),
        )

    def __str__(self) -> str:
        return f"{self.table_name} {self.object_id}"
