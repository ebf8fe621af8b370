"""Show the recurring components of pages in each of their states, for developers."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import for_roles
from accounts.enums import Role
from classification.engine.services import default_grid
from classification.method.grid_view import picture
from classification.method.scale import Frequency, Gravity, Level
from classification.residence.explanation import explain

_AS_OF = dt.date(2026, 3, 12)
_COLOURS = ("ink", "accent", "accent-soft", "paper", "line", "quiet")
_ICONS = (
    "circle-plus", "list-details", "building-community", "map-2", "file-upload", "eye-share", "shield-lock",
    "file-certificate", "users", "history",
)  # fmt: skip


@require_safe
@for_roles(Role.ADMIN)
def components(request: HttpRequest) -> HttpResponse:
    """Show every component with invented values, without reading any record."""
    version = default_grid()
    findings = [_finding("DAMAGE", 9), _finding("NOISE", 2)]
    context = {
        "levels": list(reversed(Level)),
        "trends": [(2, 4), (3, 1), (2, 2)],
        "explanations": [explain(finding, _AS_OF, version) for finding in findings],
        "grid": picture(version, findings),
        "colours": _COLOURS,
        "icons": _ICONS,
    }
    return render(request, "components.html", context)


def _finding(code: str, number: int) -> dict[str, object]:
    days = [_AS_OF - dt.timedelta(3 * n) for n in range(number)]
    daily = number > 2  # noqa: PLR2004 - one of each
    return {
        "fact_type": _("Dégradations") if daily else _("Tapages, dont nocturnes"), "code": code,
        "gravity": Gravity.MEDIUM if daily else Gravity.LOW,
        "frequency": Frequency.DAILY if daily else Frequency.OCCASIONAL, "observed": None,
        "level": Level(3) if daily else Level(1), "in_daily": number, "in_regular": number,
        "in_occasional": number, "days": days, "spans": None,
    }  # fmt: skip
