"""Read docker-compose.yml as Docker Compose does, for tests of its services."""

import re
from functools import cache

import yaml

from config.database import ROOT

FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"\$\{(\w+)(?::[-?]([^}]*))?\}")


@cache
def services() -> dict[str, dict]:
    return yaml.safe_load(FILE.read_text())["services"]


def environment(service: str, values: dict[str, str]) -> dict[str, str]:
    """What the service's processes find set, with ``values`` as the operator's .env."""
    wanted = services()[service]["environment"]
    return {
        name: _VARIABLE.sub(lambda found: values.get(found[1], found[2] or ""), text)
        for name, text in wanted.items()
    }
