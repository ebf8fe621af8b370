"""Tell whoever sends a page from before a record was ended or deleted what became of it, and lead them on.

The perimeter stays what it is: whoever could not have sent that page is answered 404, as for a record that never was.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest
from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.models import AuditEntry, Organisation
from accounts.scope import system_scope
from core.back import page_before

View = Callable[[ScopedRequest, int], HttpResponse]
# Looks for what became of the record of an id: what it is called, and the page to lead to; None where the person may not know.
Settled = Callable[[ScopedRequest, int], tuple[str, str] | None]
# How long a page may have stood open.
_WITHIN = dt.timedelta(days=7)


def tells_what_is_settled(settled: Settled) -> Callable[[View], View]:
    """Have a view answer a sending about a record that is there no more in words, where it would answer 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: ScopedRequest, pk: int) -> HttpResponse:
            try:
                return view(request, pk)
            except Http404:
                found = settled(request, pk) if request.method == "POST" else None
                if found is None:
                    raise
            what, page = found
            messages.info(request, _("%s : déjà traité. Rien n’a été modifié.") % what)
            return redirect(page)

        return answer

    return decorate


def deleted(model: type[Model], page: str, *roles: Role) -> Settled:
    """Look in the journal for the end of a deleted record, and lead to the page before or the one named ``page``.

    Args:
        model: the model of the record, whose deletion is a cancellation in the journal of its organisation.
        page: the name of a page without arguments.
        roles: the roles by which the view opens it; an administrator's opens those of every landlord.
    """

    def settled(request: ScopedRequest, pk: int) -> tuple[str, str] | None:
        own = {held for role in roles for held in request.scope.roles.get(role, ())}
        if Role.ADMIN in roles and request.scope.has(Role.ADMIN):
            landlords = Organisation.objects.filter(kind=OrganisationKind.LANDLORD)
            own.update(landlords.order_by().values_list("pk", flat=True))
        with system_scope("settled"):
            ends = AuditEntry.objects.filter(
                organisation__in=own,
                action=AuditAction.CANCEL,
                object_type=model._meta.label_lower,
                object_id=str(pk),
                at__gte=timezone.now() - _WITHIN,
            )
            name = ends.order_by("-id").values_list("subject", flat=True).first()
        return None if name is None else (name or str(model._meta.verbose_name), page_before(request, page))

    return settled
