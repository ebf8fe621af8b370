"""Show the method: the grid with its provenance, and its variants."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import for_roles
from classification.engine.services import default_grid
from classification.readers import METHOD_READERS
from sites.reading import note_reading

from .grid_view import picture
from .variants import variants


@require_GET
@for_roles(*METHOD_READERS)
def method(request: HttpRequest) -> HttpResponse:
    """Show the grid with its provenance, and what each contested cell would change."""
    note_reading(request.scope, "classification.grid")
    version = default_grid()
    context = {"version": version, "grid": picture(version), "variants": variants()}
    return render(request, "classification/method.html", context)
