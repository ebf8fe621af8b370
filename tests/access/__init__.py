"""The declared access matrix: one module for each app, one row for each URL.

A row is ``{"GET": {roles…}, "POST": {roles…}, "kwargs": fn, "foreign": fn, "data": fn}``:
- a method that is not named is not allowed to anybody (405 or 403);
- ``kwargs`` takes the planted world (tests/world.py) and returns the URL's arguments for an
  object inside the perimeter of every role named;
- ``foreign`` does the same for an object of another landlord or circle: 404 for all of them.
"""

from . import accounts, classification, incidents, partners, project, sites

MATRIX = {
    **project.ROWS, **accounts.ROWS, **sites.ROWS, **incidents.ROWS, **classification.ROWS, **partners.ROWS
}  # fmt: skip
