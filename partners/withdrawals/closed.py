"""Find the notes that closed with what is shared no more, so that their coordinators withdraw them all the same.

A note rests on what landlords share with its territory. Once one of them, or the territory, takes a commune out, nobody
reads it any more; it opens again where that is shared again. What it says is read nowhere here.
"""

from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.http import Http404

from accounts.models import Organisation
from accounts.scope import Scope, system_scope
from partners.circles.managing import coordinated_territories
from partners.models import SynthesisNote
from sites.models import Commune, Territory


def closed_notes(scope: Scope) -> list[SynthesisNote]:
    """Return the issued notes of the territories that the acting person coordinates, of which they see nothing."""
    territories = list(coordinated_territories(scope).values_list("pk", flat=True))
    seen = list(SynthesisNote.objects.filter(territory__in=territories).values_list("pk", flat=True))
    return _described(SynthesisNote.objects.filter(territory__in=territories).exclude(pk__in=seen))


def closed_or_404(scope: Scope, pk: int) -> SynthesisNote:
    """Return one of :func:`closed_notes`; else raise Http404."""
    found = next((note for note in closed_notes(scope) if note.pk == pk), None)
    if found is None:
        raise Http404
    return found


def hold_closed(pk: int) -> SynthesisNote:
    """Lock the row of a note that the acting person no longer sees.

    Raises:
        SynthesisNote.DoesNotExist: there is none that was issued on a territory that they see.
    """
    found = _described(SynthesisNote.objects.select_for_update().filter(pk=pk))
    if not found:
        raise SynthesisNote.DoesNotExist
    return found[0]


def shared_no_more(note: SynthesisNote) -> QuerySet[Commune]:
    """Return the communes of a note of which a landlord in it shares nothing any more with its territory."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT landlord_id || ':' || commune_id FROM palier_shared_anywhere(%s)", [note.territory_id]
        )
        gone = set(note.shares) - {share for (share,) in cursor.fetchall()}
    communes = {int(share.partition(":")[2]) for share in gone}
    return Commune.objects.filter(pk__in=communes).order_by("name__french", "pk")


def _described(rows: QuerySet[SynthesisNote]) -> list[SynthesisNote]:
    """Return issued notes without their content, as they are called in it: its landlord may be hidden by now."""
    with system_scope("withdrawing"):
        named = rows.defer("content").annotate(called=KT("content__landlord"))
        found: list[Any] = list(named.order_by("-as_of", "-pk"))
    territories = Territory.objects.select_related("organisation").in_bulk(
        [note.territory_id for note in found]
    )
    for note in found:
        note.territory = territories[note.territory_id]
        if note.landlord_id:
            note.landlord = Organisation(pk=note.landlord_id, name=note.called)
    return found
