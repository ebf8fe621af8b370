"""Declare who reads and writes facts, their free text, observations and disruptions."""

from accounts.perimeter import administers, leads
from core.perimeter import Perimeter, Policy, add_policies, among, system, visible, where, within
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

INCIDENT = Perimeter(
    "incident",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("incident_import", "seeding") | own(),
)

# The tables of pghistory with the earlier states of records.
for _table, _name in (
    ("incidents_incident_history", "incident"),
    ("incidents_disruption_history", "disruption"),
    ("incidents_standingobservation_history", "observation"),
):
    add_policies(_table, Policy(f"{_name}_history_all", "ALL", system("incident_import", "seeding") | own()))

UNPLACED_FACT = Perimeter(
    "unplacedfact", everything=leads("landlord_id") | system("incident_import", "seeding")
)

BULK_ACT = Perimeter("bulkact", everything=leads("landlord_id") | system("seeding"))

NARRATIVE = Perimeter(
    "narrative",
    everything=system("seeding")
    | within("incident_id", "i.id", "incidents_incident i", own("i.landlord_id", "i.residence_id")),
)

FACT_REPLY = Perimeter(
    "factreply",
    select=system("seeding")
    | within("incident_id", "i.id", "incidents_incident i", own("i.landlord_id", "i.residence_id")),
    write=system("seeding") | within("incident_id", "i.id", "incidents_incident i", leads("i.landlord_id")),
)

STANDING_OBSERVATION = Perimeter(
    "observation",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("seeding") | own(),
)

CONFIRMATION = Perimeter(
    "confirmation",
    select=visible("observation_id", "o.id", "incidents_standingobservation o", "`observation_id`"),
    write=system("seeding")
    | within(
        "observation_id", "o.id", "incidents_standingobservation o", own("o.landlord_id", "o.residence_id")
    ),
    # The nightly telling marks the confirmations that it told of.
    also=(Policy("confirmation_update_evaluation", "UPDATE", system("evaluation")),),
)

DISRUPTION = Perimeter(
    "disruption",
    select=system("evaluation", "incident_import", "seeding") | seen(),
    write=system("seeding") | own(),
)
