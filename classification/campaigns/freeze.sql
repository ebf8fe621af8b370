-- Follows told_sql() of the engine: the residences of a campaign, with what was decided about them and what both tables
-- rest on, each in one row that is complete without the records. Parameters: those of the engine, and within. It gives
-- them as JSON, by the names of the columns of classification_assessment.
, counting AS (
    {disruptions}
), recorded_all AS (
    SELECT residence_id, max(level) AS level FROM ({all_disruptions}) d GROUP BY residence_id
), decided AS (
    {decided}
), doors AS (
    SELECT t.residence_id, jsonb_agg(jsonb_build_object(
        'id', t.address_id, 'label', a.label, 'dwellings', a.dwellings, 'level', t.level,
        'facts_level', t.facts_level, 'impact_level', t.impact_level, 'silent', t.silent,
        'level_before', t.level_before, 'longitude', t.longitude, 'latitude', t.latitude
    ) ORDER BY t.address_id) AS rows
    FROM told t JOIN sites_address a ON a.id = t.address_id GROUP BY t.residence_id
), found AS (
    SELECT f.residence_id, jsonb_agg(jsonb_build_object(
        'code', k.code, 'frequency', f.frequency, 'observed', f.observed, 'level', f.level,
        'in_daily', f.in_daily, 'in_regular', f.in_regular, 'in_occasional', f.in_occasional
    ) ORDER BY f.level DESC, f.frequency DESC, k.gravity DESC, k.code) AS rows
    FROM findings f JOIN incidents_facttype k ON k.id = f.fact_type_id
    WHERE f.address_id IS NULL GROUP BY f.residence_id
), disrupted AS (
    SELECT residence_id, jsonb_agg(jsonb_build_object(
        'service_code', service, 'extent', extent, 'starts_on', starts_on, 'ends_on', ends_on,
        'recurs_daily', recurs_daily, 'hours_from', to_char(hours_from, 'HH24:MI'),
        'hours_until', to_char(hours_until, 'HH24:MI'), 'level', level, 'counts_until', counts_until
    ) ORDER BY starts_on DESC, id) AS rows
    FROM counting GROUP BY residence_id
)
SELECT to_jsonb(frozen)::text FROM (
    SELECT t.landlord_id, t.commune_id, t.residence_id, %(as_of)s::date AS as_of, r.name, r.dwellings,
        r.in_priority_neighbourhood, t.longitude, t.latitude, t.level, t.facts_level, t.impact_level, t.last_day, t.silent,
        t.level_before, coalesce(u.level > t.impact_level, false) AS unseen, d.retained,
        (d.decided_at AT TIME ZONE %(zone)s)::date AS decided_on, coalesce(d.reason, '') AS decision_reason,
        coalesce(doors.rows, '[]') AS addresses, coalesce(found.rows, '[]') AS findings,
        coalesce(disrupted.rows, '[]') AS disruptions
    FROM told t
    JOIN sites_residence r ON r.id = t.residence_id
    LEFT JOIN decided d ON d.residence_id = t.residence_id
    LEFT JOIN recorded_all u ON u.residence_id = t.residence_id
    LEFT JOIN doors ON doors.residence_id = t.residence_id
    LEFT JOIN found ON found.residence_id = t.residence_id
    LEFT JOIN disrupted ON disrupted.residence_id = t.residence_id
    WHERE t.address_id IS NULL
) frozen
ORDER BY residence_id
