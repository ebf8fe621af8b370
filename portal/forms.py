"""Forms by which somebody who is not logged in says who they are."""

from allauth.account.forms import ResetPasswordForm, UserTokenForm

from accounts.models import User
from accounts.scope import system_scope


class ForgottenPasswordForm(ResetPasswordForm):
    """Ask for the address of an account."""

    def clean_email(self) -> str:
        """Look the account up, and nothing else, as the product."""
        with system_scope("authentication"):
            return super().clean_email()


class ResetLinkForm(UserTokenForm):
    """Check the link of an invitation or of a forgotten password."""

    def _get_user(self, uidb36: str) -> User | None:
        """Return the account the link was made for, or None."""
        with system_scope("authentication"):
            return super()._get_user(uidb36)
