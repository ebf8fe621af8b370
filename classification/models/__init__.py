"""Store grid versions, levels with the findings that explain them, what landlords decided about them, and campaigns with their workshops."""

from .campaigns import Assessment, Campaign, CampaignSite, CampaignState, Closing
from .decisions import REASON_LENGTH as DECISION_REASON_LENGTH
from .decisions import Decision, Ending
from .grids import ANSWERS, AdoptionState, AdoptionStep, GridAdoption, GridVersion, StepKind
from .levels import Finding, PastLevel, RecordChange, SiteLevel
from .workshop import CONCLUSION_LENGTH, Contest, Settlement

__all__ = [
    "ANSWERS", "CONCLUSION_LENGTH", "DECISION_REASON_LENGTH", "AdoptionState", "AdoptionStep", "Assessment", "Campaign", "CampaignSite", "CampaignState", "Closing", "Contest", "Decision", "Ending", "Finding", "GridAdoption",
    "GridVersion", "PastLevel", "RecordChange", "Settlement", "SiteLevel", "StepKind",
]  # fmt: skip
