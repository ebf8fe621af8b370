"""Store publications, their sites, and what is asked of the worker that makes them."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from classification.method.scale import Level, Mark, mark_column
from classification.models import DECISION_REASON_LENGTH, Closing, GridVersion
from core.dates import long_date
from core.jobs import Job
from partners import perimeter
from partners.enums import Precision
from sites.models import Commune, Territory

from .circles import REASON_LENGTH, Circle

_OF_ITS_CAMPAIGN = """
    IF NEW.closing_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id
        WHERE c.id = NEW.closing_id AND c.state = 'done' AND c.territory_id = NEW.territory_id
            AND k.territory_id = NEW.territory_id AND k.as_of = NEW.as_of{further}
    ) THEN
        RAISE EXCEPTION 'pgtrigger: A row of % says what its campaign does not', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
"""


def _of_its_campaign(name: str, further: str = "") -> pgtrigger.Trigger:
    """Return the trigger that refuses a row out of a version of a campaign of another territory or day, or not made yet."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=_OF_ITS_CAMPAIGN.format(further=further),
    )


class Publication(models.Model):
    """The levels of a territory at a date, given to a circle and frozen.

    ``landlords`` are the ids of those whose sites it holds: only the leads of these landlords read it too.
    ``precision`` is that of the circle: by neighbourhood it holds counts (:class:`PublishedCount`) and no site, otherwise sites and
    no count. ``shares`` are the ids of landlord and commune ("12:345") on which counts rest; sites say each their own.
    While ``withdrawn_at`` is set, its sites are open to its coordinators alone (:class:`Withdrawal`).
    ``closing`` is the version of a campaign that it gives on, null between two campaigns; its readers, who see no campaign, have the
    name of it and the number of the version as they are written here.
    """

    circle = models.ForeignKey(Circle, models.PROTECT, related_name="publications")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="publications", editable=False)
    as_of = models.DateField(_("niveaux au"))
    grid_version = models.ForeignKey(GridVersion, models.PROTECT, editable=False, related_name="+")
    precision = models.CharField(
        _("précision"), max_length=13, choices=Precision, default=Precision.ADDRESS, editable=False
    )
    landlords = ArrayField(models.BigIntegerField(), default=list, editable=False)
    shares = ArrayField(models.TextField(), default=list, editable=False)
    closing = models.ForeignKey(
        Closing, models.PROTECT, null=True, related_name="publications", editable=False
    )
    campaign_name = models.CharField(_("campagne"), max_length=100, blank=True, editable=False)
    campaign_version = models.PositiveSmallIntegerField(_("version"), null=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(closing=None, campaign_name="", campaign_version=None)
                | Q(closing__isnull=False, campaign_version__isnull=False) & ~Q(campaign_name=""),
                name="publication_names_its_campaign",
            ),
        )
        triggers = (
            _of_its_campaign(
                "publication_is_of_its_campaign",
                " AND k.grid_version_id = NEW.grid_version_id AND k.name = NEW.campaign_name AND c.number = NEW.campaign_version",
            ),
            pgtrigger.Protect(
                name="publication_is_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["withdrawn_at"]),
            ),
            pgtrigger.Protect(name="publication_stays", operation=pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {long_date(self.as_of)}"

    @property
    def by_neighbourhood(self) -> bool:
        """True when it holds counts and no site."""
        return self.precision == Precision.NEIGHBOURHOOD

    @property
    def by_residence(self) -> bool:
        """True when its sites have neither addresses nor points."""
        return self.precision == Precision.RESIDENCE

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the circle, or the territory to whoever sees no circle, and the day."""
        about: Circle | Territory
        try:
            about = self.circle
        except Circle.DoesNotExist:
            about = self.territory
        return f"{about} – {long_date(self.as_of)}"


class PublicationRequest(Job):
    """A coordinator's request for a publication, and the state of the job that makes it.

    It is a row of its own, because a publication is complete from its creation and never changed.
    ``publication`` is the result, null until the job is done. It replaces ``supersedes``, which was published
    for the same day, for ``reason``. ``closing`` is the version of a campaign that it is to give on, null for levels that are to be
    worked out.
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
    closing = models.ForeignKey(Closing, models.PROTECT, null=True, related_name="+", editable=False)

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
        triggers = (
            _of_its_campaign("publication_request_is_of_its_campaign"),
            pgtrigger.Protect(
                name="publication_request_stays_of_its_campaign",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("closing", "territory", "as_of"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.territory_id} – {long_date(self.as_of)}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the circle and the day."""
        return f"{self.circle} – {long_date(self.as_of)}"


class PublishedSite(models.Model):
    """A residence as published: its level and the evidence for it, complete without the records.

    ``addresses``, ``findings``, ``disruptions`` and ``trend`` are as in :mod:`partners.snapshot`.
    ``shared_by`` is the landlord, ``shared_in`` the commune (:mod:`sites.models`): the row is visible while an
    agreement of that landlord with the territory opens that commune. ``shared_in`` is null, and the row hidden, for
    sites of which it was not stored and is not known any more.
    ``level`` is the proposed level; ``retained``, ``decided_on`` and ``decision_reason`` are what the landlord had decided about it
    by then, null and empty where nobody had; ``expected_on`` is the deadline by which a campaign that was open then asked it to,
    ``closed_on`` the day on which the campaign that it comes from was closed while nobody had.
    ``key`` identifies the residence in every publication to the circle (:mod:`partners.publications.keys`);
    it is null for sites published before keys existed under the same name as another site.
    ``precision`` is the publication's, which a foreign key holds; by residence there are neither addresses nor a point
    nor a reason, whose free text may name an address.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="sites")
    precision = models.CharField(max_length=13, default=Precision.ADDRESS, editable=False)
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
    retained = models.PositiveSmallIntegerField(_("niveau retenu"), null=True, choices=Level)
    decided_on = models.DateField(_("décidé le"), null=True)
    decision_reason = models.CharField(
        _("motif de la décision"), max_length=DECISION_REASON_LENGTH, blank=True
    )
    expected_on = models.DateField(_("décision attendue pour le"), null=True)
    closed_on = models.DateField(_("non validé à l’arrêt du"), null=True)
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
            models.CheckConstraint(
                condition=Q(retained=None, decided_on=None)
                | Q(retained__isnull=False, retained__range=(1, 4), decided_on__isnull=False),
                name="published_site_is_decided_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(decided_on=None) | Q(expected_on=None),
                name="published_site_is_decided_or_expected",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(decided_on=None, expected_on=None),
                name="published_site_is_decided_or_closed",
            ),
            models.CheckConstraint(
                condition=Q(precision=Precision.ADDRESS)
                | Q(
                    precision=Precision.RESIDENCE,
                    addresses=[],
                    longitude=None,
                    latitude=None,
                    decision_reason="",
                ),
                name="published_site_is_as_precise_as_its_circle",
            ),
        )
        triggers = (
            pgtrigger.Protect(name="published_site_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete),
        )

    def __str__(self) -> str:
        return f"{self.name} – {self.level}"

    @property
    def shown_level(self) -> int:
        """The level that the landlord retained, else the proposed one."""
        return self.retained or self.level

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.shared_by_id, self.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the residence, and not its level."""
        return self.name


# What is counted by neighbourhood: not level 1, so that nobody subtracts from the number of sites there are.
COUNTED = (Mark.TENSION, Mark.DELINQUENCY, Mark.INCIVILITY, Mark.STOPPED)
# What counts are multiples of; fewer sites are never told.
STEP = 5


class PublishedCount(models.Model):
    """How many sites of a neighbourhood at least are shown with a mark, in a publication that names no site.

    ``neighbourhood`` is the name of the priority neighbourhood, empty for the rest of ``commune``. The table holds
    what :func:`partners.publications.suppression.told` lets out and nothing finer.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="counts")
    # With the publication's, a foreign key: no count stands in a publication of sites.
    precision = models.GeneratedField(
        expression=Value(Precision.NEIGHBOURHOOD.value),
        output_field=models.CharField(max_length=13),
        db_persist=True,
    )
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", db_index=False)
    neighbourhood = models.CharField(_("quartier"), max_length=200, blank=True)
    mark = models.PositiveSmallIntegerField(
        _("niveau"), choices=[(mark.value, mark.label) for mark in COUNTED]
    )
    at_least = models.PositiveIntegerField(_("au moins"))

    perimeter = perimeter.PUBLISHED_COUNT

    class Meta:
        verbose_name = _("nombre publié")
        verbose_name_plural = _("nombres publiés")
        ordering = ("commune__name__french", "neighbourhood__french", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("publication", "commune", "neighbourhood", "mark"),
                name="published_count_is_unique",
            ),
            models.CheckConstraint(
                condition=Q(mark__in=COUNTED), name="published_count_is_of_a_counted_mark"
            ),
            models.CheckConstraint(condition=Q(at_least__gte=STEP), name="published_count_is_never_small"),
            models.CheckConstraint(
                condition=Exact(Mod("at_least", STEP), 0), name="published_count_is_in_steps"
            ),
        )
        triggers = (
            pgtrigger.Protect(
                name="published_count_is_frozen", operation=pgtrigger.Update | pgtrigger.Delete
            ),
        )

    def __str__(self) -> str:
        return f"{self.neighbourhood or self.commune} – {self.mark}"
