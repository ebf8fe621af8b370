"""Plant the fictional territory of the demonstration, with no real home and no real name."""

import datetime as dt
import random

from accounts.models import Organisation
from accounts.scope import system_scope
from classification.engine.services import evaluate
from classification.foresight.nightly import watch_everything
from classification.foresight.ranked import rank_everything
from classification.history.nightly import remember_everything
from classification.models import SiteLevel
from core.limits import long_work
from demo.story import MARKER

from .campaigns import plant_campaigns
from .circle import plant_circle
from .facts import plant_facts
from .imports import plant_imports
from .ongoing import plant_ongoing
from .people import plant_people
from .stock import plant_stock

_SEED = 1789


def is_seeded() -> bool:
    """Say whether the fictional territory is planted."""
    with system_scope("seeding"):
        return Organisation.objects.filter(name=MARKER).exists()


def seed(today: dt.date) -> bool:
    """Plant the fictional territory as of ``today``; False when it is planted already.

    It is one transaction: a run that is cut off leaves nothing half-planted.
    """
    rng = random.Random(_SEED)  # noqa: S311 - a fiction that is the same every time
    # The scope begins the transaction, so that it has the limits of work that nobody waits for.
    with long_work(), system_scope("seeding") as scope:
        if is_seeded():
            return False
        stock = plant_stock(rng, scope)
        people = plant_people(stock)
        plant_facts(rng, stock, people, today)
        plant_ongoing(stock, people, today)
        plant_imports(rng, stock, people, today)
        plant_campaigns(stock, people, today)
        evaluate(as_of=today)
        plant_circle(stock, people, today)
        watch_everything()
        remember_everything(today=today)
        rank_everything()
    return True


def catch_up(today: dt.date) -> None:
    """Evaluate again when the last night passed without the nightly job."""
    with system_scope("evaluation"):
        if SiteLevel.objects.filter(as_of__lt=today).exists():
            evaluate(as_of=today)
            watch_everything()
            remember_everything(today=today)
            rank_everything()
