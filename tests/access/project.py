from accounts.enums import Role
from tests.access.accounts import PASSWORD
from tests.access.people import ANONYMOUS, STRANGER, own

EVERYBODY = {*Role, STRANGER}

ANYBODY = {*EVERYBODY, ANONYMOUS}

_VISIT = "which steps of the visit somebody has seen is nobody's business"

ROWS = {
    "home": {"GET": EVERYBODY},
    "search": {
        "GET": {Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.PARTNER},
        "query": lambda _world: {"q": "residence"},
    },
    "accessibility": {"GET": ANYBODY},
    "security_txt": {"GET": ANYBODY},
    "manifest": {"GET": ANYBODY},
    "worker": {"GET": ANYBODY},
    "offline": {"GET": ANYBODY},
    "session": {"GET": ANYBODY},
    "components": {"GET": {Role.ADMIN}},
    "installation": {"GET": {Role.ADMIN}},
    "installation_trial": {
        "POST": {Role.ADMIN},
        "kwargs": lambda _world: {"what": "worker"},
        "public_object": True,
        "journal": own,
    },
    "guide": {"GET": set(Role)},
    "guide_step": {
        "GET": set(Role),
        "kwargs": lambda _world: {"key": "agent-list"},
        "public_object": True,
    },
    "guide_hide": {"POST": set(Role), "data": lambda _world: {"role": "agent"}, "journal": _VISIT},
    "guide_again": {"POST": set(Role), "data": lambda _world: {"role": "agent"}, "journal": _VISIT},
    # Whoever is logged in already is sent home; Django's form views take a PUT for a POST.
    "account_login": {
        "GET": ANYBODY,
        "POST": ANYBODY,
        "data": lambda world: {"login": world.stranger.email, "password": PASSWORD},
        "journal": "who has no role acts in no organisation; of others it is told in tests/portal/test_login.py",
        "PUT": ANYBODY,
        "PATCH": EVERYBODY,
        "DELETE": EVERYBODY,
    },
    "account_logout": {
        "GET": EVERYBODY,
        "POST": EVERYBODY,
        "closes": True,
        "journal": lambda world, who: set() if who == ANONYMOUS else own(world, who),
    },
}
