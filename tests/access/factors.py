from allauth.mfa.models import Authenticator

from accounts.enums import Role
from accounts.scope import system_scope
from tests.access.accounts import PASSWORD
from tests.access.people import STRANGER, own, person

EVERYBODY = {*Role, STRANGER}
# Whose session has given neither password nor factor a short while ago is asked for it first.
_ASKED_FIRST = "the password is asked for first: the entry is in tests/portal/test_factors.py"


def _key(user):
    """A passkey of somebody, without which nothing would be lost."""
    with system_scope("seeding"):
        return {"pk": Authenticator.objects.create(user=user, type="webauthn", data={"name": "Clé"}).pk}


ROWS = {
    "mfa_authenticate": {
        "GET": EVERYBODY, "POST": EVERYBODY, "journal": "whoever is logged in is sent home; of others it is that of the login",
    },
    "mfa_enrol": {"GET": EVERYBODY},
    "mfa_activate_totp": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_add_webauthn": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_generate_recovery_codes": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_view_recovery_codes": {"GET": EVERYBODY},
    "mfa_remove": {
        "POST": EVERYBODY, "kwargs": lambda world: _key(world.a.lead), "journal": own,
        "kwargs_for": lambda world, who: _key(person(world, who)),
        "foreign": lambda world: _key(world.b.lead),
    },
    "mfa_reauthenticate": {
        "GET": EVERYBODY, "POST": EVERYBODY, "journal": "that a factor is given again is told by what it was given for",
    },
    "account_reauthenticate": {
        "GET": EVERYBODY, "POST": EVERYBODY, "data": lambda _world: {"password": PASSWORD},
        "journal": "that a password is given again is told by the factor that is enrolled",
    },
    "mfa_index": {"GET": EVERYBODY},
    # Of a person whose only session is the one that asks there is none to end: tests/portal/test_sessions.py.
    "end_sessions": {"POST": EVERYBODY, "journal": "no other session is open"},
}  # fmt: skip
