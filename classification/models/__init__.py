"""Store grid versions, levels with the findings that explain them, what landlords decided about them, and campaigns."""

from .campaigns import Assessment, Campaign, CampaignSite, CampaignState, Closing
from .decisions import REASON_LENGTH as DECISION_REASON_LENGTH
from .decisions import Decision, Ending
from .grids import GridAdoption, GridVersion
from .levels import Finding, PastLevel, RecordChange, SiteLevel

__all__ = [
    "DECISION_REASON_LENGTH", "Assessment", "Campaign", "CampaignSite", "CampaignState", "Closing", "Decision", "Ending", "Finding", "GridAdoption",
    "GridVersion", "PastLevel", "RecordChange", "SiteLevel",
]  # fmt: skip
