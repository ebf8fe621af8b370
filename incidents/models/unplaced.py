"""Store the facts of files whose place is not certain."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from core.dates import long_date
from incidents import perimeter
from incidents.checks import COST_DECIMALS, COST_DIGITS
from incidents.enums import PlaceKind, Source, Way
from sites.models import ImportRun

from .facts import Incident
from .nomenclature import FactType

if TYPE_CHECKING:
    pass


class UnplacedFact(models.Model):
    """A fact of a file whose place is not certain: it counts nowhere until a person has chosen one.

    A row that is settled stays, so that the same file does not bring it again: placed, as ``incident``, or
    discarded, with a reason. One that a later file replaced stays too, for the undoing of that file to bring it back.

    Attributes:
        way: why the place is not certain, and how the candidates were found.
        written: the place as the file writes it, unless it seemed to speak of a person.
        candidates: ids of addresses, the best first.
        moment: the instant of a day written with a zone, None else; ``day`` and ``time`` are those at the first candidate.
        moment_end: the instant of the last day, likewise.
        hour_told: a column of its own tells the hour, which then is that of the place, wherever it is.
        replaced_by: the row that a later file brought under the same identifier, with another content.
        former_discards: how it was discarded before, where that was taken back: ``reason``, ``at``, ``by`` (the id of
            a person, or null), ``back_at``, ``back_by``; moments in ISO 8601, the first discarding first.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    fact_type = models.ForeignKey(FactType, models.PROTECT, related_name="+", verbose_name=_("nature"))
    place_kind = models.CharField(_("lieu précis"), max_length=20, choices=PlaceKind, blank=True)
    day = models.DateField(_("jour"))
    span_end = models.DateField(_("et au plus tard le"), null=True)
    time = models.TimeField(_("heure"), null=True)
    source = models.CharField(_("origine"), max_length=20, choices=Source)
    complaint_filed = models.BooleanField(_("plainte déposée"), default=False)
    complaint_reference = models.CharField(_("numéro de plainte"), max_length=40, blank=True)
    damage_cost = models.DecimalField(
        _("coût des dégâts (€)"), max_digits=COST_DIGITS, decimal_places=COST_DECIMALS, null=True
    )
    import_run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="unplaced_facts")
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    way = models.CharField(_("pourquoi"), max_length=20, choices=Way)
    written = models.CharField(_("lieu écrit"), max_length=200, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    candidates = ArrayField(models.BigIntegerField())
    moment = models.DateTimeField(null=True)
    moment_end = models.DateTimeField(null=True)
    hour_told = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    discard_reason = models.CharField(_("motif"), max_length=200, blank=True)
    incident = models.OneToOneField(Incident, models.SET_NULL, null=True, related_name="unplaced")
    replaced_by = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced")
    # The default is the database's, for the rows that an import writes by plain SQL.
    former_discards = models.JSONField(default=list, db_default=Value([], models.JSONField()), editable=False)

    perimeter = perimeter.UNPLACED_FACT

    class Meta:
        verbose_name = _("fait à placer")
        verbose_name_plural = _("faits à placer")
        ordering = ("-day", "-id")
        indexes = (models.Index(fields=("landlord", "-day", "-id"), name="unplaced_fact_recent_idx"),)

    def __str__(self) -> str:
        return f"{self.fact_type} – {long_date(self.day)}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: whose it is."""
        return str(self.landlord)
