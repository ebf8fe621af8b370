"""Store circles and mandates."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, Proposal, User
from core.periods import Dated, ends_after_start, no_overlap
from partners import perimeter
from partners.enums import Precision
from sites.models import Territory

# The longest reason of a withdrawal, in characters.
REASON_LENGTH = 200


class Circle(Dated):
    """The restricted group of a territory, with dates and no groups within; without members it shares with nobody.

    ``precision`` is that of all it is given: foreign keys of what was given keep it as it was then.
    """

    territory = models.ForeignKey(
        Territory, models.PROTECT, related_name="circles", verbose_name=_("territoire")
    )
    name = models.CharField(_("nom"), max_length=150)
    purpose = models.CharField(_("objet"), max_length=300)
    precision = models.CharField(_("précision"), max_length=13, choices=Precision)

    perimeter = perimeter.CIRCLE

    class Meta:
        verbose_name = _("cellule restreinte")
        verbose_name_plural = _("cellules restreintes")
        ordering = ("name__french", "id")
        constraints = (
            ends_after_start("circle_ends_after_start"),
            models.UniqueConstraint(fields=("territory", "name"), name="circle_name_is_unique"),
            models.CheckConstraint(
                condition=Q(precision__in=Precision.values), name="circle_has_a_precision"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Mandate(Dated):
    """A person's right to see what a circle is given, as a partner of ``organisation``.

    Attributes:
        proposal: the invitation that the person accepts or refuses; null for mandates older than invitations.
        membership: the role that the mandate rests on, written by a trigger once the person has accepted. Without it
            the mandate gives nothing, and it ends with it: the same role given again is another one. Nor does it give
            anything while the person has not accepted the current text of the territory's charter.
        council: the organisation that the territory belonged to when the mandate was given, written by a trigger. The
            mandate gives nothing while the territory belongs to another one.
    """

    circle = models.ForeignKey(Circle, models.CASCADE, related_name="mandates")
    # It repeats the circle's: the policy of circles reads mandates, so that of mandates must not read circles.
    territory = models.ForeignKey(Territory, models.PROTECT, editable=False, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="mandates", verbose_name=_("personne"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, editable=False, related_name="+", verbose_name=_("organisme")
    )
    proposal = models.OneToOneField(
        Proposal, models.PROTECT, null=True, editable=False, related_name="mandate"
    )
    membership = models.ForeignKey(
        Membership, models.PROTECT, null=True, editable=False, related_name="mandates"
    )
    council = models.ForeignKey(Organisation, models.PROTECT, editable=False, related_name="+")
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
        return f"{self.person} – {self.circle}"

    @property
    def person(self) -> str:
        """The name of the person: until they have accepted, the one that whoever invited them wrote."""
        if self.membership_id is None and self.proposal:
            return self.proposal.full_name
        return str(self.user)

    @property
    def address(self) -> str:
        """The e-mail address: until they have accepted, the one that whoever invited them wrote."""
        return self.proposal.email if self.membership_id is None and self.proposal else self.user.email

    @property
    def upcoming(self) -> bool:
        """True when the mandate has not started."""
        return self.starts_on > timezone.localdate()
