"""Count the sites of a territory by neighbourhood, as circles of that precision are told of them, and show it.

A neighbourhood is a priority neighbourhood of the list in force, or what is left of a commune: its outline is published, and
nobody moves it to learn a number.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from classification.method.scale import Mark
from classification.models import Closing
from core.files import Column
from core.order import in_french
from partners.assessed import holds_all_shared, middles_of, previewed_of
from partners.enums import Precision
from partners.models import COUNTED, Circle, Publication, PublishedCount
from partners.snapshot import Previewed, middles_at, preview_at
from partners.wording import day_and_origin_of
from sites.basemap.neighbourhoods import names_at
from sites.models import Territory

from .suppression import told

# Of a residence that its landlord says lies in one, while no outline holds it.
_SOME_PRIORITY_NEIGHBOURHOOD = "Quartier prioritaire"


class Count(NamedTuple):
    """How many sites of a neighbourhood at least have a mark; as :class:`partners.models.PublishedCount`."""

    commune_id: int
    commune: str
    neighbourhood: str
    mark: int
    at_least: int


@dataclass(frozen=True, slots=True)
class Coarse:
    """What a circle by neighbourhood is told, and the ids of landlord and commune that it rests on."""

    counts: list[Count]
    shares: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """The line of a neighbourhood: what is told of each mark of :data:`partners.models.COUNTED`, None where nothing is."""

    commune: str
    neighbourhood: str
    told: list[tuple[Mark, int | None]]

    @property
    def name(self) -> str:
        """What the neighbourhood is called."""
        if self.neighbourhood == _SOME_PRIORITY_NEIGHBOURHOOD:
            return _("Quartier prioritaire")
        return self.neighbourhood or _("Hors quartier prioritaire")


def coarse_at(territory: Territory, as_of: dt.date) -> Coarse:
    """Count the sites of a territory on a day, as a circle is told; the isolation level as for :func:`sites_at`."""
    sites = preview_at(territory, as_of)
    return _counted(sites, middles_at([site.residence_id for site in sites], as_of))


def coarse_of(closing: Closing) -> Coarse:
    """Count the sites that a campaign froze, as a circle is told; the isolation level as for :func:`sites_at`."""
    return _counted(previewed_of(closing), middles_of(closing))


def refusal_of(circle: Circle, closing: Closing) -> str:
    """Return why a version of a campaign is not given to a circle by neighbourhood; "" where it is.

    Its counts would be of another set of landlords than those of a publication between two campaigns: subtracted, they would tell
    the sites of the others.
    """
    if circle.precision != Precision.NEIGHBOURHOOD or holds_all_shared(closing):
        return ""
    return _(
        "Cette campagne ne porte pas sur tous les bailleurs et toutes les communes partagés aujourd’hui avec ce territoire : rapprochés"
        " de ceux d’une autre publication, ses nombres par quartier diraient ceux d’un seul bailleur. Publiez à cette cellule hors"
        " campagne, ou menez une campagne qui interroge tous les bailleurs."
    )


def _counted(sites: list[Previewed], middles: dict[int, tuple[float, float]]) -> Coarse:
    names = names_at(middles)
    cells: dict[tuple[int, str, str], Counter[int]] = defaultdict(Counter)
    for site in sites:
        unnamed = _SOME_PRIORITY_NEIGHBOURHOOD if site.in_priority_neighbourhood else ""
        cells[site.commune_id, site.commune, names.get(site.residence_id, unnamed)][site.mark] += 1
    counts = [
        Count(*cell, mark, at_least)
        for cell, found in cells.items()
        for mark, at_least in told(found).items()
    ]
    # Found in the order of the sites, the highest level first: rows stored so would tell where that is.
    return Coarse(sorted(counts), sorted({(site.landlord_id, site.commune_id) for site in sites}))


def rows_of(counts: Iterable[Count]) -> list[Row]:
    """Return the lines of a table of counts, by commune and neighbourhood; the rest of a commune comes last."""
    cells: dict[tuple[str, int, str], dict[int, int]] = defaultdict(dict)
    for count in counts:
        cells[count.commune, count.commune_id, count.neighbourhood][count.mark] = count.at_least
    order = sorted(cells, key=lambda cell: (in_french(cell[0]), cell[1], not cell[2], in_french(cell[2])))
    return [
        Row(cell[0], cell[2], [(mark, cells[cell].get(mark.value)) for mark in COUNTED]) for cell in order
    ]


def published(publication: Publication) -> list[Row]:
    """Return the lines of a publication as far as the acting person sees them."""
    rows = PublishedCount.objects.filter(publication=publication).values_list(
        "commune_id", "commune__name", "neighbourhood", "mark", "at_least"
    )
    return rows_of(Count(*row) for row in rows.order_by("pk"))


def file_columns(publication: Publication) -> list[Column]:
    """Return the columns of a file of these lines; each says what it is worth, and which campaign it comes from."""
    origin = day_and_origin_of(publication)
    return [
        (_("Commune"), lambda row: row.commune),
        (_("Quartier"), lambda row: row.name),
        *[_file_column(place, mark) for place, mark in enumerate(COUNTED)],
        (_("Campagne"), lambda _row: origin),
        (_("Précision"), lambda _row: said()),
    ]


def _file_column(place: int, mark: Mark) -> Column:
    name = _("Niveau %(n)s, au moins") % {"n": mark.value} if mark else _("Saisie interrompue, au moins")
    return name, lambda row: row.told[place][1] or _("n. c.")


def said() -> str:
    """Return the sentence that says of an output that it is coarsened."""
    return _(
        "Vue au quartier : nombres de sites par paliers de cinq, sans total ; n. c. : non communiqué (secret statistique)"
    )
