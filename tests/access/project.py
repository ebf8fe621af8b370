from accounts.enums import Role

from .people import ANONYMOUS, STRANGER

EVERYBODY = {*Role, STRANGER}

ANYBODY = {*EVERYBODY, ANONYMOUS}

ROWS = {
    "home": {"GET": EVERYBODY},
    "search": {
        "GET": {Role.AGENT, Role.LEAD, Role.COORDINATOR, Role.PARTNER},
        "query": lambda _world: {"q": "residence"},
    },
    "components": {"GET": {Role.ADMIN}},
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
