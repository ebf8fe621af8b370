"""Configure the login by e-mail; nobody signs up."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["portal.backends.CredentialsBackend"]
ACCOUNT_ADAPTER = "portal.adapter.InvitationOnlyAdapter"
ACCOUNT_FORMS = {
    "reset_password": "portal.forms.ForgottenPasswordForm",
    "user_token": "portal.forms.ResetLinkForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# An e-mail to an unknown address would link to a sign-up page, and reach people who have nothing to do with Palier.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# An account is slowed down by its own failures; an address, which a whole office may share, only by many more.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/5m/key,50/5m/ip",
    "login": "120/m/ip",
    "reauthenticate": "10/5m/user",
    "change_password": "5/5m/user",
    "reset_password": "10/h/ip,5/h/key",
}
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
MFA_ADAPTER = "portal.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Addresses are those of invitations: whoever chose a password read one there.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Palier"
# The code before and the one after are accepted: clocks differ.
MFA_TOTP_TOLERANCE = 1
# Of whom a second factor is asked, among those whose roles demand it: None for everybody, or e-mail addresses. The
# demonstration and the tests alone ask some; production refuses to start with anything but None.
SECOND_FACTOR_ASKED_OF: frozenset[str] | None = None
# There is no reverse proxy, except in production.
ALLAUTH_TRUSTED_PROXY_COUNT = 0
# The links of invitations and of new passwords are valid for a week.
PASSWORD_RESET_TIMEOUT = 7 * 86_400
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.mail.links.KeyGenerator"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
