"""Note that a factor was enrolled or changed, and go on to the page that was asked for before."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.access import ScopedRequest
from accounts.enums import AuditAction
from accounts.journal.audit import write_account_entry
from accounts.mail.services import send_entry_changed
from accounts.sessions.services import end_sessions
from core.pages import site_url

# The factors that are given by themselves; recovery codes replace one.
PRIMARY = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# The key of the session that holds the page somebody asked for before the enrolment.
NEXT = "factor-next"


def enrolled(request: ScopedRequest, kind: str) -> None:
    """Write that there is a new factor, which counts as given in this session; the first ends the sessions opened without it."""
    record_authentication(request, request.user, "mfa", type=str(kind), reauthenticated=True)
    note_change(request, kind, done="added")
    if Authenticator.objects.filter(user=request.user, type__in=PRIMARY).count() == 1:
        end_sessions(request.scope, user=request.user, key=request.session.session_key)


def note_change(request: ScopedRequest, kind: str, *, done: str, **which: int) -> None:
    """Write the journal entry of a factor or of codes that changed, and have the person mailed."""
    write_account_entry(request.scope, AuditAction.UPDATE, request.user, factor=str(kind), done=done, **which)
    send_entry_changed(user=request.user, site_url=site_url(request))


def next_page(request: ScopedRequest) -> str:
    """Return the page that was asked for before the enrolment; the first page where there was none."""
    page: str = request.session.get(NEXT, reverse("home"))
    return page
