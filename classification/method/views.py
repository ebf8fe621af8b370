"""Show the method: the grid with its provenance, and its variants."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from classification.engine.services import default_grid
from classification.readers import METHOD_READERS
from sites.reading import write_reading

from .grid_view import picture
from .variants import variants


@require_GET
@for_roles(*METHOD_READERS)
def method(request: ScopedRequest) -> HttpResponse:
    """Show the grid with its provenance, and what each contested cell would change."""
    write_reading(request.scope, "classification.grid")
    version = default_grid()
    context = {"version": version, "grid": picture(version), "variants": variants()}
    return render(request, "classification/method.html", context)
