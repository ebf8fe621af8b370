"""Say which landlords a change of a territory concerns, before it is made."""

from typing import Any

from django.http import HttpRequest

from accounts.models import Organisation
from sites.models import Territory

from .terms import Concerned, concerned

# The field of the form in which the person goes on, having been shown exactly these landlords.
AGREED = "bailleurs"


class Foreseen:
    """Whom a change concerns, to be shown before it is made."""

    def __init__(self, change: Concerned) -> None:
        self.change = change

    @property
    def key(self) -> str:
        """The value of the field :data:`AGREED` of somebody who was shown exactly this."""
        return f"{_ids(self.change.asked)}/{_ids(self.change.narrowed)}"


def to_agree(request: HttpRequest, territory: Territory, sent: dict[str, Any]) -> Foreseen | None:
    """Return whom the change concerns; None where it is nobody, or the person was shown it and goes on."""
    council = (sent["organisation"].pk, sent["kind"])
    foreseen = Foreseen(concerned(territory, council, sent["communes"]))
    nobody = not (foreseen.change.asked or foreseen.change.narrowed)
    return None if nobody or request.POST.get(AGREED) == foreseen.key else foreseen


def _ids(landlords: list[Organisation]) -> str:
    return " ".join(str(landlord.pk) for landlord in landlords)
