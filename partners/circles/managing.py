"""Find the objects that a person manages as coordinator, among those they see."""

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
    """Return an object of a territory that the person coordinates, with its territory loaded; else raise Http404.

    A coordinator may also be a member of circles of other territories: they see these, but do not manage them.
    """
    lookup = {f"{path}territory__organisation_id__in": request.scope.roles[Role.COORDINATOR], "pk": pk}
    return get_object_or_404(model._default_manager.select_related(f"{path}territory", *related), **lookup)


def manages(request: ScopedRequest, territory: Territory) -> bool:
    """Say whether the person coordinates ``territory``."""
    return territory.organisation_id in request.scope.roles[Role.COORDINATOR]


def coordinated_territories(scope: Scope) -> QuerySet[Territory]:
    """Return the territories the person coordinates."""
    return Territory.objects.filter(organisation_id__in=scope.roles[Role.COORDINATOR])
