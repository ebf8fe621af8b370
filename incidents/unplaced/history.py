"""Read how a fact to place was discarded, and taken back."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from incidents.models import UnplacedFact


@dataclass(frozen=True)
class Step:
    """A discarding, or the taking back of one; ``who`` is empty when the person is not visible."""

    at: dt.datetime
    who: str
    reason: str = ""


def steps(fact: UnplacedFact) -> list[Step]:
    """Return how a fact was discarded and taken back, the latest first; a step without a reason is a taking back."""
    ids = {one[who] for one in fact.former_discards for who in ("by", "back_by")} | {fact.settled_by_id}
    people = User.objects.in_bulk(ids - {None})

    def who(pk: int | None) -> str:
        return str(people.get(pk, "")) if pk else ""

    told = []
    for one in fact.former_discards:
        told.append(Step(dt.datetime.fromisoformat(one["at"]), who(one["by"]), one["reason"]))
        told.append(Step(dt.datetime.fromisoformat(one["back_at"]), who(one["back_by"])))
    if fact.discard_reason and fact.settled_at:
        told.append(Step(fact.settled_at, who(fact.settled_by_id), fact.discard_reason))
    return told[::-1]
