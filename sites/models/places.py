"""Store residences, their addresses and the agents who work there."""

import datetime as dt
from typing import TYPE_CHECKING, Self, TypeVar

import pghistory
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User
from sites import identifiers, perimeter
from sites.enums import GeocodingState

from .communes import Commune

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

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

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.name


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

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name

    @property
    def journal_name(self) -> str:
        """What the journal calls it: its residence, and its text."""
        return f"{self.residence}, {self.label}"


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
