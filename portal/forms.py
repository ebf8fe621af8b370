"""Define the forms that identify a person who is not logged in."""

from allauth.account.forms import ResetPasswordForm, UserTokenForm

from accounts.models import User
from accounts.scope import system_scope


class ForgottenPasswordForm(ResetPasswordForm):
    """The form of the e-mail address of an account whose password is forgotten."""

    def clean_email(self) -> str:
        """Look up the account, and only that, in a system scope."""
        with system_scope("authentication"):
            return super().clean_email()


class ResetLinkForm(UserTokenForm):
    """The form that checks the link of an invitation or of a forgotten password."""

    def _get_user(self, uidb36: str) -> User | None:
        """Return the account the link was made for; None where there is none, or where it is closed."""
        with system_scope("authentication"):
            user: User | None = super()._get_user(uidb36)
        return user if user and user.is_active else None
