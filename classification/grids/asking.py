"""Read which grid a request asks about: a stored version, or one that differs from it in cells and thresholds."""

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404

from classification.engine.services import default_grid
from classification.models import GridVersion
from core.opaque import read

from .forms import GridForm
from .simulation import Ground


def asked_grid(asked: QueryDict, on: Ground | None) -> tuple[GridVersion, GridForm]:
    """Return the version that is started from, by default the one of most places, and the grid that is asked about."""
    key = asked.get("grille")
    if key:
        base = get_object_or_404(GridVersion, pk=grid_number(key))
    else:
        base = on.versions[0] if on else default_grid()
    return base, GridForm(asked, base)


def grid_number(text: str) -> int:
    """Return the number of a version that an address names; raise Http404 for what the product did not write."""
    try:
        return read("grid", text)
    except ValueError as error:
        raise Http404 from error
