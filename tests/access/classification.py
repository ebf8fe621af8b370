from accounts.enums import Role

READERS = {Role.AGENT, Role.LEAD, Role.COORDINATOR}

ROWS = {
    "classification:home": {"GET": {Role.LEAD}},
    "classification:my_facts": {"GET": {Role.AGENT, Role.LEAD}},
    "classification:residences": {"GET": READERS},
    "classification:export": {
        "GET": READERS,
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:residence": {
        "GET": READERS,
        "kwargs": lambda world: {"pk": world.a.residence.pk},
        "foreign": lambda world: {"pk": world.b.residence.pk},
    },
    "classification:map": {"GET": READERS},
    "classification:map_data": {"GET": READERS, "query": lambda _world: {"bbox": "-5,42,9,51", "zoom": "6"}},
    "classification:grid": {"GET": set(Role)},
}
