"""Evaluate a territory whose grid begins to count today, in the worker."""

from celery import shared_task

from accounts.scope import system_scope
from classification.engine.services import MANY, evaluate
from sites.models import Residence


@shared_task
def evaluate_territory(territory_id: int) -> None:
    """Evaluate the residences of a territory, a few hundred at a time, each slice in a transaction of its own."""
    with system_scope("evaluation"):
        rows = Residence.objects.filter(commune__territories=territory_id).order_by("pk")
        ids = list(rows.values_list("pk", flat=True).distinct())
    for start in range(0, len(ids), MANY):
        evaluate(ids[start : start + MANY])
