from accounts.enums import Role

SIGNERS = {Role.ADMIN, Role.LEAD}
ROWS = {
    "sites:territories": {"GET": {Role.ADMIN}},
    "sites:create_territory": {"GET": {Role.ADMIN}, "POST": {Role.ADMIN}},
    "sites:edit_territory": {
        "GET": {Role.ADMIN}, "POST": {Role.ADMIN}, "kwargs": lambda world: {"pk": world.a.territory.pk},
    },
    "sites:agreements": {"GET": SIGNERS},
    "sites:sign_agreement": {"GET": SIGNERS, "POST": SIGNERS},
    "sites:end_agreement": {
        "POST": SIGNERS, "kwargs": lambda world: {"pk": world.a.agreement.pk},
        "foreign": lambda world: {"pk": world.b.agreement.pk}, "foreign_to": {Role.LEAD},
    },
    "sites:assignments": {
        "GET": {Role.LEAD}, "POST": {Role.LEAD}, "kwargs": lambda world: {"pk": world.a.agent_membership.pk},
        "foreign": lambda world: {"pk": world.b.agent_membership.pk},
    },
}  # fmt: skip
