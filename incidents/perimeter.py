"""Declare who reads and writes facts, their free text, observations and disruptions."""

from functools import reduce
from operator import or_

from accounts.perimeter import administers, leads
from core.perimeter import (
    Perimeter,
    Policy,
    Predicate,
    add_policies,
    among,
    holds,
    system,
    visible,
    where,
    within,
)
from sites.perimeter import coordinates, own, seen

# Leads read the name of every territory; what a territory calls facts is for those who record there.
_AT_OWN_PLACES = where(
    """territory_id IN (
        SELECT tc.territory_id FROM sites_territory_communes tc JOIN sites_residence r ON r.commune_id = tc.commune_id
        WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR r.id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    )""",
    "`territory_id` holds the commune of a residence of theirs",
)

FACT_SUBTYPE = Perimeter(
    "factsubtype",
    select=coordinates()
    | _AT_OWN_PLACES
    | among("territory_id", "palier.circle_territories", "they are a member of a circle there")
    | administers()
    | system("evaluation", "incident_import", "seeding"),
    write=coordinates() | system("seeding"),
)

# The shortest terms that there may be; the policies let the job of retention read and erase nothing younger.
_PAST_A_MONTH = where(
    "coalesce(span_end, day) < (SELECT palier_today()) - interval '1 month'",
    "its day is more than a month ago",
)
_PAST_THREE_YEARS = where(
    "coalesce(span_end, day) < (SELECT palier_today()) - interval '36 months'",
    "its day is more than three years ago",
)


def _not_held(column: str, kept: str = "incident") -> Predicate:
    """Return the condition that no hold keeps the record ``column``, which holds name in the column ``kept``."""
    held = f"""SELECT h.{kept}_id FROM incidents_legalhold h
        WHERE h.{kept}_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))"""
    return where(f"{column} NOT IN (\n        {held}\n    )", f"no legal hold keeps the {kept}")


def _erased_with_its_fact(name: str, incident: str = "incident_id") -> tuple[Policy, ...]:
    """Return the policies by which the job of retention erases what belongs to a fact that it may erase."""
    erased = system("retention") & within(
        incident, "i.id", "incidents_incident i", where("true", "the job reads the fact")
    )
    return (
        Policy(f"{name}_select_retention", "SELECT", erased),
        Policy(f"{name}_delete_retention", "DELETE", erased & _not_held(incident)),
    )


def _erased_by_age(name: str, *unless: Predicate) -> tuple[Policy, ...]:
    """Return the policies by which the job of retention reads rows and erases those past their term."""
    erased = system("retention")
    for condition in unless:
        erased &= condition
    return (
        Policy(f"{name}_select_retention", "SELECT", system("retention")),
        Policy(f"{name}_delete_retention", "DELETE", erased),
    )


INCIDENT = Perimeter(
    "incident",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("incident_import", "seeding") | own(),
    also=(
        Policy("incident_select_retention", "SELECT", system("retention") & _PAST_A_MONTH),
        Policy(
            "incident_delete_retention", "DELETE", system("retention") & _PAST_THREE_YEARS & _not_held("id")
        ),
    ),
)

# The tables of pghistory with the earlier states of records.
for _table, _name in (
    ("incidents_incident_history", "incident"),
    ("incidents_disruption_history", "disruption"),
    ("incidents_standingobservation_history", "observation"),
):
    add_policies(
        _table,
        Policy(f"{_name}_history_all", "ALL", system("incident_import", "seeding") | own()),
        *_erased_by_age(f"{_name}_history", _not_held("pgh_obj_id", _name)),
    )

UNPLACED_FACT = Perimeter(
    "unplacedfact",
    everything=leads("landlord_id") | system("incident_import", "seeding"),
    also=(
        Policy("unplacedfact_select_retention", "SELECT", system("retention") & _PAST_A_MONTH),
        Policy("unplacedfact_update_retention", "UPDATE", system("retention")),
        Policy("unplacedfact_delete_retention", "DELETE", system("retention") & _PAST_THREE_YEARS),
    ),
)

