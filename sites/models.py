"""Store communes, territories, residences, addresses, agreements and imports."""

import datetime as dt
from typing import TYPE_CHECKING, Self, TypeVar

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from core.jobs import Job
from core.periods import Dated, ends_after_start, no_overlap

from . import identifiers, perimeter
from .enums import (
    GeocodingState,
    ImportKind,
    ImportStage,
    IntercommunalKind,
    Outcome,
    PlaceAct,
    PlacementWay,
    TerritoryKind,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager


class Commune(models.Model):
    """A commune of the official geographic code (INSEE)."""

    code = models.CharField(_("code INSEE"), max_length=5, unique=True)
    name = models.CharField(_("nom"), max_length=100)
    department = models.CharField(_("département"), max_length=3)
    postcodes = models.JSONField(_("codes postaux"), default=list)
    # Codes and names of the communes that merged into this one, which files keep for years.
    former_codes = models.JSONField(_("anciens codes"), default=list)
    former_names = models.JSONField(_("anciens noms"), default=list)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ("name__french", "code")

    def __str__(self) -> str:
        return f"{self.name} ({self.department})"


class CommuneOutline(models.Model):
    """The outline of a commune, as the State publishes it; it is public, and drawn on maps.

    ``outline`` is a GeoJSON geometry in longitudes and latitudes, simplified; the four numbers are its bounding box.
    """

    commune = models.OneToOneField(Commune, models.CASCADE, related_name="contour", verbose_name=_("commune"))
    outline = models.JSONField(_("contour"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    perimeter = perimeter.COMMUNE_OUTLINE

    class Meta:
        verbose_name = _("contour de commune")
        verbose_name_plural = _("contours de communes")
        ordering = ("commune__code",)

    def __str__(self) -> str:
        return str(self.commune)


class Intercommunality(models.Model):
    """An intercommunal body (EPCI, or EPT of Greater Paris) with the communes that are its members."""

    code = models.CharField(_("code SIREN"), max_length=9, unique=True)
    name = models.CharField(_("nom"), max_length=150)
    kind = models.CharField(_("nature"), max_length=5, choices=IntercommunalKind)
    communes = models.ManyToManyField(Commune, related_name="intercommunalities", verbose_name=_("communes"))

    class Meta:
        verbose_name = _("intercommunalité")
        verbose_name_plural = _("intercommunalités")
        ordering = ("name__french", "code")

    def __str__(self) -> str:
        return self.name


class PriorityNeighbourhood(models.Model):
    """A priority neighbourhood of the city policy (QPV), as published; it is public, and drawn on maps.

    ``outline`` is a GeoJSON geometry in longitudes and latitudes; the four numbers are its bounding box.
    """

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("nom"), max_length=200)
    outline = models.JSONField(_("contour"))
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()

    perimeter = perimeter.PRIORITY_NEIGHBOURHOOD

    class Meta:
        verbose_name = _("quartier prioritaire")
        verbose_name_plural = _("quartiers prioritaires")
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Territory(models.Model):
    """The territory of a local security council: a set of communes."""

    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("instance"), max_length=10, choices=TerritoryKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="territories", verbose_name=_("animé par")
    )
    communes = models.ManyToManyField(Commune, related_name="territories", verbose_name=_("communes"))

    perimeter = perimeter.TERRITORY

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        ordering = ("name__french", "id")
        constraints = (models.UniqueConstraint(Lower("name"), name="territory_name_is_unique"),)

    def __str__(self) -> str:
        return self.name


class SharingAgreement(Dated):
    """A landlord's agreement to share its structured facts and levels with a territory.

    What it opens is what its landlord said last (:class:`AgreementTerms`); it opens nothing before.
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="sharing_agreements")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="sharing_agreements")

    perimeter = perimeter.SHARING_AGREEMENT

    class Meta:
        verbose_name = _("convention de partage")
        verbose_name_plural = _("conventions de partage")
        ordering = ("landlord__name__french", "starts_on", "id")
        constraints = (
            ends_after_start("agreement_ends_after_start"),
            no_overlap("agreement_does_not_overlap", "landlord", "territory"),
            # Target of the composite foreign key that keeps the terms of an agreement with its parties.
            models.UniqueConstraint(fields=("id", "landlord", "territory"), name="agreement_parties"),
        )

    def __str__(self) -> str:
        return f"{self.landlord} – {self.territory}"


class AgreementTerms(models.Model):
    """What a landlord said under an agreement: the council and the communes that it shares with.

    Rows are only ever added, by the landlord's lead; the last one of an agreement counts, the others are its
    history. ``landlord`` and ``territory`` repeat the agreement's; a composite foreign key keeps them equal.

    Attributes:
        organisation, kind: the council, as the territory had it when the lead said so.
        communes: ids of the communes named.
        refused: ids of the communes that the territory had and the landlord does not share.
        refused_organisation, refused_kind: a council that the landlord refused, keeping the one it had agreed to.
        made_by: None for what was agreed before there were terms.
    """

    agreement = models.ForeignKey(SharingAgreement, models.CASCADE, related_name="terms")
    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    territory = models.ForeignKey(Territory, models.CASCADE, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=TerritoryKind)
    communes = ArrayField(models.BigIntegerField(), default=list)
    refused = ArrayField(models.BigIntegerField(), default=list)
    refused_organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    refused_kind = models.CharField(max_length=10, choices=TerritoryKind, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    perimeter = perimeter.AGREEMENT_TERMS

    class Meta:
        verbose_name = _("termes d’une convention de partage")
        verbose_name_plural = _("termes de conventions de partage")
        ordering = ("-id",)
        indexes = (models.Index(fields=("agreement", "-id"), name="terms_last_idx"),)

    def __str__(self) -> str:
        return f"{self.agreement_id} – {self.made_at:%Y-%m-%d}"


_Place_co = TypeVar("_Place_co", bound="Place", covariant=True)


class PlaceQuerySet(models.QuerySet[_Place_co]):
    """Residences or addresses."""

    def open(self) -> Self:
        """Keep the places that are not closed, nor in a closed residence."""
        found = self.filter(closed_on=None)
        return found.filter(residence__closed_on=None) if self.model is Address else found

    def open_on(self, day: dt.date) -> Self:
        """Keep the places that were not closed on ``day``; of addresses, whatever became of their residence."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day))

    def apart(self) -> Self:
        """Leave out the places that were merged into another one: they are known by that one."""
        return self.filter(merged_into=None)


class Place(models.Model):
    """A place of the stock, which may be closed.

    A merged place stays, closed, so that files still find the one that it is by its reference, its text or its identifiers.

    Attributes:
        closed_on: the first day on which the place counts no more, with what was recorded there; None while it counts.
        merged_into: the place that this one is, since both were found to be the same.
        changed_at: when a person last changed it.
    """

    closed_on = models.DateField(_("fermée le"), null=True, blank=True, editable=False)
    # The default is the database's, for the rows that an import writes by plain SQL.
    close_reason = models.CharField(
        _("motif de fermeture"), max_length=200, blank=True, default="", db_default="", editable=False
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged", db_index=False,
        verbose_name=_("fusionnée avec"),
    )  # fmt: skip
    changed_at = models.DateTimeField(null=True, editable=False)
    changed_by = models.ForeignKey(
        User, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        abstract = True


@pghistory.track(
    # What an import changed is kept with the import; the history is that of what people changed.
    pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange("changed_at")),
    exclude=["opaque_id"],
    meta={"db_table": "sites_residence_history"},
)
class Residence(Place):
    """A residence of a landlord: one or several addresses managed together.

    Outside its landlord a residence is identified by a digest of ``opaque_id``, never by its number.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="residences")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="residences")
    reference = models.CharField(_("référence du bailleur"), max_length=60)
    name = models.CharField(_("nom"), max_length=200)
    dwellings = models.PositiveIntegerField(_("logements"), default=0)
    in_priority_neighbourhood = models.BooleanField(_("en QPV"), default=False)
    # The default is the database's, so that rows written by plain SQL get one as well.
    opaque_id = models.UUIDField(db_default=RandomUUID(), editable=False)

    # Set by pghistory: the state before each change.
    events: "RelatedManager[models.Model]"

    perimeter = perimeter.RESIDENCE

    class Meta:
        verbose_name = _("résidence")
        verbose_name_plural = _("résidences")
        ordering = ("name__french", "id")
        constraints = (
            models.UniqueConstraint(fields=("landlord", "reference"), name="residence_reference_is_unique"),
            # Target of the composite foreign keys that keep every copy of (landlord, commune) equal to this one.
            models.UniqueConstraint(fields=("id", "landlord", "commune"), name="residence_perimeter"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_on__isnull=False),
                name="residence_merged_is_closed",
                violation_error_message=_("Un lieu fusionné avec un autre est fermé."),
            ),
        )
        indexes = (
            models.Index(fields=("landlord", "commune"), name="residence_perimeter_idx"),
            # For the engine, which leaves the few closed places out.
            models.Index(
                fields=("closed_on",),
                include=("id", "landlord", "commune"),
                name="residence_closed_idx",
                condition=Q(closed_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.name


class ResidenceAlias(models.Model):
    """Another reference of a residence, by which files still name it: that of a former or a second programme.

    One reference may be that of several residences; by itself it then names none of them.
    ``landlord`` and ``commune`` repeat the residence's, as in :class:`Address`.
    """

    residence = models.ForeignKey(Residence, models.CASCADE, related_name="aliases")
    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    reference = models.CharField(_("autre référence"), max_length=60)

    perimeter = perimeter.RESIDENCE_ALIAS

    class Meta:
        verbose_name = _("autre référence d’une résidence")
        verbose_name_plural = _("autres références d’une résidence")
        ordering = ("reference", "id")
        constraints = (
            models.UniqueConstraint(fields=("residence", "reference"), name="alias_is_unique_in_residence"),
        )
        indexes = (models.Index(fields=("landlord", "reference"), name="alias_reference_idx"),)

    def __str__(self) -> str:
        return self.reference


@pghistory.track(
    pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange("changed_at")),
    meta={"db_table": "sites_address_history"},
)
class Address(Place):
    """An address of a residence: a door on the street, or a building or an entrance at one, with its point.

    ``label`` names the building and the entrance too; ``building`` and ``entrance`` repeat them as they are written
    there ("Bât. A", "esc 2"). ``rnb_id`` is the national identifier of the building, ``ban_key`` the national key of
    the address (``cle_interop``). ``match_key`` is derived from the label (:mod:`sites.match_key`).
    ``landlord`` and ``commune`` repeat the residence's, so that the policies read them from the
    row itself; a composite foreign key keeps them equal.
    """

    residence = models.ForeignKey(Residence, models.CASCADE, related_name="addresses")
    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+")
    label = models.CharField(_("adresse"), max_length=200)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    match_key = models.CharField(max_length=200, editable=False)
    building = models.CharField(_("bâtiment"), max_length=80, blank=True, default="", db_default="")
    entrance = models.CharField(_("entrée"), max_length=80, blank=True, default="", db_default="")
    rnb_id = models.CharField(_("identifiant RNB"), max_length=12, blank=True, default="", db_default="")
    ban_key = models.CharField(_("clé BAN"), max_length=40, blank=True, default="", db_default="")
    dwellings = models.PositiveIntegerField(_("logements"), default=0)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    geocoding = models.CharField(max_length=10, choices=GeocodingState, default=GeocodingState.PENDING)
    geocoding_score = models.FloatField(null=True)

    # Set by pghistory: the state before each change.
    events: "RelatedManager[models.Model]"

    perimeter = perimeter.ADDRESS

    class Meta:
        verbose_name = _("adresse")
        verbose_name_plural = _("adresses")
        ordering = ("label__french", "id")
        constraints = (
            models.UniqueConstraint(fields=("residence", "match_key"), name="address_is_unique_in_residence"),
            models.UniqueConstraint(
                fields=("id", "residence", "landlord", "commune"), name="address_perimeter"
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                # IS NOT NULL is needed: a range test on a null is unknown, which a check accepts.
                | Q(
                    longitude__isnull=False,
                    latitude__isnull=False,
                    longitude__range=(-180, 180),
                    latitude__range=(-90, 90),
                ),
                name="address_point_is_on_earth",
                violation_error_message=_("Ces coordonnées ne sont pas une longitude et une latitude."),
            ),
            models.CheckConstraint(
                condition=Q(rnb_id="") | Q(rnb_id__regex=identifiers.RNB),
                name="address_rnb_id_is_one",
                violation_error_message=_(
                    "Un identifiant RNB a douze lettres et chiffres, comme 1GA7PBYM1QDY."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ban_key="") | Q(ban_key__regex=identifiers.BAN),
                name="address_ban_key_is_one",
                violation_error_message=_(
                    "Une clé BAN s’écrit comme 75112_1234_00012 ou 75112_1234_00012_bis."
                ),
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(closed_on__isnull=False),
                name="address_merged_is_closed",
                violation_error_message=_("Un lieu fusionné avec un autre est fermé."),
            ),
        )
        indexes = (
            # For the engine, which leaves the few closed places out.
            models.Index(
                fields=("closed_on",),
                include=("id", "residence", "landlord", "commune"),
                name="address_closed_idx",
                condition=Q(closed_on__isnull=False),
            ),
            models.Index(fields=("landlord", "commune"), name="address_perimeter_idx"),
            models.Index(fields=("match_key", "commune"), name="address_match_idx"),
        )

    def __str__(self) -> str:
        return self.label


class Placement(models.Model):
    """A set of positions that a person gave to addresses of one landlord in one go, from a file or pasted lines.

    Attributes:
        filename: the name of the file; empty for pasted lines.
        placed: how many addresses got their position from it.
        unchanged: how many had it already.
        rejected: the rows that gave none, each as its number and the code of its reason (:mod:`.geocoding.rows`).
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="placements")
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("le"), auto_now_add=True)
    filename = models.CharField(_("fichier"), max_length=255, blank=True)
    placed = models.PositiveIntegerField(_("adresses placées"), default=0)
    unchanged = models.PositiveIntegerField(_("déjà là"), default=0)
    rejected = models.JSONField(default=list)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    # How many addresses its undoing left as they were, because somebody has moved them since.
    kept = models.PositiveIntegerField(default=0)

    perimeter = perimeter.PLACEMENT

    class Meta:
        verbose_name = _("placement d’adresses")
        verbose_name_plural = _("placements d’adresses")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.filename or str(_("coordonnées collées"))


