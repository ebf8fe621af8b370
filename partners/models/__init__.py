"""Store circles, mandates, charters, frozen publications, synthesis notes and their numbered copies.

No row here refers to a record: what a circle is given is a frozen copy, complete in itself.
"""

from .charters import Charter, CharterAcceptance
from .circles import REASON_LENGTH, Circle, Mandate
from .notes import NoteCopy, SynthesisNote
from .plenary import PlenaryRelease
from .publications import COUNTED, STEP, Publication, PublicationRequest, PublishedCount, PublishedSite
from .withdrawals import Notice, Withdrawal

__all__ = [
    "COUNTED",
    "REASON_LENGTH",
    "STEP",
    "Charter",
    "CharterAcceptance",
    "Circle",
    "Mandate",
    "NoteCopy",
    "Notice",
    "PlenaryRelease",
    "Publication",
    "PublicationRequest",
    "PublishedCount",
    "PublishedSite",
    "SynthesisNote",
    "Withdrawal",
]
