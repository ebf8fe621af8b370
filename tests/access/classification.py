from accounts.enums import Role
from classification.engine.services import default_grid
from core.opaque import written
from tests.access.people import landlord
from tests.deciding import decides, version_for

READERS = {Role.AGENT, Role.LEAD, Role.COORDINATOR}


def _confirmation(world):
    key = written("residence", world.a.residence.pk)
    return {"only": key, f"version-{key}": version_for(world.a.residence)}


def _decided(side):
    return decides(side.lead, side.residence, 4, "Vu sur place.")


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
        "kwargs": lambda world: {"pk": _decided(world.a).residence_id},
        "foreign": lambda world: {"pk": world.b.residence.pk},
    },
    "classification:decisions": {"GET": {Role.LEAD}},
    "classification:confirm_levels": {
        "POST": {Role.LEAD},
        "data": _confirmation,
        "journal": landlord,
    },
    "classification:decide_level": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": _decided(world.a).residence_id},
        "foreign": lambda world: {"pk": world.b.residence.pk},
        "data": lambda world: {
            "retained": 2,
            "reason": "Vu sur place.",
            "version": version_for(world.a.residence),
        },
        "journal": landlord,
    },
    "classification:withdraw_decision": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": _decided(world.a).pk},
        "foreign": lambda world: {"pk": _decided(world.b).pk},
        "data": lambda _world: {"end_reason": "Saisie par erreur."},
        "journal": landlord,
    },
    "classification:indicators": {"GET": {Role.LEAD, Role.COORDINATOR}},
    "classification:indicators_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:map": {"GET": READERS},
    "classification:map_data": {"GET": READERS, "query": lambda _world: {"bbox": "-5,42,9,51", "zoom": "6"}},
    "classification:grid": {"GET": set(Role)},
    "classification:grid_versions": {"GET": set(Role)},
    "classification:grid_version": {
        "GET": set(Role),
        "kwargs": lambda _world: {"pk": default_grid().pk},
        "public_object": True,
    },
    "classification:simulator": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "query": lambda _world: {"c33": "3"},
    },
    "classification:simulator_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
}
