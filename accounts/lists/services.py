"""Store a person's own ways of seeing a list: columns, and named views."""

from django.db import transaction
from django.http import QueryDict

from accounts.enums import AuditAction
from accounts.journal.audit import write_account_entry
from accounts.models import SavedView
from accounts.scope import Scope
from core.versions import State, check_version


@transaction.atomic
def choose_columns(scope: Scope, *, list_name: str, columns: list[str]) -> None:
    """Store the columns the person wants in a list; none chosen means all."""
    query = QueryDict(mutable=True)
    query.setlist("col", columns)
    view, _made = SavedView.objects.update_or_create(
        owner_id=scope.user_id, list_name=list_name, name="", defaults={"query": query.urlencode()}
    )
    write_account_entry(scope, AuditAction.UPDATE, view, list=list_name)


@transaction.atomic
def save_view(scope: Scope, *, list_name: str, name: str, query: str, is_default: bool) -> SavedView:
    """Store ``query`` as the view called ``name``, replacing the person's view of that name."""
    if is_default:
        _no_default(list_name)
    view, made = SavedView.objects.update_or_create(
        owner_id=scope.user_id,
        list_name=list_name,
        name=name,
        defaults={"query": query, "is_default": is_default},
    )
    write_account_entry(scope, AuditAction.CREATE if made else AuditAction.UPDATE, view, list=list_name)
    return view


def state_of(view: SavedView) -> State:
    """Return what a person was shown of a view before changing or deleting it."""
    return {"name": view.name, "is_default": view.is_default, "query": view.query}


@transaction.atomic
def change_view(scope: Scope, *, view: SavedView, name: str, is_default: bool, version: str) -> None:
    """Rename ``view``, and set whether the list opens with it.

    Raises:
        StaleError: the view is no longer in the ``version`` the form was opened on.
    """
    held = SavedView.objects.select_for_update().get(pk=view.pk)
    check_version(version, held, state_of(held))
    if is_default:
        _no_default(held.list_name)
    held.name, held.is_default = name, is_default
    held.save(update_fields=["name", "is_default"])
    write_account_entry(scope, AuditAction.UPDATE, held, list=held.list_name)


@transaction.atomic
def delete_view(scope: Scope, *, view: SavedView, version: str) -> None:
    """Delete ``view``.

    Raises:
        StaleError: the view is no longer in the ``version`` the form was opened on.
    """
    held = SavedView.objects.select_for_update().get(pk=view.pk)
    check_version(version, held, state_of(held))
    write_account_entry(scope, AuditAction.CANCEL, held, list=held.list_name)
    held.delete()


def _no_default(list_name: str) -> None:
    SavedView.objects.filter(list_name=list_name, is_default=True).update(is_default=False)