BULK_ACT = Perimeter(
    "bulkact", everything=leads("landlord_id") | system("seeding"), also=_erased_by_age("bulkact")
)

NARRATIVE = Perimeter(
    "narrative",
    everything=system("seeding")
    | within("incident_id", "i.id", "incidents_incident i", own("i.landlord_id", "i.residence_id")),
    also=_erased_with_its_fact("narrative"),
)

FACT_REPLY = Perimeter(
    "factreply",
    select=system("seeding")
    | within("incident_id", "i.id", "incidents_incident i", own("i.landlord_id", "i.residence_id")),
    write=system("seeding") | within("incident_id", "i.id", "incidents_incident i", leads("i.landlord_id")),
    also=_erased_with_its_fact("factreply"),
)

STANDING_OBSERVATION = Perimeter(
    "observation",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("seeding") | own(),
    also=_erased_by_age("observation", _not_held("id", "observation")),
)

CONFIRMATION = Perimeter(
    "confirmation",
    select=visible("observation_id", "o.id", "incidents_standingobservation o", "`observation_id`"),
    write=system("seeding")
    | within(
        "observation_id", "o.id", "incidents_standingobservation o", own("o.landlord_id", "o.residence_id")
    ),
    # The nightly telling marks the confirmations that it told of.
    also=(
        Policy("confirmation_update_evaluation", "UPDATE", system("evaluation")),
        Policy(
            "confirmation_delete_retention",
            "DELETE",
            system("retention") & _not_held("observation_id", "observation"),
        ),
    ),
)

DISRUPTION = Perimeter(
    "disruption",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("seeding") | own(),
    also=_erased_by_age("disruption", _not_held("id", "disruption")),
)

# Whoever shares with a territory, or watches over data there, reads how long it keeps them.
RETENTION_TERMS = Perimeter(
    "retentionterms",
    select=coordinates()
    | holds("palier.lead_of", "they lead a landlord")
    | holds("palier.dpo_of", "they are a data protection officer")
    | system("retention", "seeding"),
    insert=coordinates() | system("seeding"),
)

_OFFICER = among("landlord_id", "palier.dpo_of", "they are the data protection officer of `landlord_id`")

# A foreign key alone would let a lead name another landlord's record.
_KEEPS_OWN = reduce(
    or_,
    (
        within(f"{column}_id", "r.id", f"{table} r", leads("r.landlord_id"))
        for column, table in (
            ("incident", "incidents_incident"),
            ("observation", "incidents_standingobservation"),
            ("disruption", "incidents_disruption"),
        )
    ),
)

LEGAL_HOLD = Perimeter(
    "legalhold",
    select=leads("landlord_id") | _OFFICER | system("retention", "seeding"),
    insert=(leads("landlord_id") & _KEEPS_OWN) | system("seeding"),
    update=(leads("landlord_id") & _KEEPS_OWN) | system("seeding"),
    # Not by the table's own rows: a policy that reads its table would recurse.
    delete=system("retention")
    & where("(lifted_at IS NOT NULL OR ends_on <= (SELECT palier_today()))", "it was lifted, or has ended"),
)

FACT_TOTAL = Perimeter(
    "facttotal",
    select=leads("landlord_id") | system("retention", "seeding"),
    insert=system("retention"),
    update=system("retention"),
)

HORIZON = Perimeter(
    "horizon",
    select=among("landlord_id", "palier.organisations", "they hold a role in it")
    | among("landlord_id", "palier.shared_organisations", "it shares with a territory they coordinate")
    | system("retention", "evaluation", "seeding"),
    insert=system("retention"),
    update=system("retention"),
)

# What tells which terms count where.
for _table, _name in (
    ("sites_sharingagreement", "agreement"),
    ("sites_agreementterms", "terms"),
    ("sites_territory", "territory"),
    ("sites_residence", "residence"),
):
    add_policies(_table, Policy(f"{_name}_select_retention", "SELECT", system("retention")))
