"""Show the fact types with their help, gravity and words, to every person who is signed in."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.words import LONGEST
from incidents.facts.nomenclature import by_family
from incidents.models import FactSubtype, FactType

from .words import explained, matching


@require_GET
@for_roles(*Role)
def nomenclature(request: ScopedRequest) -> HttpResponse:
    """Show the fact types by family, or those that match what is looked for."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    types = list(FactType.objects.all())
    subtypes: dict[int, list[FactSubtype]] = {}
    for subtype in (
        FactSubtype.objects.filter(ended_at=None).select_related("territory").order_by("label__french", "pk")
    ):
        subtypes.setdefault(subtype.fact_type_id, []).append(subtype)
    found = [("", matching(types, text))] if text else by_family(types)
    families = [
        (family, [(kind, explained(kind), subtypes.get(kind.pk, [])) for kind in kinds])
        for family, kinds in found
        if kinds
    ]
    context = {
        "families": families,
        "text": text,
        "number": len(types),
        "adds": request.scope.has(Role.COORDINATOR),
    }
    return render(request, "incidents/nomenclature.html", context)
