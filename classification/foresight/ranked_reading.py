"""Read the rankings that a person is shown, with the places of each where it is told."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from classification.models import Ranking, RankingState, Signal, SignalKind, SiteLevel

from .ranking import FIRST, LEAST_PLACES, LEAST_TRIED, YEAR


@dataclass(frozen=True, slots=True)
class RankedPlace:
    """A place of a ranking: how many days with facts are expected, how many last year had, and whether recording fell there."""

    site: SiteLevel
    expected: float
    year: int
    fading: bool


@dataclass(frozen=True, slots=True)
class ShownRanking:
    """A ranking as the page shows it: of a landlord or a territory, with its figures for each quarter tried."""

    ranking: Ranking
    places: list[RankedPlace]

    @property
    def owner(self) -> str:
        """The name of the landlord or of the territory."""
        return str(self.ranking.landlord or self.ranking.territory)

    @property
    def is_young(self) -> bool:
        """True where there is too little past to try a ranking on."""
        return self.ranking.state == RankingState.YOUNG

    @property
    def is_better(self) -> bool:
        """True where the ranking beat last year's counts; its sites may have left the stock since."""
        return self.ranking.state == RankingState.BETTER

    @property
    def figures(self) -> dict[str, float]:
        """The figures that its sentence quotes."""
        told: dict[str, float] = self.ranking.figures
        tried = told.get("tried")
        per_quarter = {name: round(told[name] / tried, 1) for name in ("ranking", "counts")} if tried else {}
        needed = {"first": FIRST, "quarters_needed": YEAR + LEAST_TRIED, "places_needed": LEAST_PLACES}
        return told | per_quarter | needed


def rankings() -> list[ShownRanking]:
    """Return the rankings of the landlords that the person leads and of the territories that they coordinate."""
    rows = list(
        Ranking.objects.select_related("landlord", "territory").order_by(
            "landlord__name__french", "territory__name__french", "pk"
        )
    )
    told = {site["residence"] for row in rows for site in row.sites}
    fading = Exists(Signal.objects.filter(residence=OuterRef("residence"), kind=SignalKind.FADING).order_by())
    levels = SiteLevel.objects.filter(residence__in=told, address=None).annotate(fading=fading)
    found = (
        {one.residence_id: one for one in levels.select_related("residence", "landlord", "commune")}
        if told
        else {}
    )
    return [
        ShownRanking(
            row,
            [
                RankedPlace(found[site["residence"]], site["expected"], site["year"], found[site["residence"]].fading)
                for site in row.sites if site["residence"] in found
            ],
        )
        for row in rows
    ]  # fmt: skip
