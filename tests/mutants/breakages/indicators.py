"""Breakages of the indicators: what they count, for whom, and what they tell."""

from tests.mutants import Mutant

_COUNTS = "tests/classification/test_indicators.py"
_PAGES = "tests/classification/test_indicators_pages.py"
_TERRITORIES = "tests/classification/test_indicators_of_territories.py"
_MEASURES = "tests/classification/test_indicator_measures.py"
_ROOM = "classification/indicators"


def _figure(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"indicators:{name}", promise, file, old, new, tests, after)


MUTANTS = (
    _figure(
        "without-the-last-day", "A period holds its last day.", f"{_ROOM}/counting.py",
        "day__lte=period.last)\n    yield", "day__lt=period.last)\n    yield", _COUNTS,
    ),
    _figure(
        "spans-by-their-first-day", "A fact of unknown day counts in each period in which it may have happened.",
        f"{_ROOM}/counting.py", "span_end__gte=period.first, day__lte=period.last",
        "span_end__isnull=False, day__gte=period.first, day__lte=period.last", _COUNTS,
    ),
    _figure(
        "hours-of-other-landlords", "Complaints, costs, hours and sources are read of one's own facts alone.",
        f"{_ROOM}/counting.py", "Case(When(is_own(), then=F(name)))", "F(name)", _COUNTS,
    ),
    _figure(
        "complaints-for-coordinators", "A coordinator is shown no complaint, cost, hour or source.", f"{_ROOM}/views.py",
        "reads_own=request.scope.has(Role.LEAD, Role.AGENT)", "reads_own=True", _PAGES,
    ),
    _figure(
        "cancelled-facts-counted", "Cancelled facts do not count.", f"{_ROOM}/views.py",
        "queryset=Incident.objects.current()", "queryset=Incident.objects.all()", _PAGES,
    ),
    _figure(
        "disruptions-to-come", "A disruption goes on until today at its place.", f"{_ROOM}/disruptions.sql",
        "least(ends_on, today, closed - 1, last)", "least(ends_on, closed - 1, last)", _COUNTS,
    ),
    _figure(
        "observations-for-ever", "An observation is in force while its last confirmation counts.", f"{_ROOM}/counting.py",
        'counted.filter(counts_until__gte=F("on"))', "counted", _COUNTS,
    ),
    _figure(
        "trends-of-few", "Few facts are never told as a trend.", f"{_ROOM}/measures.py", "LEAST = 10", "LEAST = 1", _COUNTS,
    ),
    _figure(
        "rows-tested-alone", "The rows of a table are tested together.", f"{_ROOM}/measures.py",
        "false_discovery_control(chances)", "chances", _MEASURES, after="held = dict(",
    ),
    _figure(
        "trends-of-who-did-not-record", "No trend is told of a landlord that did not record then.", f"{_ROOM}/reading.py",
        "pk__in=_heard(counts)", "pk__in=[]", _COUNTS,
    ),
    _figure(
        "dwellings-nobody-counted", "A rate leaves out the facts of residences without a number of dwellings.",
        f"{_ROOM}/facts.sql", "WHERE dwellings > 0", "WHERE dwellings >= 0", _COUNTS,
    ),
    _figure(
        "read-without-a-trace", "A coordinator's reading is in the journals of the landlords counted.", f"{_ROOM}/views.py",
        "concerns=[row.pk for row in found.landlords],\n        places", "concerns=[],\n        places", _PAGES,
    ),
    _figure(
        "filtered-by-others-sources", "Nobody filters other landlords' facts by their source.", "incidents/facts/filters.py",
        "queryset.filter(is_own(), source=value)", "queryset.filter(source=value)", _PAGES,
    ),
    _figure(
        "places-of-other-territories", "The figures of a territory are of what is shared with it.", f"{_ROOM}/asked.py",
        "return chosen & is_shared_with(self.territory.pk) if self.territory else chosen", "return chosen",
        f"{_TERRITORIES}::test_one_territory_of_two_counts_as_for_who_coordinates_it_alone",
    ),
    _figure(
        "facts-of-other-territories", "The facts of a territory are those that are shared with it.", "sites/territory_filter.py",
        "queryset.filter(is_shared_with(value.pk)) if value else queryset", "queryset",
        f"{_TERRITORIES}::test_one_territory_of_two_counts_as_for_who_coordinates_it_alone",
    ),
    _figure(
        "erased-elsewhere", "What was erased of other landlords is not said of a territory.", f"{_ROOM}/reading.py",
        "for pk, day in found.items() if pk in landlords", "for pk, day in found.items()",
        f"{_TERRITORIES}::test_what_was_erased_of_others_is_not_said_of_a_territory",
    ),
    _figure(
        "territories-of-others", "A lead who coordinates chooses among the territories of their own.", "sites/territory_filter.py",
        "return coordinated_by(request.scope)", "return Territory.objects",
        f"{_TERRITORIES}::test_the_territory_of_others_is_no_choice",
    ),
)  # fmt: skip
