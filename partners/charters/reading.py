"""Read the charter of a territory, who has accepted it, and which ones a person has yet to accept."""

from dataclasses import dataclass

from accounts.scope import Scope
from core.periods import DatedQuerySet
from partners.models import Charter, CharterAcceptance, Mandate
from sites.models import Territory


@dataclass(frozen=True)
class Signing:
    """Whether a member of a circle has accepted the current text: the name, and the acceptance if there is one."""

    person: str
    acceptance: CharterAcceptance | None


def current_charter(territory_id: int) -> Charter | None:
    """Return the current text of a territory's charter, if it has one and the reader sees it."""
    return Charter.objects.filter(territory=territory_id).order_by("-number").first()


def signatories(charter: Charter) -> set[int]:
    """Return the ids of those who have accepted a charter, as far as the reader sees them."""
    return set(CharterAcceptance.objects.filter(charter=charter).values_list("user_id", flat=True))


def own_acceptance(scope: Scope, charter: Charter) -> CharterAcceptance | None:
    """Return the acting person's acceptance of a charter, if there is one."""
    return CharterAcceptance.objects.filter(charter=charter, user=scope.user_id).first()


def has_accepted(scope: Scope, charter: Charter) -> bool:
    """Say whether the acting person has accepted a charter."""
    return own_acceptance(scope, charter) is not None


def signings(charter: Charter) -> list[Signing]:
    """Return, for each member of the territory's circles, whether they have accepted the current text."""
    accepted = {found.user_id: found for found in CharterAcceptance.objects.filter(charter=charter)}
    rows = members(charter.territory_id).select_related("user").order_by("user__full_name__french", "user_id")
    people = {mandate.user_id: str(mandate.user) for mandate in rows}
    return [Signing(person, accepted.get(user_id)) for user_id, person in people.items()]


def members(territory_id: int) -> "DatedQuerySet[Mandate]":
    """Return the mandates of a territory that were accepted and have not ended."""
    return Mandate.objects.to_end().filter(territory=territory_id, membership__isnull=False)


def awaited_of(scope: Scope) -> list[Charter]:
    """Return the charters that the acting person has yet to accept for a mandate of theirs, with their territories."""
    own = Mandate.objects.live().filter(user=scope.user_id, membership__isnull=False)
    territories = Territory.objects.filter(pk__in=own.values("territory"))
    current = (current_charter(territory.pk) for territory in territories.order_by("name__french", "pk"))
    return [charter for charter in current if charter and not has_accepted(scope, charter)]
