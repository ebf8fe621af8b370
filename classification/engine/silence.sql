-- Follows levels.sql: the places whose recording was regular and stopped. A place that is quiet of
-- late is looked at as it was on the day of its last fact, however long ago: a year up to that day
-- with as many occurrences as make a type regular is silence, not peace, until the next fact.
, quiet AS (
    SELECT residence_id, coalesce(address_id, 0) AS address_id FROM levels
    WHERE NOT observed AND (last_day IS NULL OR last_day <= %(as_of)s::date - %(w_regular)s)
), recorded AS (
    SELECT residence_id, address_id AS door, fact_type_id, day, day AS until FROM incidents_incident
    WHERE span_end IS NULL AND cancelled_at IS NULL AND day <= %(as_of)s::date {scope} {open}
    UNION ALL
    SELECT residence_id, address_id, fact_type_id, day, span_end FROM incidents_incident
    WHERE span_end IS NOT NULL AND cancelled_at IS NULL AND day <= %(as_of)s::date {scope} {open}
), past AS MATERIALIZED (
    -- Each fact counts for its residence too. What is elsewhere is left out while it is read, by hash.
    SELECT residence_id, address_id, fact_type_id, day, until
    FROM recorded CROSS JOIN LATERAL (VALUES (0::bigint), (door)) places (address_id)
    JOIN quiet USING (residence_id, address_id)
    WHERE door IN (SELECT q.address_id FROM quiet q)
        OR residence_id IN (SELECT q.residence_id FROM quiet q WHERE q.address_id = 0)
), stopped AS (
    SELECT residence_id, address_id, max(least(until, %(as_of)s::date)) AS last_day
    FROM past GROUP BY 1, 2
    HAVING max(least(until, %(as_of)s::date)) <= %(as_of)s::date - %(w_regular)s
), yearly AS (
    -- A known day is a span of one: counted, and cut to the window, as in engine.sql.
    SELECT residence_id, address_id, until - day + 1 AS length, least(count(*), until - day + 1) AS occurrences,
        greatest(0, least(until, last_day) - greatest(day, last_day - %(w_occasional)s + 1) + 1) AS inside
    FROM past JOIN stopped USING (residence_id, address_id)
    GROUP BY residence_id, address_id, last_day, fact_type_id, day, until
), silences AS (
    SELECT residence_id, address_id, last_day AS stopped_on FROM yearly JOIN stopped USING (residence_id, address_id)
    GROUP BY 1, 2, 3
    HAVING sum((2 * occurrences * inside + length) / (2 * length)) >= %(t_regular)s
), befores AS (
    -- The level of a silent place on the day of its last fact, by the statements of any other day.
    SELECT gone.residence_id, gone.address_id, greatest(1, (
        SELECT max(f.level) FROM ({findings_then}) f WHERE coalesce(f.address_id, 0) = gone.address_id
    ), (
        SELECT max(d.level) FROM ({disruptions_then}) d
        WHERE gone.address_id = 0 OR d.address_id = gone.address_id
    )) AS level_before
    FROM silences gone
), told AS (
    SELECT levels.*, b.residence_id IS NOT NULL AS silent, b.level_before
    FROM levels LEFT JOIN befores b
        ON b.residence_id = levels.residence_id AND b.address_id = coalesce(levels.address_id, 0)
)
