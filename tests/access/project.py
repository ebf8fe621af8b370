from accounts.enums import Role
from tests.access.people import ANONYMOUS, STRANGER

EVERYBODY = {*Role, STRANGER}

ANYBODY = {*EVERYBODY, ANONYMOUS}

ROWS = {
    "home": {"GET": EVERYBODY},
    "search": {
        "GET": {Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.PARTNER},
        "query": lambda _world: {"q": "residence"},
    },
    "accessibility": {"GET": ANYBODY},
    "components": {"GET": {Role.ADMIN}},
    "guide": {"GET": set(Role)},
    "guide_step": {
        "GET": set(Role),
        "kwargs": lambda _world: {"key": "agent-list"},
        "public_object": True,
    },
    "guide_hide": {"POST": set(Role), "data": lambda _world: {"role": "agent"}},
    "guide_again": {"POST": set(Role), "data": lambda _world: {"role": "agent"}},
    # Whoever is logged in already is sent home; Django's form views take a PUT for a POST.
    "account_login": {
        "GET": ANYBODY,
        "POST": ANYBODY,
        "PUT": ANYBODY,
        "PATCH": EVERYBODY,
        "DELETE": EVERYBODY,
    },
    "account_logout": {"GET": EVERYBODY, "POST": EVERYBODY},
}