class PositionChange(models.Model):
    """A change of an address's position by a person: the position before, the one after, who and how.

    A position is a longitude, a latitude and where it came from (``geocoding``); null numbers mean that there was none.
    """

    # The constraint is in policies/0017_positions.sql: it deletes with the address, which the undoing of imports does in SQL.
    address = models.ForeignKey(Address, models.CASCADE, related_name="position_changes", db_constraint=False)
    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    placement = models.ForeignKey(Placement, models.SET_NULL, null=True, related_name="changes")
    way = models.CharField(max_length=10, choices=PlacementWay)
    changed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)
    from_longitude = models.FloatField(null=True)
    from_latitude = models.FloatField(null=True)
    from_geocoding = models.CharField(max_length=10, choices=GeocodingState)
    from_score = models.FloatField(null=True)
    to_longitude = models.FloatField(null=True)
    to_latitude = models.FloatField(null=True)

    perimeter = perimeter.POSITION_CHANGE

    class Meta:
        verbose_name = _("changement de position")
        verbose_name_plural = _("changements de position")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.address} – {self.changed_at:%Y-%m-%d}"


class PlaceChange(models.Model):
    """What a person did to places of the stock, with all that is needed to take it back.

    Attributes:
        residences: ids of the residences concerned, the one that it was done from first.
        summary: what it was done to, as it was called then.
        rows: the rows created and changed, in order (:mod:`sites.upkeep.ledger`).
    """

    landlord = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    act = models.CharField(_("acte"), max_length=20, choices=PlaceAct)
    residences = ArrayField(models.BigIntegerField())
    summary = models.CharField(_("sur"), max_length=500)
    reason = models.CharField(_("motif"), max_length=200, blank=True)
    rows = models.JSONField(editable=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    perimeter = perimeter.PLACE_CHANGE

    class Meta:
        verbose_name = _("modification du patrimoine")
        verbose_name_plural = _("modifications du patrimoine")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.get_act_display()} – {self.summary}"


class ResidenceAssignment(models.Model):
    """A residence an agent works at; an agent with none works at all of the landlord's."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="assignments")
    residence = models.ForeignKey(Residence, models.CASCADE, related_name="assignments")

    perimeter = perimeter.RESIDENCE_ASSIGNMENT

    class Meta:
        verbose_name = _("affectation")
        verbose_name_plural = _("affectations")
        constraints = (
            models.UniqueConstraint(fields=("membership", "residence"), name="assignment_is_unique"),
        )

    def __str__(self) -> str:
        return f"{self.membership} – {self.residence}"


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
