from django.utils import timezone

from accounts.enums import Role
from accounts.models import ApiToken
from accounts.scope import system_scope
from tests.access.people import ANONYMOUS, STRANGER

KEEPERS = {Role.ADMIN, Role.LEAD}
READERS = {Role.DPO, Role.LEAD}
ANYBODY = {*Role, STRANGER, ANONYMOUS}
KEY = {"uidb36": "1", "key": "set-password"}


def _agent(world):
    return {"pk": world.a.agent.pk}


def _membership(world):
    return {"pk": world.a.agent_membership.pk}


def _token(side):
    with system_scope("seeding"):
        return ApiToken.objects.get_or_create(
            organisation=side.landlord, digest=f"of {side.landlord.pk}",
            defaults={"name": "GED", "created_by": side.lead, "expires_on": timezone.localdate()},
        )[0].pk  # fmt: skip


ROWS = {
    "accounts:users": {"GET": KEEPERS, "query": lambda _world: {"q": "agent"}},
    "accounts:invite": {"GET": KEEPERS, "POST": KEEPERS},
    # An administrator sees every account; a lead those of the own landlord.
    "accounts:user": {
        "GET": KEEPERS, "kwargs": _agent,
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:invite_again": {
        "POST": KEEPERS, "kwargs": _agent,
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    # Of the accounts a lead sees, the own agents' alone: tests/accounts/test_people.py.
    "accounts:rename": {
        "GET": KEEPERS, "POST": KEEPERS, "kwargs": _agent, "data": lambda _world: {"full_name": "Agent A"},
        "foreign": lambda world: {"pk": world.b.agent.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:set_active": {"POST": {Role.ADMIN}, "kwargs": _agent},
    "accounts:add_membership": {"GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "kwargs": _agent},
    "accounts:end_membership": {
        "POST": KEEPERS, "kwargs": _membership,
        "foreign": lambda world: {"pk": world.b.agent_membership.pk}, "foreign_to": {Role.LEAD},
    },
    "accounts:organisations": {"GET": {Role.ADMIN}},
    "accounts:create_organisation": {"GET": {Role.ADMIN}, "POST": {Role.ADMIN}},
    "accounts:rename_organisation": {
        "GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "kwargs": lambda world: {"pk": world.a.landlord.pk},
    },
    "accounts:language": {
        "POST": ANYBODY - {ANONYMOUS}, "data": lambda _world: {"language": "en", "next": "/carte/"},
    },
    # One's own views alone: tests/accounts/test_lists.py.
    "accounts:columns": {"POST": {*Role}},
    "accounts:save_view": {"POST": {*Role}},
    "accounts:change_view": {"POST": {*Role}},
    "accounts:delete_view": {"POST": {*Role}},
    "accounts:journal": {"GET": READERS, "query": lambda _world: {"person": "r"}},
    "accounts:journal_export": {"GET": READERS},
    "accounts:tokens": {"GET": {Role.LEAD}},
    "accounts:create_token": {"GET": {Role.LEAD}, "POST": {Role.LEAD}},
    "accounts:revoke_token": {
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": _token(world.a)},
        "foreign": lambda world: {"pk": _token(world.b)},
    },
    "account_reset_password": {"GET": ANYBODY, "POST": ANYBODY, "PUT": ANYBODY},
    "account_reset_password_done": {"GET": ANYBODY},
    "account_reset_password_from_key": {
        "GET": ANYBODY, "POST": ANYBODY, "PUT": ANYBODY, "PATCH": ANYBODY, "DELETE": ANYBODY,
        "kwargs": lambda _world: KEY, "public_object": True,
    },
    "account_reset_password_from_key_done": {"GET": ANYBODY},
    "account_change_password": {
        "GET": ANYBODY - {ANONYMOUS},
        "POST": ANYBODY - {ANONYMOUS},
        "PUT": ANYBODY - {ANONYMOUS},
    },
    "account_inactive": {"GET": ANYBODY},
}  # fmt: skip
