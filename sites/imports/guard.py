"""Ask the app above whether a text may speak of a person, before anything of a file is kept or sent back."""

from collections.abc import Callable
from functools import lru_cache

_inspectors: list[Callable[[str], bool]] = []


def register_inspector(speaks: Callable[[str], bool]) -> None:
    """Register the function that says whether a text seems to name, reach or describe a person."""
    _inspectors.append(speaks)


@lru_cache(8192)
def speaks_of_somebody(text: str) -> bool:
    """Say whether a text seems to name, reach or describe a person."""
    return any(speaks(text) for speaks in _inspectors)
