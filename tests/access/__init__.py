"""The declared access matrix: one module for each app, one row for each URL.

A row is ``{"GET": {roles…}, "POST": {roles…}, "kwargs": fn, "foreign": fn, "data": fn}``:
- a method that is not named is not allowed to anybody (405 or 403);
- beside roles, a method may name ``STRANGER``, ``ANONYMOUS`` and ``PROGRAM`` (tests/access/people.py);
- ``kwargs`` takes the planted world (tests/world.py) and returns the URL's arguments for an
  object inside the perimeter of every role named;
- ``foreign`` does the same for an object of another landlord or circle: 404 for all of them;
- ``foreign_to`` narrows that to some roles, where others (administrators) have no outside;
- ``data`` takes the world and returns what an allowed POST sends (a dict; JSON when ``api``), with
  which it succeeds;
- ``data_for`` and ``kwargs_for`` take the world and who asks, for what differs from one to the other;
- ``journal``, of every row with a POST, takes the world and who asks, and returns the ids of the
  organisations whose journals an entry of it belongs to; or it is a text: why there is no entry;
- ``as_oneself`` is True for a POST by which somebody answers for themselves, in none of their roles;
- ``closes`` is True for a POST that ends on the login page;
- ``query`` takes the world and returns what an allowed GET asks (a dict);
- ``api`` is True for an address of the REST interface: 401 for all but programs.
"""

from typing import Any

from tests.access import accounts, classification, factors, incidents, partners, project, sites

MATRIX = {
    **project.ROWS, **accounts.ROWS, **factors.ROWS, **sites.ROWS, **incidents.ROWS, **classification.ROWS, **partners.ROWS
}  # fmt: skip


def arguments(name: str, world: Any, who: Any) -> dict[str, Any] | None:
    """Return the URL's arguments for an object on which ``who`` may do what the row allows."""
    row = MATRIX[name]
    if "kwargs_for" in row:
        return row["kwargs_for"](world, who)
    return row["kwargs"](world) if "kwargs" in row else None
