"""A person's own ways of seeing a list: columns, and named views."""

from django.db import transaction
from django.http import QueryDict

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import SavedView
from accounts.scope import Scope


@transaction.atomic
def choose_columns(scope: Scope, *, list_name: str, columns: list[str]) -> None:
    """Remember which columns the person wants in a list; none chosen means all."""
    query = QueryDict(mutable=True)
    query.setlist("col", columns)
    view, _made = SavedView.objects.update_or_create(
        owner_id=scope.user_id, list_name=list_name, name="", defaults={"query": query.urlencode()}
    )
    write_entry(scope, AuditAction.UPDATE, view, list=list_name)


@transaction.atomic
def save_view(scope: Scope, *, list_name: str, name: str, query: str, is_default: bool) -> SavedView:
    """Keep ``query`` under ``name``, in place of what that name stood for."""
    if is_default:
        _no_default(list_name)
    view, made = SavedView.objects.update_or_create(
        owner_id=scope.user_id,
        list_name=list_name,
        name=name,
        defaults={"query": query, "is_default": is_default},
    )
    write_entry(scope, AuditAction.CREATE if made else AuditAction.UPDATE, view, list=list_name)
    return view


@transaction.atomic
def change_view(scope: Scope, *, view: SavedView, name: str, is_default: bool) -> None:
    """Rename ``view``, and say whether the list opens with it."""
    if is_default:
        _no_default(view.list_name)
    view.name, view.is_default = name, is_default
    view.save(update_fields=["name", "is_default"])
    write_entry(scope, AuditAction.UPDATE, view, list=view.list_name)


@transaction.atomic
def delete_view(scope: Scope, view: SavedView) -> None:
    """Forget ``view``."""
    write_entry(scope, AuditAction.CANCEL, view, list=view.list_name)
    view.delete()


def _no_default(list_name: str) -> None:
    SavedView.objects.filter(list_name=list_name, is_default=True).update(is_default=False)
