"""Find the sub-types of territories that are offered at a place, and the one that a word names."""

from collections.abc import Iterable

from django.db.models import Q

from incidents.models import FactSubtype, FactType
from sites.match_key import plain
from sites.models import Territory


def offered(*, kept: FactSubtype | None = None) -> list[FactSubtype]:
    """Return the sub-types that a form offers the acting person, one for each name of a type; by type, then name.

    Args:
        kept: the sub-type of the fact that is corrected, which may have ended.
    """
    rows = FactSubtype.objects.filter(Q(ended_at=None) | Q(pk=kept.pk if kept else None))
    found: dict[tuple[int, str], FactSubtype] = {}
    for row in rows.select_related("fact_type").order_by("fact_type__gravity", "label__french", "pk"):
        named = (row.fact_type_id, plain(row.label))
        if named not in found or (kept and row.pk == kept.pk):
            found[named] = row
    return list(found.values())


def at_place(wanted: FactSubtype, commune_id: int) -> FactSubtype | None:
    """Return the sub-type of that name and type in a territory that holds the commune; None for none.

    Territories beside each other may use the same name: whichever was chosen, it is the place's.
    """
    if wanted.territory_id in _territories(commune_id):
        return wanted
    return named(wanted.fact_type, wanted.label, commune_id)


def named(fact_type: FactType, text: str, commune_id: int) -> FactSubtype | None:
    """Return the sub-type of a type that a word names, by its name or a former one; None for none or several."""
    rows = FactSubtype.objects.filter(
        fact_type=fact_type, ended_at=None, territory__in=_territories(commune_id)
    )
    return _one(rows, text)


def _one(rows: Iterable[FactSubtype], text: str) -> FactSubtype | None:
    wanted = plain(text)
    rows = list(rows)
    now = [row for row in rows if plain(row.label) == wanted]
    found = now or [row for row in rows if wanted in {plain(name) for name, _day in row.former_labels}]
    return found[0] if len(found) == 1 else None


def _territories(commune_id: int) -> list[int]:
    within = Territory.communes.through.objects.filter(commune_id=commune_id)
    return list(within.values_list("territory_id", flat=True))
