"""Define the forms by which a second factor is enrolled and given.

A refusal leaves the scope of the person before it is raised: a block that fails is rolled back, and with it the count
of attempts.
"""

from typing import Any

from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import acting_as
from core.forms import AboutNobodyField
from portal.waiting import saying_when

# The codes of three steps of half a minute are accepted (MFA_TOTP_TOLERANCE): one that served is refused as long.
_USED_S = 90
_CODE = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20})


class AnswerField(forms.JSONField):
    """The field of what a passkey answered, as JSON."""

    def to_python(self, value: Any) -> Any:
        """Return the value; refuse one that is nested too deeply to be read."""
        try:
            return super().to_python(value)
        except RecursionError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class CodeForm(AuthenticateForm):
    """The form of a code: of an application, or one of the recovery codes."""

    prefix = "factor"
    code = forms.CharField(
        label=gettext_lazy("Code"),
        widget=_CODE,
        help_text=gettext_lazy("Les six chiffres de votre application, ou un code de secours."),
    )

    def clean_code(self) -> str:
        """Check the code in the scope of its person, whose row keeps which recovery codes have served."""
        with acting_as(self.user):
            try:
                code: str = super().clean_code()
            except ValidationError as error:
                refused = error
            else:
                if self.authenticator.type != Authenticator.Type.TOTP or _serves_once(self.user, code):
                    return code
                refused = ValidationError(_("Ce code a déjà servi. Attendez le suivant."))
        raise saying_when(refused, key=f"mfa-auth-user-{self.user.pk}")

    def save(self, *, again: bool = False) -> None:
        """Note in the session that a second factor was given, and on its row that it served."""
        with acting_as(self.user):
            post_authentication(context.request, self.authenticator, reauthenticated=again)


class KeyForm(AuthenticateWebAuthnForm):
    """The form of what a passkey answered."""

    prefix = "factor"
    credential = AnswerField(widget=forms.HiddenInput)

    def clean_credential(self) -> Authenticator:
        """Check the answer in the scope of its person."""
        with acting_as(self.user):
            try:
                return super().clean_credential()
            except ValidationError as error:
                refused = error
            except (KeyError, AttributeError):
                # What is no answer of a key at all, but JSON.
                refused = ValidationError(
                    _("Cette clé n’a pas été reconnue. Recommencez, ou prenez un code.")
                )
        raise saying_when(refused, key=f"mfa-auth-user-{self.user.pk}")

    def save(self, *, again: bool = False) -> None:
        """Note in the session that a second factor was given, and on its row that it served."""
        with acting_as(self.user):
            post_authentication(context.request, self.cleaned_data["credential"], reauthenticated=again)


class ApplicationForm(ActivateTOTPForm):
    """The form of the first code of an application, whose secret the page shows."""

    code = forms.CharField(
        label=gettext_lazy("Code affiché par l’application"),
        widget=_CODE,
        help_text=gettext_lazy("Six chiffres, qui changent toutes les trente secondes."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Keep one secret as long as it was not activated: whoever reloads the page has scanned it already."""
        self.user = user
        forms.Form.__init__(self, *args, **kwargs)
        session = context.request.session
        if SECRET_SESSION_KEY not in session:
            session[SECRET_SESSION_KEY] = encrypt(generate_totp_secret())
        self.secret = decrypt(session[SECRET_SESSION_KEY])

    def clean_code(self) -> str:
        """Check the code; after too many, say when to come back."""
        try:
            return str(super().clean_code())
        except ValidationError as error:
            raise saying_when(error, key=f"mfa-auth-user-{self.user.pk}") from None


class PasskeyForm(AddWebAuthnForm):
    """The form of a new passkey, with the name that its person gives it."""

    name = AboutNobodyField(
        label=gettext_lazy("Nom de cette clé"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Par exemple : téléphone, ordinateur du bureau, clé USB."),
    )
    credential = AnswerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Check what the key answered; what is no answer of a key is refused like a wrong one."""
        try:
            return super().clean()
        except (KeyError, AttributeError):
            raise ValidationError(
                _("Cette clé n’a pas été reconnue. Recommencez, ou prenez un code.")
            ) from None


def given(request: HttpRequest, user: User) -> CodeForm | KeyForm:
    """Return the form of the factor that was sent: that of a passkey, or that of a code."""
    kind = KeyForm if request.POST.get("factor-credential") else CodeForm
    return kind(user=user, data=request.POST)


def is_given(sent: QueryDict) -> bool:
    """Say whether a request carries a factor."""
    return "factor-code" in sent or "factor-credential" in sent


def _serves_once(user: User, code: str) -> bool:
    return cache.add(f"palier.factor.used.{user.pk}.{code.replace(' ', '')}", "y", timeout=_USED_S)
