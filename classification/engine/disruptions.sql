-- Table 1: the disruptions that count at as_of, each with its impact level and the last day on which
-- it counts (null while it lasts). They are those of recorded.sql, or rows alike that were frozen.
SELECT * FROM (
    SELECT d.*, ends_on + %(disruption_days)s - 1 AS counts_until, CASE
        WHEN extent IN ('total', 'impossible') OR recurs_daily THEN 4
        WHEN extent = 'partial' THEN 3 ELSE 2 END AS level
    FROM {disruptions} d WHERE starts_on <= %(as_of)s::date {scope}
) counting WHERE counts_until IS NULL OR counts_until >= %(as_of)s::date
