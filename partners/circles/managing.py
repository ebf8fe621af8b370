"""Which of the objects a person sees are theirs to manage as coordinator."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404

from accounts.access import ScopedRequest
from accounts.enums import Role
from accounts.scope import Scope
from sites.models import Territory

_Model = TypeVar("_Model", bound=Model)


def managed_or_404(
    request: ScopedRequest, model: type[_Model], pk: int, *related: str, path: str = ""
) -> _Model:
    """Return an object of a territory the person coordinates, with its territory loaded.

    A person who is a member elsewhere sees circles there, and manages none of them.
    """
    lookup = {f"{path}territory__organisation_id__in": request.scope.roles[Role.COORDINATOR], "pk": pk}
    return get_object_or_404(model._default_manager.select_related(f"{path}territory", *related), **lookup)


def manages(request: ScopedRequest, territory: Territory) -> bool:
    """Say whether the person coordinates ``territory``."""
    return territory.organisation_id in request.scope.roles[Role.COORDINATOR]


def coordinated_territories(scope: Scope) -> QuerySet[Territory]:
    """Return the territories the person coordinates."""
    return Territory.objects.filter(organisation_id__in=scope.roles[Role.COORDINATOR])
