-- Counts the days of disruption of two periods: of a residence, a day with several disruptions is one day.
--
-- Parameters: first, last, first_before, last_before (dates). With each disruption come today at
-- its place and the day on which that place closed, if it did: it goes on until the day before.
WITH periods (which, first, last) AS (
    VALUES (0, %(first)s::date, %(last)s::date), (1, %(first_before)s::date, %(last_before)s::date)
), held AS (
    SELECT which, residence_id, service,
        greatest(starts_on, first) AS since, least(ends_on, today, closed - 1, last) AS until
    FROM ({disruptions}) d (residence_id, service, starts_on, ends_on, today, closed) CROSS JOIN periods
), days AS (
    SELECT which, service, range_agg(daterange(since, until, '[]')) AS days
    FROM held WHERE since <= until
    GROUP BY GROUPING SETS ((which, residence_id), (which, residence_id, service))
)
SELECT which, service, sum(upper(day) - lower(day))::bigint FROM days CROSS JOIN LATERAL unnest(days) AS day GROUP BY 1, 2
