"""Declare who reads and writes levels, findings, decisions, and the grid adoptions of territories."""

from accounts.perimeter import leads
from core.perimeter import Perimeter, Policy, person, somebody, system, where
from sites.perimeter import coordinates, seen

GRID_ADOPTION = Perimeter(
    "gridadoption",
    select=somebody() | system("evaluation", "seeding"),
    write=coordinates() | system("seeding"),
)

SITE_LEVEL = Perimeter(
    "sitelevel", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

PAST_LEVEL = Perimeter(
    "pastlevel", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

RECORD_CHANGE = Perimeter(
    "recordchange", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

FINDING = Perimeter("finding", select=system("evaluation", "seeding") | seen(), write=system("evaluation"))

# The shortest term that there may be; the job of retention goes by the longer ones of each territory.
_ENDED_THREE_YEARS_AGO = where(
    "ended_on < (SELECT palier_today()) - interval '36 months'", "it ended more than three years ago"
)
_BY_ONESELF = person("decided_by_id")
_ENDS_BY_ONESELF = where(
    "(ended_on IS NULL OR ended_by_id = (SELECT palier_user()))", "it stands, or the person ends it"
)
# The evaluation ends those whose level changed; an import that is undone leaves residences about which somebody decided.
DECISION = Perimeter(
    "decision",
    select=system("evaluation", "stock_import", "seeding") | seen(),
    insert=leads("landlord_id") & _BY_ONESELF | system("seeding"),
    update=leads("landlord_id") & _ENDS_BY_ONESELF | system("evaluation", "seeding"),
    delete=system("retention") & _ENDED_THREE_YEARS_AGO,
    also=(Policy("decision_select_retention", "SELECT", system("retention")),),
)
