"""Store circles, mandates, charters, frozen publications, synthesis notes and their numbered copies.

No row here refers to a record: what a circle is given is a frozen copy, complete in itself.
"""

from .charters import Charter, CharterAcceptance
from .circles import REASON_LENGTH, Circle, Mandate
from .notes import NoteCopy, SynthesisNote
from .publications import Publication, PublicationRequest, PublishedSite
from .withdrawals import Notice, Withdrawal

__all__ = [
    "REASON_LENGTH",
    "Charter",
    "CharterAcceptance",
    "Circle",
    "Mandate",
    "NoteCopy",
    "Notice",
    "Publication",
    "PublicationRequest",
    "PublishedSite",
    "SynthesisNote",
    "Withdrawal",
]
