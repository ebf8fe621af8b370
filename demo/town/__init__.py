"""Draw the map of the fictional territory, by code, in the middle of the ocean."""

from .archive import ensure as ensure_archive
from .ground import doors_of, neighbourhood_of, neighbourhoods
from .town import Plan, the_plan

__all__ = ["Plan", "doors_of", "ensure_archive", "neighbourhood_of", "neighbourhoods", "the_plan"]
