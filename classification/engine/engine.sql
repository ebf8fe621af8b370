-- Second stage: occurrences → frequency → cell → finding, for all places at once.
--
-- What stands first are `counted`, `spans` and `observed`, as occurrences.sql has them from the records, or as they were stored.
-- Parameters: as_of (date); cells (int[12], gravity by frequency); t_daily/t_regular/t_occasional
-- (occurrences), w_daily/… (days of the windows).
--
-- Gives one row for each place and fact type. An address_id of 0 stands for the residence as a
-- whole while places are joined.
WITH {occurrences}, spanned AS (
    -- The part of a span that lies in a window, rounded half up in whole numbers.
    SELECT residence_id, fact_type_id, address_id,
        sum((2 * occurrences * greatest(0, least(span_end, %(as_of)s::date)
            - greatest(day, %(as_of)s::date - %(w_daily)s + 1) + 1) + length) / (2 * length))::int AS in_daily,
        sum((2 * occurrences * greatest(0, least(span_end, %(as_of)s::date)
            - greatest(day, %(as_of)s::date - %(w_regular)s + 1) + 1) + length) / (2 * length))::int AS in_regular,
        sum((2 * occurrences * greatest(0, least(span_end, %(as_of)s::date)
            - greatest(day, %(as_of)s::date - %(w_occasional)s + 1) + 1) + length) / (2 * length))::int
            AS in_occasional,
        jsonb_agg(jsonb_build_array(day, span_end, facts) ORDER BY day, span_end) AS spans,
        max(least(span_end, %(as_of)s::date)) AS last_day
    FROM spans GROUP BY 1, 2, 3
), stated AS (
    -- What is not counted by days, usually little, joined first: then the days join once.
    SELECT residence_id, fact_type_id, address_id, o.frequency AS observed,
        s.in_daily, s.in_regular, s.in_occasional, s.spans, s.last_day
    FROM spanned s FULL JOIN observed o USING (residence_id, fact_type_id, address_id)
), frequencies AS (
    -- width_bucket is a binary search: how many of the sorted days lie before the window.
    SELECT residence_id, nullif(address_id, 0) AS address_id, fact_type_id, observed,
        coalesce(days, '{{}}') AS days, s.spans,
        coalesce(cardinality(days) - width_bucket(%(as_of)s::date - %(w_daily)s, days), 0)
            + coalesce(s.in_daily, 0) AS in_daily,
        coalesce(cardinality(days) - width_bucket(%(as_of)s::date - %(w_regular)s, days), 0)
            + coalesce(s.in_regular, 0) AS in_regular,
        coalesce(cardinality(days), 0) + coalesce(s.in_occasional, 0) AS in_occasional,
        greatest(days[cardinality(days)], s.last_day) AS last_day
    FROM counted FULL JOIN stated s USING (residence_id, fact_type_id, address_id)
), ranked AS (
    SELECT f.*, greatest(observed, CASE
            WHEN in_daily >= %(t_daily)s THEN 3
            WHEN in_regular >= %(t_regular)s THEN 2
            WHEN in_occasional >= %(t_occasional)s THEN 1 END) AS frequency
    FROM frequencies f
)
SELECT residence_id, address_id, fact_type_id, frequency, observed,
    -- The gravity of each type by its id, read once: a join would copy every row with its days.
    (%(cells)s::int[])[((SELECT array_agg(t.gravity ORDER BY n)
        FROM generate_series(1, (SELECT max(id) FROM incidents_facttype)) n
        LEFT JOIN incidents_facttype t ON t.id = n)[fact_type_id] - 1) * 3 + frequency] AS level,
    in_daily, in_regular, in_occasional, days, spans, last_day
FROM ranked
WHERE frequency IS NOT NULL
