"""Store communes, territories, residences, addresses, agreements and imports."""

from .changes import PlaceChange, Placement, PositionChange
from .communes import Commune, CommuneOutline, Intercommunality, PriorityNeighbourhood
from .imports import ImportChange, ImportFile, ImportMapping, ImportRun, SharedMapping
from .places import Address, Place, PlaceQuerySet, Residence, ResidenceAlias, ResidenceAssignment
from .territories import AgreementTerms, SharingAgreement, Territory

__all__ = [
    "Address",
    "AgreementTerms",
    "Commune",
    "CommuneOutline",
    "ImportChange",
    "ImportFile",
    "ImportMapping",
    "ImportRun",
    "Intercommunality",
    "Place",
    "PlaceChange",
    "PlaceQuerySet",
    "Placement",
    "PositionChange",
    "PriorityNeighbourhood",
    "Residence",
    "ResidenceAlias",
    "ResidenceAssignment",
    "SharedMapping",
    "SharingAgreement",
    "Territory",
]
