"""Withdraw publications and issued notes with a reason, correct the reason, and take a withdrawal back."""

from contextlib import nullcontext
from typing import Any, TypeVar, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope, system_scope
from core.constraints import refused_as
from core.versions import State, check_version
from partners.circles.copies import number_copies
from partners.models import Publication, SynthesisNote, Withdrawal

from .closed import hold_closed
from .telling import tell_again, tell_readers
from .versions import another_stands

Given = Publication | SynthesisNote
_Given = TypeVar("_Given", bound=Given)


class NotWithdrawnError(Exception):
    """The error of taking back a withdrawal that was taken back already."""


class ReplacedError(Exception):
    """The error of having two stand: publications of one day, or versions of one note."""


def withdrawal_of(given: Given) -> Withdrawal | None:
    """Return the withdrawal in force of a publication or a note, as far as the acting person sees it."""
    rows = Withdrawal.objects.filter(**{_field(given): given}, restored_at=None)
    return rows.select_related("replacement", "new_version", "landlord").first()


def in_force(given: Given) -> Withdrawal:
    """Return the withdrawal in force of what is withdrawn.

    Raises:
        NotWithdrawnError: it stands.
    """
    found = withdrawal_of(given)
    if found is None:
        raise NotWithdrawnError
    return found


def state_of(given: Given) -> State:
    """Return what the form of a withdrawal writes: its reason, "" for what stands."""
    found = withdrawal_of(given)
    return {"reason": found.reason if found else ""}


@transaction.atomic
def withdraw(scope: Scope, given: Given, *, reason: str, version: str, site_url: str = "") -> None:
    """Withdraw a publication or an issued note; correct the reason of one that is withdrawn.

    Args:
        scope: the acting coordinator.
        given: a publication, or a note that was issued.
        reason: why, naming nobody.
        version: the version of the reason that the form was opened on.
        site_url: the address of this site, for the e-mails; without it none is sent.

    Raises:
        StaleError: it was withdrawn, or the reason corrected, since ``version``.
    """
    given = held(given)
    check_version(version, given, state_of(given))
    found = withdrawal_of(given)
    if found is None:
        take_away(scope, given, reason=reason, site_url=site_url)
    elif found.reason != reason:
        found.former_reasons.append([found.reason, timezone.now().isoformat(), scope.user_id])
        found.reason = reason
        found.save(update_fields=["reason", "former_reasons"])
        _write(scope, AuditAction.UPDATE, given, reason_corrected=True)


def take_away(scope: Scope, given: Given, *, reason: str, site_url: str = "") -> Withdrawal:
    """Withdraw what stands, and tell who had opened it or holds a copy; the caller holds its row."""
    given.withdrawn_at = timezone.now()
    with system_scope("withdrawing") if isinstance(given, SynthesisNote) else nullcontext():
        given.save(update_fields=["withdrawn_at"])
    made = Withdrawal.objects.create(
        **{_field(given): given},
        territory=given.territory,
        circle_id=_circle_of(given),
        landlord=given.landlord if isinstance(given, SynthesisNote) else None,
        about=_about(given),
        as_of=given.as_of,
        organisation=given.territory.organisation.name,
        reason=reason,
        withdrawn_at=given.withdrawn_at,
        withdrawn_by_id=scope.user_id,
    )
    told = tell_readers(scope, made, site_url=site_url)
    _write(scope, AuditAction.CANCEL, given, told=told)
    return made


@transaction.atomic
def restore(scope: Scope, given: Given, *, site_url: str = "") -> None:
    """Take a withdrawal back, so that its readers see again what they had; they are told.

    Args:
        scope: the acting coordinator.
        given: a publication or a note that is withdrawn.
        site_url: the address of this site, for the e-mails; without it none is sent.

    Raises:
        NotWithdrawnError: it is not withdrawn.
        ReplacedError: another publication for the same day stands, or another version of the note.
    """
    given = held(given)
    found = withdrawal_of(given)
    if found is None:
        raise NotWithdrawnError
    if isinstance(given, SynthesisNote) and another_stands(given):
        raise ReplacedError
    given.withdrawn_at = None
    # The database keeps one publication of a day, also while another is about to be committed.
    with refused_as(ReplacedError()):
        given.save(update_fields=["withdrawn_at"])
    found.restored_at, found.restored_by_id = timezone.now(), scope.user_id
    found.save(update_fields=["restored_at", "restored_by"])
    if isinstance(given, SynthesisNote):
        number_copies(given)
    tell_again(scope, found, site_url=site_url)
    _write(scope, AuditAction.UPDATE, given, restored=True)


def held(given: _Given) -> _Given:
    """Read a publication or a note again and lock its row, so that no concurrent change is lost.

    Of a note that closed with what is shared no more, what it says is not read.
    """
    rows = cast("QuerySet[_Given]", type(given)._default_manager.all()).select_for_update(of=("self",))
    found = rows.select_related("territory__organisation").filter(pk=given.pk).first()
    return found or cast("_Given", hold_closed(given.pk))


def _circle_of(given: Given) -> int:
    """Return the id of the circle; a note that was issued has one."""
    return cast("int", given.circle_id)


def _field(given: Given) -> str:
    return "publication" if isinstance(given, Publication) else "note"


def _about(given: Given) -> str:
    """Return what it is about: the landlord of a note about one, the territory otherwise."""
    landlord = given.landlord if isinstance(given, SynthesisNote) else None
    return (landlord or given.territory).name


def _write(scope: Scope, action: AuditAction, given: Given, **detail: Any) -> None:
    write_entry(
        scope, action, given, organisation_id=given.territory.organisation_id, concerns=given.landlords,
        circle=given.circle_id, as_of=given.as_of.isoformat(), **detail,
    )  # fmt: skip
