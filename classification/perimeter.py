"""Declare who reads and writes levels, findings and the grid adoptions of territories."""

from core.perimeter import Perimeter, somebody, system
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
