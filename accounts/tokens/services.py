"""Create and revoke API tokens, which are shown once and stored as a digest."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import ApiToken, Organisation
from accounts.scope import Scope
from core.once import refuse_again

_DATED_EVERY = dt.timedelta(minutes=1)


def new_token() -> str:
    """Return a new token, 256 bits from the system's random source."""
    return f"palier_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """Return the stored form of a token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()


def date_use(token: ApiToken) -> None:
    """Record that ``token`` was used now, at most once a minute; skip a row that is locked."""
    now = timezone.now()
    if token.last_used_at and token.last_used_at > now - _DATED_EVERY:
        return
    free = ApiToken.objects.filter(pk=token.pk).select_for_update(skip_locked=True)
    ApiToken.objects.filter(pk__in=free.values("pk")).update(last_used_at=now)


@transaction.atomic
def create_token(
    scope: Scope, *, organisation: Organisation, name: str, rights: list[str], expires_on: dt.date
) -> tuple[ApiToken, str]:
    """Create a token for a program of ``organisation``.

    Returns:
        The stored token, and its secret, which is not stored.

    Raises:
        MadeAlreadyError: the person has just made the same one; its secret is not shown a second time.
    """
    own = ApiToken.objects.filter(created_by_id=scope.person_id, revoked_at=None)
    refuse_again(own, organisation=organisation, name=name, rights=rights, expires_on=expires_on)
    secret = new_token()
    token = ApiToken.objects.create(
        organisation=organisation,
        name=name,
        rights=rights,
        digest=digest(secret),
        created_by_id=scope.person_id,
        expires_on=expires_on,
    )
    write_entry(scope, AuditAction.CREATE, token, organisation_id=organisation.pk, rights=rights)
    return token, secret


@transaction.atomic
def revoke_token(scope: Scope, *, token: ApiToken) -> None:
    """Revoke a token from the program's next call on; a second time changes nothing."""
    if token.revoked_at:
        return
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    write_entry(scope, AuditAction.CANCEL, token, organisation_id=token.organisation_id)
