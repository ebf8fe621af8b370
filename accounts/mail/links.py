"""Make the links by which people choose a password."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse

from accounts.models import Proposal, User
from accounts.scope import system_scope
from core.opaque import read, written


class KeyGenerator(PasswordResetTokenGenerator):
    """The generator of the keys in links: that of an invitation names its proposal, and works while this waits.

    Attributes:
        proposal_id: the proposal that whoever chooses a password by the key accepts; 0 for a forgotten password.
    """

    def __init__(self, proposal_id: int = 0) -> None:
        super().__init__()
        self.proposal_id = proposal_id

    def make_token(self, user: User) -> str:
        """Return a key, with what addresses write for its proposal before it."""
        key = super().make_token(user)
        return f"{written('proposal', self.proposal_id)}.{key}" if self.proposal_id else key

    def check_token(self, user: User | None, token: str | None) -> bool:
        """Say whether a key is the person's, has not served, and its proposal still waits."""
        key = (token or "").rpartition(".")[2]
        return super(KeyGenerator, type(self)(proposal_in(token))).check_token(user, key)

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        """Return what a key is made of: of an invitation the proposal and its state too."""
        made_of = super()._make_hash_value(user, timestamp)
        if not self.proposal_id:
            return made_of
        with system_scope("mail"):
            of_person = Proposal.objects.filter(user=user, pk=self.proposal_id)
            return f"{made_of}{[(held.pk, held.state) for held in of_person if held.waits]}"


def proposal_in(key: str | None) -> int:
    """Return the number of the proposal that a key names; 0 where it names none.

    A link that was sent before such numbers were hidden holds it as it is.

    >>> proposal_in("12.abc-def"), proposal_in("abc-def"), proposal_in("x.abc"), proposal_in(None)
    (12, 0, 0, 0)
    """
    number = (key or "").rpartition(".")[0]
    if number.isascii() and number.isdecimal() and len(number) < _MOST_DIGITS:
        return int(number)
    try:
        return read("proposal", number)
    except ValueError:
        return 0


_MOST_DIGITS = 19


def password_link(user: User, site_url: str, proposal: Proposal | None = None) -> str:
    """Return an address at which the person chooses a password, valid for ``PASSWORD_RESET_TIMEOUT``.

    Args:
        user: whose password it is.
        site_url: the base of the address, without a final slash.
        proposal: the role that the first password accepts, which the page shows.
    """
    with system_scope("mail"):
        key = KeyGenerator(proposal.pk if proposal else 0).make_token(user)
    link = {"uidb36": written("account", user.pk), "key": key}
    path = reverse("account_reset_password_from_key", kwargs=link)
    return f"{site_url}{path}"
