"""Store grid versions, levels and why, what landlords decided about them, campaigns with their workshops, and what to watch."""

from .campaigns import Assessment, Campaign, CampaignSite, CampaignState, Closing
from .decisions import REASON_LENGTH as DECISION_REASON_LENGTH
from .decisions import Decision, Ending
from .foresight import REST_DAYS, REST_REASON_LENGTH, Ranking, RankingState, Rest, Signal, SignalKind
from .grids import ANSWERS, AdoptionState, AdoptionStep, GridAdoption, GridVersion, StepKind
from .levels import Finding, MonthLevel, PastLevel, RecordChange, SiteLevel
from .workshop import CONCLUSION_LENGTH, Contest, Settlement

__all__ = [
    "ANSWERS", "CONCLUSION_LENGTH", "DECISION_REASON_LENGTH", "REST_DAYS", "REST_REASON_LENGTH", "AdoptionState", "AdoptionStep", "Assessment",
    "Campaign", "CampaignSite", "CampaignState", "Closing", "Contest", "Decision", "Ending", "Finding", "GridAdoption", "GridVersion", "MonthLevel", "PastLevel",
    "Ranking", "RankingState", "RecordChange", "Rest", "Settlement", "Signal", "SignalKind", "SiteLevel", "StepKind",
]  # fmt: skip
