"""Show the method: the grid with its provenance, and its variants."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from classification.engine.services import default_grid
from classification.readers import METHOD_READERS
from sites.reading import write_reading

from .grid_view import picture
from .variants import variants


@require_GET
@for_roles(*Role)
def method(request: ScopedRequest) -> HttpResponse:
    """Show the grid with its provenance; to whoever reads levels of many sites, what each contested cell would change.

    The grid itself is public, so that looking at it is no reading of anybody's levels.
    """
    version = default_grid()
    context: dict[str, Any] = {"version": version, "grid": picture(version)}
    if request.scope.has(*METHOD_READERS):
        write_reading(request.scope, "classification.grid")
        context["variants"] = variants()
    return render(request, "classification/method.html", context)
