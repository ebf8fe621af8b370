"""Read a campaign's sites at one moment, and freeze them in the next transaction as the version that its closing makes."""

import datetime as dt
from pathlib import Path

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope, system_scope
from classification import engine
from classification.decisions.reading import counting_parameters, counting_sql
from classification.home.movements import erased_since
from classification.models import Assessment, Campaign, CampaignState, Closing
from core.jobs import JobError
from core.plans import joining_sets
from sites.models import Residence
from sites.perimeter import is_shared_with

from .proposals import forget

_FREEZE = Path(__file__).with_name("freeze.sql").read_text(encoding="utf-8")
_BATCH = 500
_COLUMNS = ", ".join(
    str(field.column)
    for field in Assessment._meta.concrete_fields
    if field.name not in {"id", "closing", "mark"}
)
_STORE = f"""
INSERT INTO classification_assessment (closing_id, {_COLUMNS})
SELECT %(closing)s, {_COLUMNS} FROM jsonb_populate_recordset(NULL::classification_assessment, %(rows)s::jsonb)
"""
_WHOLES = "SELECT residence_id, level, silent FROM told WHERE address_id IS NULL"


def reach_of(campaign: Campaign) -> QuerySet[Residence]:
    """Return the residences of a campaign: of its landlords, where agreements in force open them to its territory today.

    A merged one is another one, which has its records.
    """
    return Residence.objects.filter(
        is_shared_with(campaign.territory_id), landlord__in=campaign.landlords, merged_into=None
    )


def read(campaign: Campaign) -> list[str]:
    """Return the sites of a campaign as they are to be frozen, each as JSON.

    The caller's transaction reads everything at one moment (``acting_as(..., still=True)``).

    Raises:
        JobError: there is nothing to freeze, or it cannot be computed any more.
    """
    if said := erased_since(campaign.as_of):
        raise JobError(said)
    ids = list(reach_of(campaign).order_by().values_list("pk", flat=True))
    if not ids:
        raise JobError(_("Aucun bailleur ne partage plus rien avec ce territoire."))
    with system_scope("evaluation"), joining_sets():
        return assessed(campaign, ids)


def assessed(campaign: Campaign, ids: list[int]) -> list[str]:
    """Return what the records and decisions of now say of residences at the day of a campaign, each as JSON."""
    params = engine.parameters(campaign.grid_version, campaign.as_of, ids, seen_only=True)
    query = engine.told_sql(ids) + _FREEZE.format(
        disruptions=engine.disruptions_sql(ids),
        all_disruptions=engine.disruptions_sql(ids, unseen=True),
        decided=counting_sql(_WHOLES),
    )
    with connection.cursor() as cursor:
        cursor.execute(query, params | counting_parameters(campaign.as_of))
        return [row[0] for row in cursor.fetchall()]


def freeze(scope: Scope, closing: Closing, rows: list[str], read_at: dt.datetime) -> None:
    """Freeze what was read, and mark the closing as done in the same transaction.

    Raises:
        JobError: the campaign was cancelled meanwhile.
    """
    campaign = closing.campaign
    state = CampaignState.OPEN if closing.number == 1 else CampaignState.CLOSED
    of_it = Campaign.objects.filter(pk=campaign.pk, state=state)
    if not of_it.update(state=CampaignState.CLOSED):
        raise JobError(_("La campagne n’est plus ouverte."))
    closing.read_at, closing.sites = read_at, len(rows)
    with system_scope("evaluation"), connection.cursor() as cursor:
        forget(campaign)
        for start in range(0, len(rows), _BATCH):
            batch = ",".join(rows[start : start + _BATCH])
            cursor.execute(_STORE, {"closing": closing.pk, "rows": f"[{batch}]"})
        frozen = Assessment.objects.filter(closing=closing).order_by()
        landlords = sorted(frozen.values_list("landlord_id", flat=True).distinct())
    closing.save(update_fields=["read_at", "sites", *closing.mark_done()])
    write_entry(
        scope, AuditAction.CREATE, closing, organisation_id=campaign.territory.organisation_id, concerns=landlords,
        campaign=campaign.pk, number=closing.number,
    )  # fmt: skip
