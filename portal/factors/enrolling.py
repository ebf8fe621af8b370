"""Note that a factor was enrolled, and go on to the page that was asked for before."""

from allauth.account.internal.flows.login import record_authentication
from django.urls import reverse

from accounts.access import ScopedRequest
from accounts.enums import AuditAction
from accounts.journal.audit import write_account_entry

# The key of the session that holds the page somebody asked for before the enrolment.
NEXT = "factor-next"


def enrolled(request: ScopedRequest, kind: str) -> None:
    """Write the journal entry of a new factor, which counts as given in this session."""
    record_authentication(request, request.user, "mfa", type=str(kind), reauthenticated=True)
    write_account_entry(request.scope, AuditAction.UPDATE, request.user, factor=str(kind), done="added")


def next_page(request: ScopedRequest) -> str:
    """Return the page that was asked for before the enrolment; the first page where there was none."""
    page: str = request.session.get(NEXT, reverse("home"))
    return page
