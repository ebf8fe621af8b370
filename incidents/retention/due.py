"""Say which records are past their term on a day, and erase them: the statements, by kind.

A record's age is that of its last day. Terms are five years, a year for texts, or what a territory says of what is shared
with it; of several the shortest.
"""

from incidents.models.retention import FACTS_MOST, NARRATIVES_MOST

from .terms import REPLACED

# With fewer residences of a landlord in it, a commune would name one of them.
FEWEST_RESIDENCES = 3

TERMS = f"""
WITH terms AS (
    SELECT s.landlord_id, s.commune_id, min(t.narratives_months) AS narratives, min(t.facts_months) AS facts
    FROM palier_sharing() s CROSS JOIN LATERAL (
        SELECT r.narratives_months, r.facts_months FROM incidents_retentionterms r
        WHERE r.territory_id = s.territory_id AND r.counts_from <= %(today)s AND NOT {REPLACED}
        ORDER BY r.counts_from DESC, r.id DESC LIMIT 1
    ) t
    GROUP BY s.landlord_id, s.commune_id
), held AS (
    SELECT h.incident_id, h.observation_id, h.disruption_id FROM incidents_legalhold h
    WHERE h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > %(today)s)
)
"""


def _before(months: str) -> str:
    return f"(%(today)s::date - make_interval(months => {months}))::date"


def _not_held(kept: str) -> str:
    """Return the condition that no hold keeps the record ``r``, which holds name in the column ``kept``."""
    return f"NOT EXISTS (SELECT 1 FROM held h WHERE h.{kept}_id = r.id)"


_FACTS_BEFORE = _before(f"coalesce(t.facts, {FACTS_MOST})")
_TERMS_OF_PLACE = "LEFT JOIN terms t ON t.landlord_id = r.landlord_id AND t.commune_id = r.commune_id"
# The rows of each kind that are due, by id, with their landlord and the last day of each.
DUE = {
    "narratives": f"""
        SELECT n.incident_id AS id, r.landlord_id, coalesce(r.span_end, r.day) AS last
        FROM incidents_narrative n JOIN incidents_incident r ON r.id = n.incident_id {_TERMS_OF_PLACE}
        WHERE coalesce(r.span_end, r.day) < {_before(f"coalesce(t.narratives, {NARRATIVES_MOST})")}
            AND {_not_held("incident")}""",
    "facts": f"""
        SELECT r.id, r.landlord_id, coalesce(r.span_end, r.day) AS last
        FROM incidents_incident r {_TERMS_OF_PLACE}
        WHERE coalesce(r.span_end, r.day) < {_FACTS_BEFORE} AND {_not_held("incident")}""",
    "facts_to_place": f"""
        SELECT r.id, r.landlord_id, coalesce(r.span_end, r.day) AS last
        FROM incidents_unplacedfact r
        LEFT JOIN (SELECT landlord_id, min(facts) AS facts FROM terms GROUP BY landlord_id) t
            ON t.landlord_id = r.landlord_id
        WHERE coalesce(r.span_end, r.day) < {_FACTS_BEFORE}""",
    "disruptions": f"""
        SELECT r.id, r.landlord_id, coalesce(r.ends_on, r.cancelled_at::date) AS last
        FROM incidents_disruption r {_TERMS_OF_PLACE}
        WHERE coalesce(r.ends_on, r.cancelled_at::date) < {_FACTS_BEFORE} AND {_not_held("disruption")}""",
    "observations": f"""
        SELECT r.id, r.landlord_id, coalesce(r.ended_on, r.cancelled_at::date, c.last) AS last
        FROM incidents_standingobservation r {_TERMS_OF_PLACE}
        LEFT JOIN (SELECT observation_id, max(day) AS last FROM incidents_confirmation GROUP BY 1) c
            ON c.observation_id = r.id
        WHERE coalesce(r.ended_on, r.cancelled_at::date, c.last) < {_FACTS_BEFORE} AND {_not_held("observation")}""",
    "acts": f"""
        SELECT r.id, r.landlord_id, r.made_at::date AS last FROM incidents_bulkact r
        WHERE r.made_at::date < {_before(str(FACTS_MOST))}""",
}

_TOTAL = f"""
INSERT INTO incidents_facttotal AS f (landlord_id, commune_id, fact_type_id, month, number)
SELECT i.landlord_id, CASE WHEN o.residences >= {FEWEST_RESIDENCES} THEN i.commune_id END,
    i.fact_type_id, date_trunc('month', i.day)::date, count(*)
FROM incidents_incident i JOIN (
    SELECT landlord_id, commune_id, count(*) AS residences FROM sites_residence GROUP BY 1, 2
) o USING (landlord_id, commune_id)
WHERE i.id = ANY (%(ids)s::bigint[]) AND i.cancelled_at IS NULL
GROUP BY 1, 2, 3, 4
ON CONFLICT ON CONSTRAINT fact_total_is_unique DO UPDATE SET number = f.number + excluded.number
"""
_IDS = "= ANY (%(ids)s::bigint[])"
# The statements that erase the rows ``ids`` of each kind, and what refers to them.
ERASE = {
    "narratives": [f"DELETE FROM incidents_narrative WHERE incident_id {_IDS}"],
    "facts": [
        _TOTAL,
        f"DELETE FROM incidents_narrative WHERE incident_id {_IDS}",
        f"DELETE FROM incidents_factreply WHERE incident_id {_IDS}",
        f"DELETE FROM incidents_legalhold WHERE incident_id {_IDS}",
        f"UPDATE incidents_unplacedfact SET incident_id = NULL WHERE incident_id {_IDS}",
        f"DELETE FROM incidents_incident_history WHERE pgh_obj_id {_IDS}",
        f"DELETE FROM incidents_incident WHERE id {_IDS}",
    ],
    "facts_to_place": [
        f"UPDATE incidents_unplacedfact SET replaced_by_id = NULL WHERE replaced_by_id {_IDS}",
        f"DELETE FROM incidents_unplacedfact WHERE id {_IDS}",
    ],
    "disruptions": [
        f"DELETE FROM incidents_legalhold WHERE disruption_id {_IDS}",
        f"DELETE FROM incidents_disruption_history WHERE pgh_obj_id {_IDS}",
        f"DELETE FROM incidents_disruption WHERE id {_IDS}",
    ],
    "observations": [
        f"DELETE FROM incidents_legalhold WHERE observation_id {_IDS}",
        f"DELETE FROM incidents_confirmation WHERE observation_id {_IDS}",
        f"DELETE FROM incidents_standingobservation_history WHERE pgh_obj_id {_IDS}",
        f"DELETE FROM incidents_standingobservation WHERE id {_IDS}",
    ],
    "acts": [f"DELETE FROM incidents_bulkact WHERE id {_IDS}"],
}
# Of these a level is computed: what is older than the last of them that was erased can be computed no more.
COUNTED = {"facts", "disruptions", "observations"}
HORIZON = """
INSERT INTO incidents_horizon AS h (landlord_id, erased_until)
SELECT * FROM unnest(%(landlords)s::bigint[], %(days)s::date[])
ON CONFLICT (landlord_id) DO UPDATE SET erased_until = greatest(h.erased_until, excluded.erased_until)
"""
