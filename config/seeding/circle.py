"""The restricted circle of the fiction and who holds a mandate in it."""

import datetime as dt

from accounts.enums import Role
from partners.models import Circle, Mandate

from .people import People
from .stock import Stock


def plant_circle(stock: Stock, people: People, today: dt.date) -> None:
    """Plant one circle with the partners' mandates."""
    circle = Circle.objects.create(
        territory=stock.territory,
        name="Cellule tranquillité de Brumeval",
        purpose="Priorités communes et opérations conjointes dans les résidences",
        starts_on=today - dt.timedelta(300),
    )
    for partner in people.partners:
        Mandate.objects.create(
            circle=circle, territory=stock.territory, user=partner, starts_on=today - dt.timedelta(290),
            created_by=people.by_role[Role.COORDINATOR],
        )  # fmt: skip
