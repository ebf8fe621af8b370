"""Store grid versions, levels with the findings that explain them, and what landlords decided about them."""

from .decisions import REASON_LENGTH as DECISION_REASON_LENGTH
from .decisions import Decision, Ending
from .grids import GridAdoption, GridVersion
from .levels import Finding, PastLevel, RecordChange, SiteLevel

__all__ = [
    "DECISION_REASON_LENGTH", "Decision", "Ending", "Finding", "GridAdoption", "GridVersion", "PastLevel", "RecordChange", "SiteLevel",
]  # fmt: skip
