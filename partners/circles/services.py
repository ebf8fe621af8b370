"""Open, change and end circles; end mandates."""

from django.db import IntegrityError, transaction

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.mail.services import send_ended
from accounts.proposals.services import withdraw
from accounts.scope import Scope
from core.constraints import refers_to_nothing
from core.versions import State, check_version
from partners.models import Circle, Mandate


class GivenError(Exception):
    """The error of changing the precision of a circle that was given something already."""


@transaction.atomic
def create_circle(scope: Scope, circle: Circle) -> Circle:
    """Open ``circle``, which has no members yet and shares with nobody."""
    circle.save(force_insert=True)
    write_entry(
        scope, AuditAction.CREATE, circle, organisation_id=circle.territory.organisation_id,
        precision=circle.precision,
    )  # fmt: skip
    return circle


def state_of(circle: Circle) -> State:
    """Return the values that the form of a circle writes."""
    return {name: getattr(circle, name) for name in ("name", "purpose", "starts_on", "ends_on")}


@transaction.atomic
def update_circle(scope: Scope, circle: Circle, *, version: str) -> None:
    """Save the changed name, purpose or dates of ``circle``; whom its dates shut out are mailed.

    Raises:
        StaleError: the circle has changed since ``version``, with which the form was opened.
    """
    held = Circle.objects.select_for_update(of=("self",)).get(pk=circle.pk)
    check_version(version, held, state_of(held))
    circle.save(update_fields=["name", "purpose", "starts_on", "ends_on"])
    write_entry(scope, AuditAction.UPDATE, circle, organisation_id=circle.territory.organisation_id)
    if held.is_live() and not circle.is_live():
        _tell_members(scope, circle)


def precision_of(circle: Circle) -> State:
    """Return the value that the form of its precision writes."""
    return {"precision": circle.precision}


def has_been_given(circle: Circle) -> bool:
    """Say whether anything was published or issued to a circle, withdrawn or not, or is being published to it."""
    given = (circle.publications, circle.publication_requests, circle.notes)
    return any(rows.exists() for rows in given)


@transaction.atomic
def change_precision(scope: Scope, circle: Circle, *, precision: str, version: str) -> None:
    """Change the precision of a circle that was given nothing yet.

    Made coarser, what its members read before would stay with them; made finer, they would get what landlords did not see
    them given. Another circle is opened instead.

    Raises:
        StaleError: the precision has changed since ``version``.
        GivenError: something was given to the circle; the database refuses it too.
    """
    held = Circle.objects.select_for_update(of=("self",)).select_related("territory").get(pk=circle.pk)
    check_version(version, held, precision_of(held))
    if has_been_given(held):
        raise GivenError
    former, held.precision = held.precision, precision
    try:
        with transaction.atomic():
            held.save(update_fields=["precision"])
    except IntegrityError as error:
        if refers_to_nothing(error):
            raise GivenError from error
        raise
    write_entry(
        scope, AuditAction.UPDATE, held, organisation_id=held.territory.organisation_id,
        precision=precision, former_precision=former,
    )  # fmt: skip


@transaction.atomic
def end_circle(scope: Scope, circle: Circle) -> None:
    """End the circle today, unless it has ended: from the next request its members see nothing of it."""
    if circle.end_today():
        write_entry(
            scope, AuditAction.UPDATE, circle, organisation_id=circle.territory.organisation_id, ended=True
        )
        _tell_members(scope, circle)


def _tell_members(scope: Scope, circle: Circle) -> None:
    """Have the members of a circle mailed that an access of theirs has ended."""
    accepted = circle.mandates.to_end().exclude(membership=None)
    for user_id in accepted.order_by("user_id").values_list("user_id", flat=True).distinct():
        send_ended(scope, user_id=user_id)


@transaction.atomic
def end_mandate(scope: Scope, mandate: Mandate) -> None:
    """End the mandate today, unless it has ended; an invitation that waits is withdrawn."""
    if mandate.end_today():
        organisation_id = mandate.circle.territory.organisation_id
        write_entry(scope, AuditAction.UPDATE, mandate, organisation_id=organisation_id, ended=True)
        if mandate.membership_id:
            send_ended(scope, user_id=mandate.user_id)
        if mandate.proposal and mandate.proposal.waits:
            withdraw(scope, proposal=mandate.proposal)
