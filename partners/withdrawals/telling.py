"""Find who had opened what is withdrawn, and note that they are to be told.

The journal says who opened a publication: each page, map, site and file of it that somebody read is an entry
written in the transaction of the reading. A second register would have to be kept in step with it. A copy of a
note is held by a person whether they opened it or not, so the copies say who has one; a landlord's lead reads the
document without a copy, and is found in the journal.
"""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_account_entry, write_entry
from accounts.models import AuditEntry, User
from accounts.scope import Scope, system_scope
from core.outbox import services as outbox
from core.versions import State, check_version
from partners.models import Mandate, NoteCopy, Notice, Publication, Withdrawal

from . import tasks

_READING = (AuditAction.READ, AuditAction.EXPORT, AuditAction.DOWNLOAD)


def tell_readers(scope: Scope, withdrawal: Withdrawal, *, site_url: str) -> int:
    """Note who is to be told of a withdrawal, and send an e-mail to the members among them.

    Whoever withdraws is left out. Members without a live mandate see nothing of the circle any more.

    Returns:
        How many people are told.
    """
    people = _openers(withdrawal) | _holders(withdrawal)
    people.discard(scope.person_id)
    notices = Notice.objects.bulk_create(
        Notice(withdrawal=withdrawal, user_id=user) for user in sorted(people)
    )
    _mail(withdrawal, notices, site_url)
    return len(notices)


def tell_again(scope: Scope, withdrawal: Withdrawal, *, site_url: str) -> None:
    """Have whoever was told of a withdrawal told that it was taken back, the members among them by e-mail too.

    Whoever takes it back knows: they are told no more.
    """
    notices = Notice.objects.filter(withdrawal=withdrawal)
    notices.filter(user_id=scope.person_id, seen_at=None).update(seen_at=timezone.now())
    told = notices.exclude(user_id=scope.person_id)
    told.update(seen_at=None, mailed_at=None)
    _mail(withdrawal, told, site_url)


def _mail(withdrawal: Withdrawal, notices: Iterable[Notice], site_url: str) -> None:
    members = set(_live_members(withdrawal).values_list("user_id", flat=True))
    for notice in notices:
        if site_url and notice.user_id in members:
            outbox.send(tasks.send_notice, notice.pk, notice.user_id, site_url)


def _openers(withdrawal: Withdrawal) -> set[int]:
    """Return who the journal says has opened it since it was given: a publication, its sites and its files, or a note."""
    given = withdrawal.publication or withdrawal.note
    name = "publication" if withdrawal.publication_id else "note"
    with system_scope("readers"):
        # Every reading is an entry of the territory's organisation, whose journal an index gives.
        entries = AuditEntry.objects.filter(
            organisation_id=withdrawal.territory.organisation_id,
            at__gte=_given_at(withdrawal),
            action__in=_READING,
            **{f"detail__{name}": given.pk if given else 0},
        )
        return set(entries.filter(actor__isnull=False).order_by().values_list("actor_id", flat=True))


def _given_at(withdrawal: Withdrawal) -> dt.datetime | None:
    if withdrawal.publication:
        return withdrawal.publication.published_at
    return withdrawal.note.issued_at if withdrawal.note else None


def _holders(withdrawal: Withdrawal) -> set[int]:
    if withdrawal.note_id is None:
        return set()
    copies = NoteCopy.objects.filter(note_id=withdrawal.note_id, revoked_at=None)
    return set(
        copies.filter(mandate__in=_live_members(withdrawal)).values_list("mandate__user_id", flat=True)
    )


def _live_members(withdrawal: Withdrawal) -> QuerySet[Mandate]:
    of_council = Mandate.objects.live().filter(council=F("territory__organisation"))
    return of_council.filter(circle_id=withdrawal.circle_id, membership__isnull=False)


def notices_of(scope: Scope) -> QuerySet[Notice]:
    """Return what the acting person is told, the latest first, with what each page about it needs.

    Of what was withdrawn, restored and withdrawn again, the last notice alone counts: the former would deny it.
    """
    rows = Notice.objects.filter(user_id=scope.person_id)
    later = rows.filter(withdrawal__gt=OuterRef("withdrawal")).filter(
        Q(withdrawal__publication=OuterRef("withdrawal__publication"))
        | Q(withdrawal__note=OuterRef("withdrawal__note"))
    )
    return rows.exclude(Exists(later)).select_related("withdrawal__replacement", "withdrawal__note")


def unseen_of(scope: Scope, publication: Publication) -> Notice | None:
    """Return what the acting person is told of a publication and did not take note of yet."""
    rows = notices_of(scope).filter(withdrawal__publication=publication, seen_at=None)
    return rows.first()


def state_of(notice: Notice) -> State:
    """Return what a notice tells: the reason of the withdrawal, and when it was taken back."""
    told = notice.withdrawal
    return {"reason": told.reason, "restored_at": told.restored_at}


@transaction.atomic
def mark_seen(scope: Scope, notice: Notice, *, version: str | None = None) -> None:
    """Note that the acting person took note of a withdrawal; do nothing if they had already.

    Args:
        scope: the acting person.
        notice: what they are told.
        version: the version of it that they were shown, None where they were shown none.

    Raises:
        StaleError: the reason was corrected or the withdrawal taken back since ``version``.
    """
    if version is not None:
        check_version(version, notice, state_of(notice))
    if Notice.objects.filter(pk=notice.pk, seen_at=None).update(seen_at=timezone.now()):
        write_entry(scope, AuditAction.UPDATE, notice, withdrawal=notice.withdrawal_id)


@transaction.atomic
def choose_mail(scope: Scope, user: User, *, told: bool) -> None:
    """Choose whether the acting person is told by e-mail of what has changed."""
    user.told_by_mail = told
    user.save(update_fields=["told_by_mail"])
    write_account_entry(scope, AuditAction.UPDATE, user, told_by_mail=told)
