"""Store the roles that are proposed to people, and what became of each proposal."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import perimeter
from accounts.enums import Confirmation, ProposalState, Role

# The states of a confirmation that is yet to be given.
AWAITING = (Confirmation.AWAITED, Confirmation.OFFICER)


class Proposal(models.Model):
    """A role proposed to a person, who has it once they have accepted it.

    Whoever proposes it learns nothing of the account: the row repeats the address and the name that were typed, and
    looks alike whether the account was there already or not. Triggers (0020_roles_held.sql) keep all but the answer as it was.

    Attributes:
        inviting: the organisation in whose name it is proposed.
        purpose: the purpose of the circle that the person is invited to; there may be several such proposals at once.
        lapses_on: the first day on which it can no longer be accepted.
        confirmation: whether the organisation must confirm it first; a trigger decides when it is written.
        confirmed_by: who did, for the organisation.
        membership: the role that the person has by it; a trigger (0020_roles_held.sql) writes it.
        prepared: what is to be written for the role once it is accepted, by the name of whoever prepared it.
        seen_by: the ids of those who took note of what became of it.
    """

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="proposals")
    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="+")
    role = models.CharField(_("rôle"), max_length=20, choices=Role)
    email = models.EmailField(_("adresse e-mail"))
    full_name = models.CharField(_("nom"), max_length=150)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    inviting = models.ForeignKey("accounts.Organisation", models.CASCADE, null=True, related_name="+")
    purpose = models.CharField(max_length=300, blank=True)
    proposed_at = models.DateTimeField(auto_now_add=True)
    lapses_on = models.DateField()
    state = models.CharField(max_length=10, choices=ProposalState, default=ProposalState.WAITING)
    answered_at = models.DateTimeField(null=True)
    confirmation = models.CharField(max_length=10, choices=Confirmation, default=Confirmation.NONE)
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    membership = models.ForeignKey("accounts.Membership", models.CASCADE, null=True, related_name="proposals")
    prepared = models.JSONField(default=dict, blank=True)
    seen_by = ArrayField(models.BigIntegerField(), default=list)

    perimeter = perimeter.PROPOSAL

    class Meta:
        verbose_name = _("proposition de rôle")
        verbose_name_plural = _("propositions de rôle")
        ordering = ("-proposed_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "organisation", "role"),
                condition=Q(state=ProposalState.WAITING, purpose=""),
                name="proposal_waits_once",
            ),
            models.CheckConstraint(condition=~Q(user=F("proposed_by")), name="proposal_is_not_to_oneself"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.WAITING) | Q(answered_at__isnull=False),
                name="proposal_that_waits_no_more_ended_at_a_moment",
            ),
        )

    def __str__(self) -> str:
        return f"{self.full_name} – {self.get_role_display()}"

    @property
    def journal_name(self) -> str:
        """What the journal calls it: the role, the person as they were called, the organisation."""
        return f"{self.get_role_display()} – {self.full_name}, {self.organisation}"

    @property
    def waits(self) -> bool:
        """True while it can be answered, or withdrawn: one that nobody answered in time cannot."""
        return self.state == ProposalState.WAITING and timezone.localdate() < self.lapses_on

    @property
    def unconfirmed(self) -> bool:
        """True while the organisation has yet to confirm it."""
        return self.confirmation in AWAITING

    @property
    def shown_state(self) -> str:
        """The state in words; the nightly job that writes down what lapsed need not have run."""
        if self.state == ProposalState.WAITING and not self.waits:
            return str(ProposalState.LAPSED.label)
        if self.waits and self.unconfirmed:
            return str(_("à confirmer par l’organisme"))
        return str(self.get_state_display())
