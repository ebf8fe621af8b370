"""Show the counts of a publication by neighbourhood, or return them as a file."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Q
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest
from accounts.enums import AuditAction
from accounts.scope import Scope
from core.files import KINDS, asked_kind, attachment, csv_file, xlsx_file
from partners.circles.managing import coordinated_territories
from partners.models import COUNTED, Mandate, Publication
from partners.readers import write_territory_entry
from sites.models import Commune, Territory

from .coarse import file_columns, published, said


def page(request: ScopedRequest, found: Publication, around: Mapping[str, Any]) -> HttpResponseBase:
    """Show what is told of each neighbourhood, or why the person is told nothing; journal the reading."""
    rows = published(found)
    kind = asked_kind(request) if rows else ""
    # Not how many neighbourhoods something is told of: leads read the entry, and are told no count.
    detail = {"publication": found.pk, **({"format": kind} if kind else {})}
    write_territory_entry(
        request.scope, AuditAction.EXPORT if kind else AuditAction.READ, found,
        territory=found.territory, landlords=found.landlords, **detail,
    )  # fmt: skip
    if kind:
        return _file(found, rows, kind)
    context = {
        **around,
        "publication": found,
        "rows": rows,
        "marks": COUNTED,
        "said": said(),
        "kinds": KINDS,
        "closed": "" if rows else _why_closed(request.scope, found, manages=around["manages"]),
    }
    return render(request, "partners/coarse.html", context)


def _file(found: Publication, rows: list[Any], kind: str) -> HttpResponseBase:
    """Return the rows as a file, whose name and last column say that they are coarsened."""
    columns = file_columns(found)
    file = csv_file(rows, columns) if kind == "csv" else xlsx_file(rows, columns, _("Nombres par quartier"))
    return attachment(file, f"confidentiel-niveaux-par-quartier-{found.as_of:%Y-%m-%d}", kind)


def _why_closed(scope: Scope, found: Publication, *, manages: bool) -> str:
    """Return why the person is told no count; "" where no count reaches what is told."""
    if not manages and not getattr(found, "circle_name", None):
        return _(
            "Vos résidences y sont comptées. Ces nombres ne sont montrés qu’à la cellule : retranchés des vôtres, ils "
            "diraient les niveaux d’un autre bailleur."
        )
    if not _shares_are_open(found):
        return _(
            "Un bailleur ne partage plus l’une des communes comptées : ces nombres ne sont plus montrés, tant qu’il ne la "
            "partage pas de nouveau."
        )
    if not manages and _counts_elsewhere(scope, found.territory):
        return _(
            "Vous avez, ou avez eu, accès à un autre territoire qui a une commune en commun avec celui-ci : rapprochés, "
            "les nombres de l’un et de l’autre diraient ceux de quelques sites. Ils ne vous sont pas montrés."
        )
    return ""


def _shares_are_open(found: Publication) -> bool:
    statement = "SELECT %s::text[] <@ ARRAY(SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(%s) s)"
    with connection.cursor() as cursor:
        cursor.execute(statement, [found.shares, found.territory_id])
        return bool(cursor.fetchone()[0])


def _counts_elsewhere(scope: Scope, territory: Territory) -> bool:
    joined = Mandate.objects.filter(user_id=scope.person_id, membership__isnull=False)
    others = Q(territories__in=joined.exclude(territory=territory).values("territory"))
    others |= Q(
        territories__in=coordinated_territories(scope).exclude(pk=territory.pk).order_by().values("pk")
    )
    # In a statement of its own: the manager of a relation would look for one territory that is both.
    return Commune.objects.filter(others, pk__in=territory.communes.order_by().values("pk")).exists()
