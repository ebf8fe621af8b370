"""Name the figures that the indicators are made of."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from incidents.models import FactType

from .measures import Change, Interval, exact_interval, share_interval
from .periods import Period


@dataclass(frozen=True, slots=True)
class Rate:
    """Facts per 100 dwellings, with the exact interval; ``None`` values where no number of dwellings is known."""

    facts: int
    dwellings: int

    @property
    def value(self) -> float | None:
        """The rate."""
        return 100 * self.facts / self.dwellings if self.dwellings else None

    @property
    def interval(self) -> Interval | None:
        """The exact Poisson interval of the rate."""
        if not self.dwellings:
            return None
        found = exact_interval(self.facts)
        return Interval(100 * found.low / self.dwellings, 100 * found.high / self.dwellings)


@dataclass(frozen=True, slots=True)
class Pair:
    """A count in the period, the one compared with, and how they differ."""

    now: int
    before: int
    change: Change


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some facts were followed by a complaint."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """The share in percent; None of no fact at all."""
        return 100 * self.part / self.whole if self.whole else None

    @property
    def interval(self) -> Interval | None:
        """Its exact interval, in percent."""
        if not self.whole:
            return None
        found = share_interval(self.part, self.whole)
        return Interval(100 * found.low, 100 * found.high)


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost that facts state, and how many of them state one."""

    amount: Decimal
    stated: int


@dataclass(frozen=True, slots=True)
class Own:
    """What is counted of the facts that the person may read in full; each pair is the period and the one before."""

    complaints: Pair
    staff_complaints: tuple[Share, Share]
    cost: tuple[Cost, Cost]
    by_source: dict[str, Pair]
    by_moment: dict[tuple[int, int], int]
    without_hour: int
    facts: int


@dataclass(frozen=True, slots=True)
class LandlordRow:
    """A landlord: its stock, its facts, and how complete its recording is."""

    pk: int
    name: str
    residences: int
    dwellings: int
    without_dwellings: int
    pair: Pair
    rate: Rate
    silent: int
    last_day: dt.date | None


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A residence with its facts; its rate has no value where its number of dwellings is not known.

    Where recording stopped (``silent``), fewer facts are no fall.
    """

    pk: int
    name: str
    landlord_id: int
    landlord: str
    pair: Pair
    rate: Rate
    silent: bool


@dataclass(frozen=True, slots=True)
class Breakdowns:
    """The facts by what was recorded of them; ``unknown_day`` are those of no weekday, as their day is not known."""

    types: list[tuple[FactType, Pair]]
    families: dict[str, Pair]
    gravities: dict[int, Pair]
    place_kinds: dict[str, Pair]
    weekdays: dict[int, Pair]
    unknown_day: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Indicators:
    """What was recorded in a period, beside another one; ``own`` is None for who holds no landlord's role."""

    period: Period
    compared: Period
    days: int
    days_before: int
    facts: Pair
    staff: Pair
    trafficking: Pair
    rate: Rate
    rate_before: Rate
    own: Own | None
    disruption_days: dict[str | None, tuple[int, int]]
    in_force: tuple[int, int]
    by: Breakdowns
    course: tuple[list[int], list[int]]
    part_days: int
    landlords: list[LandlordRow]
    places: list[PlaceRow]
    places_counted: int
    unheard: list[str]
    erased: dt.date | None

    @property
    def nothing(self) -> bool:
        """True when neither period has anything."""
        days = self.disruption_days[None]
        return not (self.facts.now or self.facts.before or any(days) or any(self.in_force))

    @property
    def residences(self) -> int:
        """How many residences are counted of."""
        return sum(row.residences for row in self.landlords)

    @property
    def without_dwellings(self) -> int:
        """How many of them have no known number of dwellings."""
        return sum(row.without_dwellings for row in self.landlords)

    @property
    def silent(self) -> int:
        """How many of them have stopped recording."""
        return sum(row.silent for row in self.landlords)

    @property
    def last_day(self) -> dt.date | None:
        """The day of the last fact of a year, whatever the period."""
        return max((row.last_day for row in self.landlords if row.last_day), default=None)
