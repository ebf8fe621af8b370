"""Store grid versions, levels with the findings that explain them, what landlords decided about them, and campaigns."""

from .campaigns import Assessment, Campaign, CampaignSite, CampaignState, Closing
from .decisions import REASON_LENGTH as DECISION_REASON_LENGTH
from .decisions import Decision, Ending
from .grids import ANSWERS, AdoptionState, AdoptionStep, GridAdoption, GridVersion, StepKind
from .levels import Finding, PastLevel, RecordChange, SiteLevel

__all__ = [
    "ANSWERS", "DECISION_REASON_LENGTH", "AdoptionState", "AdoptionStep", "Assessment", "Campaign", "CampaignSite", "CampaignState", "Closing", "Decision", "Ending", "Finding", "GridAdoption",
    "GridVersion", "PastLevel", "RecordChange", "SiteLevel", "StepKind",
]  # fmt: skip
