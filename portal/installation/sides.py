"""Find people who hold roles that are kept apart since: a landlord's, and a partner's or an administrator's."""

from collections.abc import Iterable

from accounts.enums import LANDLORD_ROLES, PARTNER_KINDS, Role
from accounts.models import Membership


def on_both_sides() -> list[str]:
    """Return the names of those who hold roles of both sides, in French order, as far as the reader sees them.

    Nobody takes both any more; these were given before that was refused, and are not ended without a word.
    """
    held: dict[int, set[bool]] = {}
    names: dict[int, str] = {}
    rows = Membership.objects.to_end().select_related("user", "organisation")
    for membership in rows.order_by("user__full_name__french", "user_id"):
        sides = held.setdefault(membership.user_id, set())
        sides.update(_sides(membership))
        names[membership.user_id] = str(membership.user)
    return [name for user_id, name in names.items() if len(held[user_id]) > 1]


def _sides(membership: Membership) -> Iterable[bool]:
    """Yield True for a landlord's role, False for a partner's or an administrator's, nothing for another."""
    if membership.role in LANDLORD_ROLES:
        yield True
    elif membership.role in {Role.PARTNER, Role.ADMIN} or membership.organisation.kind in PARTNER_KINDS:
        yield False
