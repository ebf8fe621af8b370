"""Store facts, their free text, standing observations and disruptions.

``landlord`` and ``commune`` repeat those of the residence, kept equal by a composite foreign key, so that
the row-level security policies read them from the row itself.
"""

from .facts import BulkAct, FactReply, Incident, Narrative
from .nomenclature import SUBTYPE_LENGTH, FactSubtype, FactType
from .ongoing import Confirmation, Disruption, Lasting, StandingObservation
from .placed import Placed
from .retention import FactTotal, Horizon, LegalHold, RetentionTerms
from .unplaced import UnplacedFact

__all__ = [
    "SUBTYPE_LENGTH",
    "BulkAct",
    "Confirmation",
    "Disruption",
    "FactReply",
    "FactSubtype",
    "FactTotal",
    "FactType",
    "Horizon",
    "Incident",
    "Lasting",
    "LegalHold",
    "Narrative",
    "Placed",
    "RetentionTerms",
    "StandingObservation",
    "UnplacedFact",
]
