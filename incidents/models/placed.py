"""Hold what every record at a place has."""

from typing import TYPE_CHECKING

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from sites.models import Address, Commune, Residence

if TYPE_CHECKING:
    pass


class Placed(models.Model):
    """A record at an address, or at a residence as a whole when ``address`` is null.

    In files a record is identified by ``opaque_id`` (:mod:`incidents.identifiers`), never by its number.
    """

    landlord = models.ForeignKey(Organisation, models.PROTECT, related_name="+", editable=False)
    commune = models.ForeignKey(Commune, models.PROTECT, related_name="+", editable=False, db_index=False)
    residence = models.ForeignKey(
        Residence, models.PROTECT, related_name="%(class)ss", verbose_name=_("résidence"), db_index=False
    )
    address = models.ForeignKey(
        Address,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("adresse"),
        db_index=False,
    )

    # The default is the database's, so that rows written by plain SQL get one as well.
    opaque_id = models.UUIDField(db_default=RandomUUID(), editable=False)

    class Meta:
        abstract = True

    @property
    def place(self) -> Address | Residence:
        """The address, or the residence when no address was recorded."""
        return self.address or self.residence

    @property
    def journal_name(self) -> str:
        """What the journal calls it: its place, and neither what happened there nor when."""
        return self.address.journal_name if self.address else self.residence.name

    @property
    def journal_place(self) -> tuple[int, str]:
        """The landlord and the residence, by which the journal is asked who saw it."""
        return self.landlord_id, self.residence.name
