import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt

from accounts.enums import Role
from accounts.models import FactorReset
from accounts.scope import system_scope
from tests import factories as f
from tests.access.accounts import KEEPERS, PASSWORD
from tests.access.people import STRANGER, own, person

EVERYBODY = {*Role, STRANGER}
# Whose session has given neither password nor factor a short while ago is asked for it first.
_ASKED_FIRST = "the password is asked for first: the entry is in tests/portal/test_factors.py"


_SECRET = "JBSWY3DPEHPK3PXP"


def _application(user):
    """An application of codes of somebody, without which nothing would be lost."""
    with system_scope("seeding"):
        data = {"secret": encrypt(_SECRET)}
        return {"pk": Authenticator.objects.create(user=user, type="totp", data=data).pk}


def _code(_world):
    """The code that is asked for of whoever has a factor."""
    return {"factor-code": format_hotp_value(hotp_value(_SECRET, int(time.time()) // 30))}


def _reset(world, of):
    """A request to erase somebody's factor that another administrator made."""
    with system_scope("seeding"):
        other = f.MembershipFactory(organisation=world.operator, role=Role.ADMIN).user
        return {"pk": FactorReset.objects.create(user=of, asked_by=other, reason="lost").pk}


ROWS = {
    "accounts:ask_factor_reset": {
        "POST": KEEPERS, "kwargs": lambda world: {"pk": world.a.agent.pk}, "data": lambda _world: {"reason": "lost"},
        "journal": own, "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:answer_factor_reset": {
        "POST": KEEPERS, "kwargs": lambda world: _reset(world, world.a.agent), "data": lambda _world: {"confirm": "1"},
        "journal": own, "foreign": lambda world: _reset(world, world.b.agent), "foreign_to": {Role.LEAD},
    },
    "mfa_authenticate": {
        "GET": EVERYBODY, "POST": EVERYBODY, "journal": "whoever is logged in is sent home; of others it is that of the login",
    },
    "mfa_enrol": {"GET": EVERYBODY},
    "mfa_activate_totp": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_add_webauthn": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_generate_recovery_codes": {"GET": EVERYBODY, "POST": EVERYBODY, "journal": _ASKED_FIRST},
    "mfa_view_recovery_codes": {"GET": EVERYBODY},
    "mfa_remove": {
        "POST": EVERYBODY, "kwargs": lambda world: _application(world.b.agent), "journal": own,
        "kwargs_for": lambda world, who: _application(person(world, who)), "data": _code,
        "foreign": lambda world: _application(world.b.lead),
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
